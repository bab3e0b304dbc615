"""The run folder: the only door between the screen and the learning."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from deepnoise_app.errors import RunError
from deepnoise_app.runs.events import Event, Failed, encode, read_all_events
from deepnoise_app.runs.files import remove, unwritten, write_whole
from deepnoise_app.runs.lock import Holder, owned, read_holder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunStatus
from deepnoise_app.untrusted import read_part, read_plain

_TAIL_LINES, _TAIL_BYTES = 15, 4096


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run on disk. Making the object touches nothing; `create` makes the folder."""

    path: Path

    @classmethod
    def create(
        cls, path: Path | str, recipe: Recipe | None = None, resume: bool = False
    ) -> RunFolder:
        """Make a run folder, or take up one that is there.

        Parameters
        ----------
        recipe
            What the run shall do. A folder that is resumed keeps the recipe that it has.
        resume
            Whether a folder that holds a run may be gone on with.

        Raises
        ------
        RunError
            If the folder holds something else, is not to be resumed, or cannot be written.
        """
        run = cls(Path(path).absolute())
        try:
            run.path.mkdir(parents=True, exist_ok=True)
            filled = any(run.path.iterdir())
        except OSError as error:
            raise RunError(f"the folder {path} cannot be made or read: {error.strerror}") from error
        if filled:
            run._refuse_filled(resume)
            run.refuse_links()
            run._check_writable()
        elif recipe is None:
            raise RunError(f"{path} is empty: a new run needs a recipe")
        else:
            write_whole(run.recipe_path, recipe.to_json())
        return run

    def _refuse_filled(self, resume: bool) -> None:
        if not resume:
            raise RunError(
                f"{self.path} is not empty: choose a new folder, or resume the run in it"
            )
        if not self.recipe_path.is_file():
            raise RunError(f"{self.path} holds no run to resume: there is no recipe.json in it")

    def refuse_links(self) -> None:
        """Refuse a folder with links: a worker would write to where they lead.

        Raises
        ------
        RunError
            If there is one.
        """
        for place in (self.path, self.checkpoint, self.model, self.snapshots, self.validation):
            try:
                links = [entry.name for entry in os.scandir(place) if entry.is_symlink()]
            except OSError:
                continue
            if links:
                raise RunError(
                    f"{place / links[0]} is a link: a run folder that is worked on must hold its"
                    " own files; replace the link by what it leads to"
                )

    def _check_writable(self) -> None:
        if not os.access(self.path, os.W_OK):
            raise RunError(f"the folder {self.path} cannot be written: permission denied")

    @property
    def recipe_path(self) -> Path:
        """What the run shall do."""
        return self.path / "recipe.json"

    @property
    def plan_path(self) -> Path:
        """What the run would take, as a plan run tells it."""
        return self.path / "plan.json"

    @property
    def events_path(self) -> Path:
        """What the run has said, one JSON line each."""
        return self.path / "events.jsonl"

    @property
    def log_path(self) -> Path:
        """What the worker process printed."""
        return self.path / "log.txt"

    @property
    def stop_path(self) -> Path:
        """The file that asks the worker to stop."""
        return self.path / "stop"

    @property
    def worker_path(self) -> Path:
        """Who works on the folder."""
        return self.path / "worker.json"

    @property
    def checkpoint(self) -> Path:
        """Folder of what resuming needs."""
        return self.path / "checkpoint"

    @property
    def model(self) -> Path:
        """Folder of the resulting model package."""
        return self.path / "model"

    @property
    def snapshots(self) -> Path:
        """Folder of the model packages of single epochs."""
        return self.path / "snapshots"

    def snapshot(self, epoch: int) -> Path:
        """Return the folder of the model package of an epoch."""
        return self.snapshots / f"epoch-{epoch:03d}"

    @property
    def validation(self) -> Path:
        """Folder of one table of predictions per validated epoch."""
        return self.path / "validation"

    @property
    def predictions_path(self) -> Path:
        """One row per imaged well; `.csv` lies beside it."""
        return self.path / "predictions.parquet"

    @property
    def recipe(self) -> Recipe:
        """The recipe in the folder; a `RunError` or `RecipeError` says why there is none."""
        try:
            text = read_plain(self.recipe_path).decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"{self.path} is not a run folder: no recipe.json to read") from error
        return Recipe.from_json(text, str(self.recipe_path))

    def tell(self, event: Event) -> None:
        """Append one event, so that a reader sees it at once.

        Raises
        ------
        RunError
            If it cannot be written, for instance because the disk is full.
        """
        line = encode(event).encode("utf-8") + b"\n"
        try:
            with self.events_path.open("a+b", buffering=0) as file:
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    torn = file.read(1) != b"\n"
                    line = b"\n" * torn + line
                file.write(line)
        except OSError as error:
            raise unwritten(error, self.events_path) from error

    def events(self) -> list[Event]:
        """All events so far."""
        return read_all_events(self.events_path)

    def status(self) -> RunStatus:
        """Where the run stands; a worker that died without a word counts as failed."""
        return self.verdict(RunStatus().after_all(self.events()))

    def verdict(self, status: RunStatus) -> RunStatus:
        """Return the status, or a failed one if the worker died without telling."""
        holder = self.holder
        if holder is None or holder.is_alive:
            return status
        status = RunStatus().after_all(self.events())  # its last words may be new
        told = status.is_over and holder.state == "working"
        if told or self.holder != holder:
            return status
        return status.after(Failed(message=self._obituary()))

    def _obituary(self) -> str:
        tail = self.log_tail()
        return "the worker ended without a word" + (f"; its log ends:\n{tail}" if tail else "")

    def log_tail(self) -> str:
        """Last lines of the log; empty where there is none."""
        try:
            text = read_part(self.log_path, -_TAIL_BYTES, _TAIL_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-_TAIL_LINES:])

    def request_stop(self) -> None:
        """Ask the worker to stop at its next boundary."""
        write_whole(self.stop_path, "")

    @property
    def stop_requested(self) -> bool:
        """Whether somebody asked the worker to stop."""
        return self.stop_path.exists()

    def clear_stop(self) -> None:
        """Forget an earlier request to stop."""
        remove(self.stop_path)

    @property
    def holder(self) -> Holder | None:
        """The process that marked the folder as its own, alive or gone."""
        return read_holder(self.worker_path)

    def owned(self) -> AbstractContextManager[None]:
        """Hold the folder while the block runs; a second live worker gets a `RunError`."""
        self.refuse_links()
        return owned(self.worker_path)
