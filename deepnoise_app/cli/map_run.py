"""The task `check-map`: leaves the verdicts in its run folder, for the command and the window."""

from __future__ import annotations

import json

from deepnoise_app.cli.check_map import describe, write_check
from deepnoise_app.cli.console import Display, StopOnInterrupt
from deepnoise_app.errors import Interrupted, RunError
from deepnoise_app.runs.events import Saved
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.work import Ended, Ending, Listen, ShouldStop, carry_out
from deepnoise_app.screen import Plate

ANSWER = "map-check.json"


def check_here(run: RunFolder, plates: list[Plate] | None = None) -> Ended:
    """Check the plate maps that the recipe of a run folder names, in this process.

    Parameters
    ----------
    plates
        What the recipe names, where that is open already.
    """
    from deepnoise_app.cli.map_evidence import mapped_plates

    stop = StopOnInterrupt()
    with Display() as display, stop.watching():
        return carry_out(
            run,
            lambda: plates if plates is not None else mapped_plates(run.recipe),
            lambda plates, tell, stopping: _check(run, plates, tell, stopping),
            display.hear,
            lambda: stop.asked,
        )


def _check(run: RunFolder, plates: list[Plate], tell: Listen, stopping: ShouldStop) -> str:
    from deepnoise_app.analysis.mapcheck import Verdict, check_maps
    from deepnoise_app.cli.map_evidence import Gathering, gather

    gathering = Gathering(run.path / "evidence", tell, stopping, _conclude)
    found = check_maps(*gather(run.recipe, plates, gathering))
    write_check(found, {plate.key: plate.map for plate in plates}, run.path)
    answer = run.path / ANSWER
    write_whole(answer, json.dumps(describe(found), indent=2, ensure_ascii=False))
    tell(Saved(what="map-check", path=str(answer)))
    doubtful = sum(plate.verdict is Verdict.DIFFERS for plate in found.plates)
    return f"{len(found.plates)} plate maps compared with the images, {doubtful} do not fit"


def _conclude(ended: Ended) -> None:
    """End the check as its scoring or measuring ended, if that did not finish."""
    if ended.ending is Ending.STOPPED:
        raise Interrupted(ended.message)
    if ended.ending is not Ending.FINISHED:
        raise RunError(ended.message)
