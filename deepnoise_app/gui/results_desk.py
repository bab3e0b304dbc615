"""The verbs of results: what predictions tell is worked out in threads, and leaves as files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QTimer

from deepnoise_app.analysis.beside import baselines_of
from deepnoise_app.analysis.embedding_map import (
    FEATURE,
    Described,
    EmbeddingMaps,
    embedding_maps,
)
from deepnoise_app.analysis.insight import insight_of
from deepnoise_app.errors import DeepNoiseError, RunError
from deepnoise_app.gui.background import Background
from deepnoise_app.gui.intake import PREDICTIONS
from deepnoise_app.gui.probing import Probing
from deepnoise_app.gui.words import UNCORRECTED, said_of
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.ladder_table import LadderTable
from deepnoise_app.screen import read_parquet
from deepnoise_app.session import Notice, Origin, PlateKey, Session

if TYPE_CHECKING:
    import pandas as pd

    from deepnoise_app.analysis.measures import Measures

REST_MS = 400
EMBEDDINGS = "embeddings.parquet"
OLD_MAP = (
    ". It says what was expected when it was scored: score again for the plate map that counts now"
)
PLACE = ["Metadata_Experiment", "Metadata_Plate", "Metadata_Well"]


class ResultsDesk:
    """Keeps insight and embeddings in step with the predictions; opens ladders; exports."""

    def __init__(self, session: Session, background: Background, workbench: Workbench) -> None:
        self._session = session
        self._background = background
        self._workbench = workbench
        self._mapped: object = None
        self._probing = Probing(session, background)
        self._rest = QTimer(background, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._set_beside)
        session.events.predictions.connect(self._look_into)
        session.events.scorings.connect(self._map)
        for fact in ("insight", "measures", "screens"):
            getattr(session.events, fact).connect(self._on_change)

    def _look_into(self) -> None:
        predictions, classes = self._session.predictions, self._session.classes
        if predictions is None or not len(predictions):
            self._background.forget("insight")
            self._session.insight = None
            return
        self._background.ask(
            "insight",
            lambda: insight_of(predictions.table, classes),
            lambda found: setattr(self._session, "insight", found),
            self._failed,
        )

    def _on_change(self) -> None:
        """Compare again soon: measures come several times a second while plates are measured."""
        if self._session.insight is None:
            self._background.forget("baselines")
            self._session.baselines = None
        elif not self._rest.isActive():
            self._rest.start()

    @property
    def _measures(self) -> list[Measures]:
        """Measures of the open plates that are measured whole."""
        known = self._session.measures
        found = [(known.get(plate.key), plate) for plate in self._session.plates]
        return [one for one, plate in found if one is not None and len(one) == len(plate.wells)]

    def _set_beside(self) -> None:
        """Work out what stands beside the predictions: baselines, and measures on the map."""
        session, measures = self._session, self._measures
        insight, predictions = session.insight, session.predictions
        if insight is None or predictions is None:
            return
        classes, screens = session.classes, session.screens
        self._background.ask(
            "baselines",
            lambda: baselines_of(predictions.table, classes, screens, measures),
            lambda found: setattr(session, "baselines", found),
            self._failed,
        )
        if self._mapped != (len(measures), session.origins):
            self._map()

    def _map(self) -> None:
        paths, measures, origins = self._session.scorings, self._measures, self._session.origins
        self._mapped = len(measures), origins
        self._background.ask(
            "embeddings",
            lambda: read_maps(paths, measures, origins),
            self._take_maps,
            self._failed,
        )

    def _take_maps(self, found: EmbeddingMaps | None) -> None:
        """Show the maps beside what the open plates are said to hold now."""
        maps = {plate.key: plate.map for plate in self._session.plates}
        changed = found is not None and self._session.can_undo_map
        self._session.embeddings = found.expecting(maps) if found is not None and changed else found

    def open_ladder(self, path: Path) -> None:
        """Show the ladder in a folder."""
        self._background.ask(
            "ladder",
            lambda: LadderTable.read(path),
            lambda found: setattr(self._session, "ladder", found),
            self._failed,
        )

    # Files ----------------------------------------------------------------------------------

    def export_anndata(self, path: Path) -> None:
        """Write the last scoring as AnnData (`.h5ad`)."""

        def write(run: Path) -> None:
            from deepnoise_app.reports.annotated import write_anndata  # slow to load

            made = write_anndata(run)
            shutil.copyfile(made, path)

        self._export(path, write)

    def export_report(self, path: Path) -> None:
        """Write a page about the last scoring (`.html`)."""

        def write(run: Path) -> None:
            from deepnoise_app.reports.report import write_report  # slow to load

            write_report(run, path)

        self._export(path, write)

    def export_picture(self, path: Path) -> None:
        """Write a picture of the plate in front: the first site of every well (`.png`)."""
        plate = self._session.plate
        if plate is None:
            return

        def write() -> None:
            from deepnoise_app.reports.pictures import save_mosaic  # slow to load

            save_mosaic(plate, path)

        self._write(path, write)

    def _export(self, path: Path, write: Callable[[Path], None]) -> None:
        if not self._session.scorings:
            error = RunError("there is no scoring to export yet: score a plate first")
            self._workbench.complain(error, "")
            return
        run = self._session.scorings[-1]
        self._write(path, lambda: write(run), OLD_MAP if self._session.can_undo_map else "")

    def _write(self, path: Path, write: Callable[[], None], remark: str = "") -> None:
        self._session.busy = f"Writing {path.name}"

        def written(_: None) -> None:
            self._session.busy = ""
            self._session.notice = Notice(f"Written: {path}{remark}")

        def failed(error: Exception) -> None:
            self._session.busy = ""
            self._workbench.complain(error, f"{path} could not be written")

        self._background.write(f"export {path}", write, written, failed)

    def _failed(self, error: Exception) -> None:
        self._workbench.complain(error, "The results could not be worked out")


def read_maps(
    runs: Sequence[Path],
    measures: Sequence[Measures] = (),
    origins: Mapping[PlateKey, Origin] | None = None,
) -> EmbeddingMaps | None:
    """Return the maps of all wells that the last model has described; newer scorings count.

    Of the plates in `origins` only those count of which their folder told; None: all do.

    Scorings that were corrected in another way are views of their own. Embeddings of models that
    give others features cannot lie on one map: they are left out.
    """
    import pandas as pd

    tables: list[pd.DataFrame] = []
    by: dict[str, list[pd.DataFrame]] = {}
    for run in reversed(runs):
        if (run / EMBEDDINGS).is_file():
            table = read_parquet(run / EMBEDDINGS)
            if origins is not None:
                table = table[_told(table, Origin.of(RunFolder(run).recipe), origins)]
            if not tables or list(table.columns) == list(tables[0].columns):
                tables.append(table)
                by.setdefault(_correction(run), []).append(table)
    if not tables or not any(str(name).startswith(FEATURE) for name in tables[0].columns):
        return None

    def together(found: list[pd.DataFrame]) -> pd.DataFrame:
        return pd.concat(found, ignore_index=True).drop_duplicates(PLACE, ignore_index=True)

    last, *others = by
    others.sort(key=lambda one: (one != UNCORRECTED, one))
    scored = [Described(together(by[one]), said_of(one)) for one in others]
    scored.append(Described(together(tables), said_of(last) if last != UNCORRECTED or others
                            else ""))  # fmt: skip
    return embedding_maps(scored, [one.table for one in measures])


def _told(
    table: pd.DataFrame, mine: Origin, origins: Mapping[PlateKey, Origin]
) -> NDArray[np.bool_]:
    """Which wells are of plates that the folders of a run told of, and not others of the names."""
    told = {key for key, one in origins.items() if one.shared(mine) is not None}
    keys = zip(*(table[name].tolist() for name in PLACE[:2]), strict=True)
    return np.array([key in told for key in keys], np.bool_)


def _correction(run: Path) -> str:
    """Return what was applied in a scoring, as its predictions say."""
    try:
        table = read_parquet(run / PREDICTIONS)
    except (OSError, DeepNoiseError):
        return UNCORRECTED
    names = sorted({str(name) for name in table.get("Correction", [])})
    return ", ".join(names) or UNCORRECTED
