"""Embeddings of all wells on a plane, as scored and with each plate centred; linked both ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, partial
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QSignalBlocker, Qt, QTimer
from qtpy.QtGui import QBrush, QColor
from qtpy.QtWidgets import QComboBox

from deepnoise_app.analysis.embedding_map import View
from deepnoise_app.gui.callout import quiet_label, say
from deepnoise_app.gui.left_words import LEFT_IN, left_words
from deepnoise_app.gui.plot_tab import PlotTab
from deepnoise_app.gui.walk import nearest
from deepnoise_app.gui.words import count, percent
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.screen import WellId
from deepnoise_app.session import Session

NOTHING = "No map yet: score a plate, and every well gets a place by how the model describes it."
COLOURED_BY = {
    "Perturbation": "Metadata_Perturbation",
    "Plate": "Metadata_Plate",
    "Experiment": "Metadata_Experiment",
    "Role": "Metadata_Role",
}
# Okabe and Ito's palette (2008), those that are seen on dark and on light ground.
FEW = ("#e69f00", "#3f9fdf", "#1ca97c", "#cc79a7", "#d55e00", "#8f8be8", "#b5a642", "#8d96a3")
UNNAMED = QColor("#808080")
DOT_PX, RING_PX = 6, 13


class MapTab(PlotTab):
    """Two plots of the same wells; a click chooses the well, chosen wells have rings."""

    def __init__(self, session: Session, workbench: Workbench) -> None:
        super().__init__("What the map shows", NOTHING)
        self._session = session
        self._workbench = workbench
        self.by = QComboBox()
        self.by.addItems(list(COLOURED_BY))
        self.by.setAccessibleName("Coloured by")
        self.by.setToolTip("What gives a well its colour")
        self.by.currentIndexChanged.connect(lambda _: self.refresh())
        self.before, self.after = QComboBox(), QComboBox()
        for combo, name in ((self.before, "Left map"), (self.after, "Right map")):
            combo.setAccessibleName(name)
            combo.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            combo.setMinimumContentsLength(16)
            combo.setToolTip(f"{name}: how the wells are described")
            combo.currentIndexChanged.connect(lambda _: self.refresh())
        for combo in (self.before, self.after, self.by):
            self.head.addWidget(combo, 0, Qt.AlignmentFlag.AlignTop)
        self._dots: list[Any] = []
        self._rings: list[Any] = []
        self._brushes: NDArray[np.object_] = np.zeros(0, dtype=np.object_)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._draw_right)
        session.events.embeddings.connect(self._on_maps)
        self.left_in = quiet_label("What the embeddings still know of plates and places")
        self.left_in.setToolTip(LEFT_IN)
        self.body.addWidget(self.left_in)
        session.events.left_in.connect(self._on_left_in)
        session.events.wells.connect(self._ring)
        session.events.plate.connect(self._ring)

    def has_something(self) -> bool:
        """Whether there is a map."""
        return self._session.embeddings is not None

    def _on_left_in(self) -> None:
        say(self.left_in, left_words(self._session.left_in))

    def _on_maps(self) -> None:
        """Offer the views that there are; what was chosen stays while it is there."""
        maps = self._session.embeddings
        if maps is not None:
            titles = [view.title for view in maps.views]
            for combo, at in ((self.before, maps.before), (self.after, maps.after)):
                offered = [combo.itemText(i) for i in range(combo.count())]
                kept = combo.currentText() if titles == offered else titles[at]
                with QSignalBlocker(combo):
                    combo.clear()
                    combo.addItems(titles)
                    combo.setCurrentText(kept)
        self.refresh()

    @property
    def shown(self) -> tuple[View, ...]:
        """The two views that are compared."""
        maps = self._session.embeddings
        if maps is None:
            return ()
        return tuple(maps.views[combo.currentIndex()] for combo in (self.before, self.after))

    def build(self) -> None:
        """Make both plots."""
        import pyqtgraph

        for number, name in enumerate(("Left map", "Right map")):
            plot = self.add_plot(name, name, "PC 2", "PC 1")
            for side in ("left", "bottom"):
                plot.getAxis(side).setStyle(showValues=False)
            plot.getAxis("bottom").setHeight(plot.fontMetrics().height() + 8)
            dots = pyqtgraph.ScatterPlotItem(size=DOT_PX, pen=None, hoverable=True, tip=self._tip)
            dots.sigClicked.connect(self._on_clicked)
            self.walk(plot, partial(self._on_step, number))
            rings = pyqtgraph.ScatterPlotItem(size=RING_PX, brush=None)
            plot.addItem(dots)
            plot.addItem(rings)
            self._dots.append(dots)
            self._rings.append(rings)
        self.body.addWidget(self.left_in)  # again: behind the maps

    def draw(self) -> None:
        """Draw all wells in both plots, the right one in a turn of its own."""
        maps = self._session.embeddings
        if maps is None:
            return
        table, wanted = maps.table, COLOURED_BY[self.by.currentText()]
        labels = table[wanted]
        if wanted == "Metadata_Plate":  # experiments have plates of the same name
            labels = table["Metadata_Experiment"].astype(str) + " " + labels.astype(str)
        codes, names = labels.factorize()
        colours = colours_of(len(names))
        self._brushes = np.array([_brush(one.rgba()) for one in (*colours, UNNAMED)])[codes]
        plates = maps.table[["Metadata_Experiment", "Metadata_Plate"]].drop_duplicates()
        self._draw_dots(0)
        self._later.start()
        centre = "the negative controls" if maps.anchored else "all wells"
        self.say(
            f"{count(len(maps.table), 'well')} of {count(len(plates), 'plate')}."
            f" Plates are centred on the mean of {centre}.{_key(names, colours)}"
        )
        self._ring()

    def _draw_dots(self, side: int) -> None:
        plot, view = self._plots[side], self.shown[side]
        x, y = view.map.places.T
        self._dots[side].setData(x=x, y=y, brush=self._brushes[view.map.rows], data=view.map.rows)
        plot.setToolTip(f"{view.about}. A click, or the arrow keys, choose a well.")
        plot.setTitle(view.title, size="10pt", color=self.ink)
        for place, share in zip(("bottom", "left"), view.map.shares, strict=True):
            name = "PC 1" if place == "bottom" else "PC 2"
            plot.setLabel(place, f"{name} ({percent(float(share))})")

    def _draw_right(self) -> None:
        maps = self._session.embeddings
        if maps is not None and len(self._brushes) == len(maps.table):
            self._draw_dots(1)

    def _tip(self, x: float, y: float, data: int) -> str:
        """Name the well of a dot, when the mouse asks for it."""
        del x, y
        maps = self._session.embeddings
        if maps is None:
            return ""
        what = ("Experiment", "Plate", "Well", "Perturbation")
        return " ".join(str(maps.table[f"Metadata_{name}"].iloc[data]) for name in what)

    def _ring(self) -> None:
        """Draw rings round the chosen wells of the plate in front."""
        if self._session.embeddings is None or not self._rings or not self.isVisible():
            return
        import pyqtgraph

        chosen = self._among(self._session.wells)

        for rings, view in zip(self._rings, self.shown, strict=True):
            places = view.map.places[chosen[view.map.rows]]
            rings.setData(x=places[:, 0], y=places[:, 1], pen=pyqtgraph.mkPen(self.ink, width=2))

    def _among(self, wells: Iterable[WellId]) -> NDArray[np.bool_]:
        """Which rows of the table are wells of the plate in front."""
        maps, plate = self._session.embeddings, self._session.plate
        names = {well.name for well in wells}
        if maps is None or plate is None or not names:
            return np.zeros(len(maps.table) if maps is not None else 0, dtype=np.bool_)
        found: NDArray[np.bool_] = (
            (maps.table["Metadata_Experiment"] == plate.experiment)
            & (maps.table["Metadata_Plate"] == plate.name)
            & maps.table["Metadata_Well"].isin(names)
        ).to_numpy()
        return found

    def _on_step(self, side: int, down: int, across: int) -> None:
        """Go from the chosen well to the nearest point in a direction."""
        one, well = self.shown[side].map, self._session.well
        here = np.flatnonzero(self._among([well] if well is not None else [])[one.rows])
        seen = self._plots[side].getPlotItem().vb.viewPixelSize()
        to = nearest(one.places / seen, int(here[0]), across, -down) if len(here) else 0
        if to is not None and len(one.rows):
            self.choose(int(one.rows[to]))

    def _on_clicked(self, _: Any, points: Any, event: Any = None) -> None:
        if len(points):
            adding = event is not None and event.modifiers() & (
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            )
            self.choose(int(points[0].data()), bool(adding))

    def choose(self, row: int, adding: bool = False) -> None:
        """Choose the well of a row of the table, or add it to those chosen."""
        maps = self._session.embeddings
        if maps is None:
            return
        found = maps.table.iloc[row]
        key = (str(found["Metadata_Experiment"]), str(found["Metadata_Plate"]))
        if all(plate.key != key for plate in self._session.plates):
            return
        well = WellId.parse(str(found["Metadata_Well"]))
        front = self._session.plate
        if adding and front is not None and front.key == key:
            self._workbench.add(well)
        else:
            self._workbench.show_plate(key)
            self._workbench.choose([well])


def colours_of(number: int) -> list[QColor]:
    """Return colours that are told apart by everybody, or where there are many, hues in turn."""
    if number <= len(FEW):
        return [QColor(colour) for colour in FEW[:number]]
    golden = 0.618033988749895
    return [QColor.fromHsvF((i * golden) % 1, 0.55 + 0.3 * (i % 2), 0.85) for i in range(number)]


@cache
def _brush(rgba: int) -> QBrush:
    """Return the brush of a colour, always the same one: plots draw a dot for each brush."""
    return QBrush(QColor.fromRgba(rgba))


def _key(names: Iterable[object], colours: Sequence[QColor]) -> str:
    """Return what each colour stands for; of many, how many they are."""
    if len(colours) > len(FEW):
        return f" {count(len(colours), 'colour')}: hover over a dot for its name."
    told = (
        f"<span style='color: {colour.name()}'>●</span>&nbsp;{escape(str(name).replace('_', ' '))}"
        for name, colour in zip(names, colours, strict=True)
    )
    return f"<br>{' &nbsp; '.join(told)}"
