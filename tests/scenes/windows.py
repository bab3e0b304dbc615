"""Windows beside the window: help, preferences, how names are read, all problems, an address."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from photographer import Photographer
from qtpy.QtGui import QAction
from qtpy.QtWidgets import QWidget
from scenes.plates import no_plate
from skimage.io import imsave

from deepnoise_app.gui.address_dialog import AddressDialog
from deepnoise_app.gui.notice_bar import DetailsDialog
from deepnoise_app.gui.pattern_dialog import PatternDialog
from deepnoise_app.gui.preferences_dialog import PreferencesDialog


def windows(one: Photographer) -> None:
    """Each window in both themes."""
    menus = one.window.menus
    menus.helper.show("quality")
    shown(one, "help", menus.helper.shown)
    menus.edit_preferences()
    shown(one, "preferences", one.window.findChild(PreferencesDialog))
    pattern = PatternDialog(own_names(one.home), one.parts.workbench, one.window)
    pattern.show()
    one.wait(lambda: pattern.names.rowCount() > 0)
    pattern.field.setText("KO screen {well} field{site} {channel}")
    one.wait(lambda: pattern.verdict.text().startswith("10 of 10"))
    shown(one, "name-pattern", pattern)
    address = AddressDialog(one.window)
    address.field.setText("www.plates.org/screen.zarr")
    address.show()
    shown(one, "address", address)
    no_plate(one)
    details = DetailsDialog(one.session.notice, one.window)
    details.show()
    shown(one, "details", details)
    one.parts.workbench.dismiss()
    actions = one.window.findChildren(QAction)
    about = next(action for action in actions if action.text() == "About DeepNoise")
    one.take_question("dialogs/about", about.trigger)


def shown(one: Photographer, name: str, window: QWidget) -> None:
    one.let_be(0.4)
    one.take_pair(f"dialogs/{name}", window)
    window.close()


def own_names(home: Path) -> Path:
    """A folder with names that only its owner knows."""
    folder = home / "Batch 7" / "Dish 2"
    folder.mkdir(parents=True)
    for row in "BC":
        for column in (2, 3):
            for stain in ("DAPI", "phalloidin", "mito"):
                name = f"KO screen {row}{column:02d} field1 {stain}.tif"
                imsave(folder / name, np.full((8, 8), 7, np.uint8), check_contrast=False)
    return folder
