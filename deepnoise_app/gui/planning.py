"""Has a worker tell what a run would take; of several questions only the last is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deepnoise_app.gui.job import Jobs
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState
from deepnoise_app.session import RunView
from deepnoise_app.untrusted import read_json

Answer = Callable[[Mapping[str, Any]], None]


class Planning:
    """Asks for plans; `answer` gets the plan, or one with the single entry `refusal`."""

    def __init__(self, jobs: Jobs, answer: Answer) -> None:
        self._jobs = jobs
        self._answer = answer
        self._asked: Path | None = None
        jobs.told.connect(self._hear)

    @property
    def is_asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None

    def ask(self, recipe: Recipe) -> None:
        """Plan what a recipe asks.

        Raises
        ------
        RunError
            If no worker can be started.
        """
        self.forget()
        asked = recipe.model_copy(update={"task": "plan"})
        self._asked = self._jobs.begin(asked, "check").path

    def forget(self) -> None:
        """Want no answer any more: what was asked about has changed."""
        if self._asked is not None:
            self._jobs.stop(self._asked)
        self._asked = None

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        del events
        if view.path != self._asked or not view.status.is_over:
            return
        self._asked = None
        if view.status.state is RunState.FINISHED:
            self._answer(read_json(RunFolder(view.path).plan_path))
        elif view.status.state is RunState.FAILED:
            self._answer({"refusal": view.status.message})
