"""Keeps facts of plates apart that are called alike: facts go by experiment and plate alone.

Of plates with the same names one is open at most: a screen that brings another takes the place of
the first. What a run has found is taken in only of plates of the folders that it worked on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from deepnoise_app.errors import DeepNoiseError
from deepnoise_app.gui.words import count, listed
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.screen import Screen
from deepnoise_app.session import SCORED, Origin, Painting, PlateKey, Session

BY_PLATE = ("contrast", "sights", "measures", "origins")


def namesakes(session: Session, screen: Screen) -> list[Screen]:
    """Return open screens of other folders that hold a plate of the same names."""
    mine = {plate.key for plate in screen.plates}
    others = (one for one in session.screens if one.path != screen.path)
    return [one for one in others if any(plate.key in mine for plate in one.plates)]


def told_elsewhere(session: Session, screen: Screen) -> set[PlateKey]:
    """Return plates of a screen of which something is known that another folder told."""
    known = session.origins
    mine = (plate.key for plate in screen.plates)
    return {key for key in mine if key in known and not known[key].tells_of(screen)}


def take_in(
    session: Session, keys: Iterable[PlateKey], origin: Origin
) -> tuple[set[PlateKey], set[PlateKey]]:
    """Return which plates a run may tell of, and which not: those are open from elsewhere.

    What another folder told of the former before is forgotten.
    """
    told: dict[PlateKey, Origin] = {}
    strange, stale = set(), set()
    for key in keys:
        holder, known = session.holder(key), session.origins.get(key, origin)
        if holder is not None and not origin.tells_of(holder):
            strange.add(key)
            continue
        shared = known.shared(origin)
        told[key] = shared or origin
        if shared is None:
            stale.add(key)
    forget(session, stale)
    session.origins = {**session.origins, **told}
    return set(told), strange


def forget(session: Session, keys: set[PlateKey]) -> None:
    """Drop all that is known of plates; nothing on disk changes."""
    if not keys:
        return
    for fact in BY_PLATE:
        known = getattr(session, fact)
        if not keys.isdisjoint(known):
            setattr(session, fact, {key: known[key] for key in known if key not in keys})
    for fact in ("picture", "mosaic", "detail", "why"):
        shown = getattr(session, fact)
        if shown is not None and shown.plate in keys:
            setattr(session, fact, None)
    session.findings = tuple(one for one in session.findings if one.plate not in keys)
    _forget_names(session, keys)


def _forget_names(session: Session, keys: set[PlateKey]) -> None:
    left = session.predictions.without(keys) if session.predictions is not None else None
    if left is not None and len(left):
        session.scorings = tuple(run for run in session.scorings if _is_told_of(session, run))
        session.predictions = left
        return
    session.predictions, session.scorings, session.summary = None, (), {}
    if session.painting.paint in SCORED:
        session.painting = Painting()


def _is_told_of(session: Session, run: Path) -> bool:
    """Whether a run tells of a plate of which something is known still."""
    try:
        mine = Origin.of(RunFolder(run).recipe)
    except DeepNoiseError:
        return False  # it is deleted
    return any(mine.shared(one) is not None for one in session.origins.values())


def strange_word(session: Session, strange: Collection[PlateKey]) -> str:
    """Say that a run found something of plates of which others with the same names are open."""
    holders = (session.holder(key) for key in sorted(strange))
    folder = next((one.path for one in holders if one is not None), "")
    plates = listed([" ".join(key) for key in sorted(strange)])
    return (
        f"{plates} is not shown, for plates of the same names are open from {folder}. Show results,"
        " in Runs, opens those that were worked on"
    )


def leave_word(screen: Screen, alike: Sequence[Screen]) -> str:
    """Say that screens are closed because another holds plates of the same names."""
    if not alike:
        return ""
    theirs = {plate.key for other in alike for plate in other.plates}
    first, *more = (plate for plate in screen.plates if plate.key in theirs)
    plates = " ".join(first.key) + (f" and {count(len(more), 'more plate')}" if more else "")
    folders = listed([Path(other.path).name for other in alike])
    verb = "was" if len(alike) == 1 else "were"
    return (
        f". {folders} {verb} closed: it holds plates of the same names too ({plates}), and facts go"
        " by these names. Its runs are kept; other names for its plates let both be open"
    )
