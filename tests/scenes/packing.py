"""Packing is offered, done, stopped and gone on with; a plate read from a damaged pack."""

from __future__ import annotations

from photographer import Photographer
from scenes.plates import folder_of

from deepnoise_app.screen import WellId


def packing(one: Photographer) -> None:
    """Pack the large plate, and read what was damaged since."""
    folder = folder_of(one)
    session, desk, strip = one.session, one.parts.packing, one.parts.pack_strip
    one.parts.workbench.dismiss()
    desk.ask()
    one.wait(lambda: session.pack_offer is not None)
    one.take_both("pack-offer")
    desk.pack()
    one.catch(lambda: session.pack_offer.run.status.done > 40)
    with one.held(session.pack_offer.run):
        one.take_pair("panels/packing", strip)
    desk.stop()
    one.wait(lambda: session.pack_offer.run.status.is_over)
    one.take_pair("panels/packing-stopped", strip)
    desk.pack()
    one.wait(lambda: session.pack_offer is None)
    one.wait(lambda: not session.busy)
    plate = folder.with_name(f"{folder.name}.zarr") / "HUVEC-01" / "Plate1.ome.zarr"
    for site in (plate / "F" / "7" / "0").glob("*/c/0/0/0"):
        site.write_bytes(site.read_bytes()[:-9])
    one.close_screens()
    one.open(plate)
    one.parts.workbench.choose([WellId.parse("F07")])
    one.let_be(1)
    one.take_both("pack-damaged")
