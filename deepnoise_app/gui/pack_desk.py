"""The verbs for packing: ask what it would save, pack in a worker, open the screen again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.readers.beside_pack import is_packed, pack_beside
from deepnoise_app.readers.remote import address_of
from deepnoise_app.runs.events import Event
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.runs.status import RunState
from deepnoise_app.screen import Screen
from deepnoise_app.session import Notice, PackOffer, RunView, Session, Tone
from deepnoise_app.untrusted import parse_json, read_plain

# Packing is offered unasked where it makes reading so many times as fast, or more.
WORTH = 1.5


class PackDesk:
    """Offers to pack the screen in front; nothing is packed unless the user says so."""

    def __init__(self, session: Session, jobs: Jobs, workbench: Workbench) -> None:
        self._session, self._jobs, self._workbench = session, jobs, workbench
        self._asked: dict[Path, Screen] = {}
        # Runs that nobody asked for, and screens that are not to be offered unasked again.
        self._unasked: set[Path] = set()
        self._declined: set[str] = set()
        jobs.told.connect(self._hear)
        session.events.training_plan.connect(self._on_plan)
        session.events.screens.connect(self._on_screens)

    @property
    def is_asking(self) -> bool:
        """Whether what packing would take is being found out."""
        return bool(self._asked)

    def ask(self) -> None:
        """Find out what packing the screen in front would take, and offer it."""
        screen = self._in_front()
        if screen is None:
            self._session.notice = Notice("Open a screen first: there is nothing to pack")
        elif address_of(screen.path) is not None:
            self._session.notice = Notice(
                f"This screen lies on a server: deepnoise pack {screen.path} FOLDER packs it into a"
                " folder of this computer"
            )
        elif _is_packed(screen):
            self._session.notice = Notice(f"{Path(screen.path).name} is read from a pack already")
        else:
            self._begin_asking(screen)

    def pack(self) -> None:
        """Pack what is offered; a packing that was stopped is gone on with."""
        offer = self._session.pack_offer
        if offer is None or (offer.run is not None and not offer.run.status.is_over):
            return
        try:
            if offer.run is not None:
                view = self._jobs.resume(offer.run.path)
            else:
                recipe = self._recipe(offer.screen, str(offer.to))
                view = self._jobs.begin(recipe, Path(offer.screen).name)
        except DeepNoiseError as error:
            self._complain(error)
        else:
            self._session.pack_offer = replace(offer, run=view)

    def stop(self) -> None:
        """Stop packing; what is packed is kept."""
        offer = self._session.pack_offer
        if offer is not None and offer.run is not None:
            self._jobs.stop(offer.run.path)

    def decline(self) -> None:
        """Take the offer away, and do not make it again unless asked."""
        offer = self._session.pack_offer
        if offer is not None:
            self._declined.add(offer.screen)
            self._session.pack_offer = None

    def _on_plan(self, plan: Mapping[str, Any]) -> None:
        """Offer packing to somebody who is about to train."""
        screen = self._in_front()
        if not plan or "refusal" in plan or screen is None or self._session.pack_offer is not None:
            return
        far = address_of(screen.path) is not None
        if screen.path not in self._declined and not far and not _is_packed(screen):
            self._begin_asking(screen, unasked=True)

    def _on_screens(self) -> None:
        """Offer nothing of a screen that was closed; what is packed already goes on."""
        offer = self._session.pack_offer
        going = offer is not None and offer.run is not None and not offer.run.status.is_over
        if offer is not None and not going and not self._is_open(offer.screen):
            self._session.pack_offer = None

    def _is_open(self, screen: str) -> bool:
        return any(one.path == screen for one in self._session.screens)

    def _begin_asking(self, screen: Screen, unasked: bool = False) -> None:
        under_way = [path for path, one in self._asked.items() if one.path == screen.path]
        if under_way:
            if not unasked:
                self._unasked.difference_update(under_way)
            return
        try:
            view = self._jobs.begin(self._recipe(screen.path, None), "pack")
        except DeepNoiseError as error:
            self._complain(error)
        else:
            self._asked[view.path] = screen
            if unasked:
                self._unasked.add(view.path)

    def _recipe(self, screen: str, to: str | None) -> Recipe:
        return Recipe(
            task="pack", screen=[screen], reader=self._session.reader_for([screen]), pack_to=to
        )

    def _in_front(self) -> Screen | None:
        plate = self._session.plate
        return None if plate is None else self._session.screen_of(plate)

    def _hear(self, view: RunView, events: tuple[Event, ...]) -> None:
        del events
        if view.task != "pack":
            return
        offer = self._session.pack_offer
        if view.path in self._asked and view.status.is_over:
            self._offer(view, self._asked.pop(view.path))
        elif offer is not None and offer.run is not None and offer.run.path == view.path:
            self._session.pack_offer = replace(offer, run=view)
            if view.status.state is RunState.FINISHED:
                self._session.pack_offer = None
                self._session.notice = Notice(view.status.message)
                if self._is_open(offer.screen):
                    reader = self._session.reader_for([offer.screen])
                    self._workbench.open([Path(offer.screen)], reader)
        elif offer is None and view.path not in self._asked and not view.status.is_over:
            self._find_again(view)

    def _find_again(self, view: RunView) -> None:
        """Show a packing that was begun by another window."""
        recipe = RunFolder(view.path).recipe
        if recipe.pack_to is not None and recipe.screen:
            self._session.pack_offer = PackOffer(recipe.screen[0], Path(recipe.pack_to), run=view)

    def _offer(self, view: RunView, screen: Screen) -> None:
        if view.status.state is not RunState.FINISHED:
            self._complain(view.status.message)
            return
        found = parse_json(read_plain(RunFolder(view.path).plan_path))
        if view.path in self._unasked and found["speed_up"] < WORTH:
            self._declined.add(screen.path)
            return
        self._session.pack_offer = PackOffer(
            screen.path,
            pack_beside(Path(screen.path)),
            found["original_bytes"],
            found["packed_bytes"],
            found["seconds"],
            found["speed_up"],
        )

    def _complain(self, error: object) -> None:
        self._session.notice = Notice(str(error), Tone.PROBLEM, str(error))


def _is_packed(screen: Screen) -> bool:
    return all(is_packed(plate) for plate in screen.imaged)
