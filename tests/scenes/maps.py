"""Plate maps: taken from a file, checked against the images, corrected, taken back."""

from __future__ import annotations

from photographer import Photographer

from deepnoise_app.gui.map_alarm import MapAlarm
from deepnoise_app.writers.platemap import plate_map_table


def plate_maps(one: Photographer) -> None:
    """Two plates of the demo get each other's map, with one column more; the check tells it."""
    session, part = one.session, one.parts.quality.check
    first, second = session.plates
    table = plate_map_table({first.key: second.map, second.key: first.map})
    table["Dose"] = [f"{10 ** (at % 3)} nM" for at in range(len(table))]
    file = one.home / "plate maps of October.csv"
    table.to_csv(file, index=False)
    one.parts.maps.take([file])
    one.wait(lambda: session.can_undo_map)
    one.take_both("plate-map-taken")
    one.take_question("dialogs/unsaved", one.window.close)
    one.parts.workbench.dismiss()
    one.show(one.parts.quality)
    part.check.click()
    one.catch(lambda: one.is_at("check-map", 1))
    with one.held(one.run("check-map")):
        one.take_panel("panels/map-check-at-work", one.parts.quality, down=True)
    one.wait(lambda: bool(session.findings))
    one.take_panel("panels/map-check-swap", one.parts.quality, down=True)
    part.findChildren(MapAlarm)[0].accept.click()
    one.wait(lambda: any(finding.accepted for finding in session.findings))
    one.take_both("map-check-accepted")
    part.undo.click()
    one.parts.workbench.dismiss()
    while session.can_undo_map:
        part.undo.click()
