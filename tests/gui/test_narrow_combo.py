"""A narrow combo box shows both ends of a long name."""

from __future__ import annotations

from deepnoise_app.gui.narrow_combo import narrow_combo

NAME = "2026-11-27-051200-train-a-screen-of-a-long-name, epoch 20"


def test_a_long_name_is_cut_in_the_middle_and_a_short_one_is_whole(qtbot) -> None:
    combo = narrow_combo("Model", "Which model")
    qtbot.addWidget(combo)
    combo.addItems(["demo", NAME])
    combo.resize(220, 28)
    combo.show()
    assert combo.shown().currentText == "demo"
    combo.setCurrentIndex(1)
    shown = combo.shown().currentText
    assert shown.startswith("2026-11")
    assert shown.endswith("epoch 20")
    assert "…" in shown
    assert combo.currentText() == NAME
    ink = combo.grab().toImage()
    ground = ink.pixelColor(3, ink.height() // 2)
    assert any(ink.pixelColor(x, y) != ground for x in range(6, 150) for y in range(6, 22))


def test_names_of_any_length_leave_it_as_narrow_as_it_was(qtbot) -> None:
    combo = narrow_combo("Model", "Which model")
    qtbot.addWidget(combo)
    before = combo.minimumSizeHint().width()
    combo.addItem(NAME)
    assert combo.minimumSizeHint().width() == before
