"""Names from files are shown in the window as they are written, and nothing in them is fetched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QTreeWidgetItemIterator

from deepnoise_app.gui.plain import plain
from deepnoise_app.screen import Content, PlateMap, Role
from deepnoise_app.session import Notice, Tone

EVIL = "<img src='file://server/share/x.png'>"


def test_what_looks_like_html_is_spelled_out_and_all_else_stays() -> None:
    assert plain("a & b\nc") == "a & b\nc"
    assert plain("a<b>\nc") == "<span>a&lt;b&gt;<br>c</span>"


def acting(window) -> list[str]:
    """Texts of labels and tooltips that Qt would take for HTML with a picture in it."""
    found = [
        label.text()
        for label in window.findChildren(QLabel)
        if label.textFormat() != Qt.TextFormat.PlainText and "<img" in label.text()
    ]
    found += [w.toolTip() for w in window.findChildren(object) if "<img" in _tip(w)]
    tree = window.parts.plates.tree
    walk = QTreeWidgetItemIterator(tree)
    while walk.value() is not None:
        found += [walk.value().toolTip(0)] * ("<img" in walk.value().toolTip(0))
        walk += 1
    return found


def _tip(thing) -> str:
    tip = getattr(thing, "toolTip", None)
    try:
        return str(tip()) if callable(tip) else ""
    except TypeError:
        return ""


def test_a_hostile_screen_and_notice_are_only_shown(window, plates, tmp_path, wait) -> None:
    hostile = tmp_path / "<img src='file:x'>"
    (train,) = (path for path in plates.iterdir() if path.name == "train")
    shutil.copytree(train, hostile)
    session = window.parts.session
    window.open([hostile])
    wait(lambda: bool(session.screens) and session.picture is not None)
    plate = session.plate
    got = dict.fromkeys(plate.wells, Content(EVIL, Role.TREATMENT))
    assert "<img" in plate.experiment or "<img" in session.screens[0].path
    object.__setattr__(plate, "map", PlateMap(got))
    session.wells = (plate.wells[1],)
    wait(lambda: "img" in window.parts.view.well.text())
    session.notice = Notice(f"{EVIL} cannot be read", Tone.PROBLEM, EVIL)
    assert acting(window) == []


def test_a_hostile_model_card_is_only_shown(window, tmp_path) -> None:
    from deepnoise_app.assets import shipped_models
    from deepnoise_app.runs.card import ModelCard

    text = (shipped_models()["demo"] / "model.json").read_text()
    card = ModelCard.model_validate({**json.loads(text), "description": EVIL, "warning": EVIL})
    window.parts.session.card = card
    assert "img" in window.parts.score.about.text()
    assert acting(window) == []
    assert Path(tmp_path).is_dir()
