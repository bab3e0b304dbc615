"""`deepnoise pack`: the same screen as OME-Zarr, for speed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deepnoise_app.cli.places import on_this_computer


class Codec(StrEnum):
    """How pixels are compressed."""

    ZSTD = "zstd"
    LZ4 = "lz4"


def pack(
    path: Annotated[
        Path, typer.Argument(help="Folder or address of a screen, an experiment or a plate.")
    ],
    out: Annotated[
        Path,
        typer.Argument(
            help="Folder of the pack; PATH.zarr beside PATH is found by itself.",
            callback=on_this_computer,
        ),
    ],
    codec: Annotated[
        Codec, typer.Option(help="zstd: small; lz4: half as fast again to read, a third larger.")
    ] = Codec.ZSTD,
    reader: Annotated[
        str | None, typer.Option(help="File layout; found out where it is not given.")
    ] = None,
    plane: Annotated[
        int | None, typer.Option(help="Z-plane to pack; by default the brightest of all.")
    ] = None,
    time: Annotated[
        int | None, typer.Option(help="Time point to pack; by default the first.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Threads; 0: one per core.")] = 0,
) -> None:
    """Pack a screen as OME-Zarr that is read several times as fast; a stopped one is gone on with.

    The originals are only read. Training, scoring, measuring and the window use the pack where it
    lies beside them as PATH.zarr, or open it as it is.
    """
    from deepnoise_app.cli.console import counting
    from deepnoise_app.packing import pack_screen, plan_packing
    from deepnoise_app.readers import open_screen
    from deepnoise_app.screen import StackChoice

    with counting("Reading names", "stopped before all names were read") as tell:
        screen = open_screen(path, reader, StackChoice(plane, time), tell, use_pack=False)
    plan = plan_packing(screen, out, codec.value)
    kept = "stopped: what is packed is kept, and the same command goes on from there"
    with counting("Packing sites", kept) as tell:
        sites = pack_screen(plan, tell, workers=workers)
    print(f"{len(plan.plates)} plates, {sites:,} sites packed: {plan.out}")
