"""Packs a screen plate by plate; what is there whole is kept, so that a stop costs one site."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from deepnoise_app.errors import Interrupted, PixelError
from deepnoise_app.packing.plan import PackPlan
from deepnoise_app.packing.site import PackedSite, SitePacker, levels_of
from deepnoise_app.readers.pack_text import (
    KEY,
    Origin,
    PlateEntry,
    PlateText,
    SiteText,
    Statistics,
    plate_text,
)
from deepnoise_app.readers.pack_values import channels_text, map_text
from deepnoise_app.readers.threads import in_threads
from deepnoise_app.runs.files import write_whole
from deepnoise_app.screen import Plate, WellId
from deepnoise_app.writers.omezarr_text import group_json, plate_group, row_path, well_group

Tell = Callable[[int, int], None]
Site = tuple[WellId, int]


def pack_screen(
    plan: PackPlan,
    tell: Tell = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    workers: int = 0,
) -> int:
    """Pack what a plan says; the originals are only read.

    At most the sites that the threads work on are in memory.

    Parameters
    ----------
    tell
        Called with the number of sites packed and of all.
    workers
        Threads; 0: one per core.

    Returns
    -------
    sites
        How many sites the pack holds.

    Raises
    ------
    Interrupted
        If a stop was asked for: the same command goes on from there.
    RunError
        If the pack cannot be written, for instance because the disk is full.
    """
    total = sum(int(plate.present.any(axis=2).sum()) for plate, _ in plan.plates)
    _write_root(plan, complete=False)
    done = 0
    for plate, entry in plan.plates:
        for _ in _pack_plate(plan, plate, entry, workers or os.cpu_count() or 1):
            done += 1
            tell(done, total)
            if should_stop():
                raise Interrupted(
                    f"stopped after {done:,} of {total:,} sites: what is packed is kept, and"
                    " the same command goes on from there"
                )
    _write_root(plan, complete=True)
    return total


def _write_root(plan: PackPlan, complete: bool) -> None:
    text = plan.text.model_copy(update={"complete": complete})
    own = {KEY: text.model_dump(mode="json")}
    write_whole(plan.out / "zarr.json", group_json({}, own))


def _pack_plate(plan: PackPlan, plate: Plate, entry: PlateEntry, workers: int) -> Iterator[Site]:
    """Pack the sites of a plate, yielding after each; the text of the plate comes last."""
    place = plan.out.joinpath(*entry.folder.split("/"))
    before = plate_text(place)
    sites = [(well, site) for well in plate.wells for site in plate.sites_of(well)]
    if before is not None and before.origin.stamp == entry.stamp:
        yield from sites
        return
    packer = SitePacker(plate, place, _levels(plate), plan.text.codec)
    for well in plate.wells:
        group = place / row_path(well)
        write_whole(group / "zarr.json", group_json({}))
        name = str(well.column + 1)
        write_whole(group / name / "zarr.json", group_json(well_group(plate, well)))
    texts: dict[tuple[int, int], SiteText] = {}

    def work(site: Site) -> PackedSite:
        return packer.pack(*site)

    for (well, site), packed in zip(sites, in_threads(work, sites, workers), strict=True):
        texts[plate.well_index[well], plate.sites.index(site)] = packed.text
        yield well, site
    text = _plate_text(plan, plate, entry, packer, texts)
    own = {KEY: text.model_dump(mode="json")}
    write_whole(place / "zarr.json", group_json(plate_group(plate), own))


def _plate_text(
    plan: PackPlan,
    plate: Plate,
    entry: PlateEntry,
    packer: SitePacker,
    texts: dict[tuple[int, int], SiteText],
) -> PlateText:
    return PlateText(
        format=1,
        experiment=plate.experiment,
        plate=plate.name,
        rows=plate.shape.rows,
        columns=plate.shape.columns,
        channels=channels_text(plate.channels),
        sites=plate.sites,
        wells=tuple(well.name for well in plate.wells),
        pixel_size_um=plate.pixel_size_um,
        levels=packer.levels,
        codec=packer.codec,
        missing=tuple((int(w), int(s), int(c)) for w, s, c in np.argwhere(~plate.present)),
        faults=tuple(
            (w, s, c, reason)
            for (w, s), text in sorted(texts.items())
            for c, reason in sorted(text.faults.items())
        ),
        apart=tuple((w, s, c) for (w, s), text in sorted(texts.items()) for c in text.apart),
        map=map_text(plate),
        statistics=_statistics(list(texts.values()), len(plate.channels)),
        origin=Origin(
            path=plan.screen.path,
            reader=plan.screen.reader,
            stamp=entry.stamp,
            packed=datetime.now(UTC).isoformat(timespec="seconds"),
            version=version("deepnoise-app"),
        ),
    )


def _statistics(texts: list[SiteText], channels: int) -> Statistics:
    def mean(kind: str, channel: int) -> float | None:
        values = [getattr(text, kind)[channel] for text in texts]
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    return Statistics(
        mean=tuple(mean("mean", c) for c in range(channels)),
        std=tuple(mean("std", c) for c in range(channels)),
    )


def _levels(plate: Plate) -> tuple[int, ...]:
    """Levels of the first site that can be read; the others get the same."""
    for well in plate.wells:
        for site in plate.sites_of(well):
            for plane in plate.read_each(well, site).values():
                if not isinstance(plane, PixelError):
                    return levels_of(plate, plane)
    return (1,)
