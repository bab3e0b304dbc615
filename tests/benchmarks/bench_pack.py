"""Packs beside PNG: reading, size, many workers, packing, opening, the mosaic, memory.

`python -m pytest tests/benchmarks/bench_pack.py -s` prints the ratios. Reading is compared by
processor time of one core, so that what else the computer does counts little.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import zarr

from deepnoise_app.packing import pack_screen, plan_packing
from deepnoise_app.readers import open_screen
from deepnoise_app.readers.beside_pack import is_packed
from deepnoise_app.readers.pack_pixels import image_path
from deepnoise_app.screen import Plate, WellId

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

WELLS = 384


@pytest.fixture(scope="session")
def packs(big_plate: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return packs of the same plate by codec; not beside it, so that it is read as PNG itself."""
    folder = tmp_path_factory.mktemp("packs")
    for codec in ("zstd", "lz4"):
        pack_screen(plan_packing(open_screen(big_plate), folder / codec, codec))
    return {codec: folder / codec for codec in ("zstd", "lz4")}


@pytest.fixture
def one_core() -> Iterator[None]:
    """Keep this process on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


def sites_of(plate: Plate) -> list[tuple[WellId, int]]:
    return [(well, site) for well in plate.wells for site in plate.sites_of(well)]


def cpu_ms(work: Callable[[], object], sites: int, times: int = 7) -> float:
    """Processor milliseconds for each site, of the least disturbed of several tries."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return 1e3 * min(found) / sites


def size_of(folder: Path, pattern: str = "*") -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
@pytest.mark.usefixtures("one_core")
def test_a_packed_site_is_read_five_times_as_fast_as_png(big_plate, packs, say, codec) -> None:
    plain = open_screen(big_plate).plates[0]
    packed = open_screen(packs[codec]).plates[0]
    some = sites_of(plain)[::5]
    store = packs[codec] / "HUVEC-01" / "Plate1.ome.zarr"
    places = [store / image_path(w.row, w.column, s - 1) / "0" for w, s in some]
    content = [(place / "c/0/0/0").read_bytes()[:-4] for place in places]
    bare = imagecodecs.zstd_decode if codec == "zstd" else blosc

    def png() -> None:
        for well, site in some:
            plain.read(well, site)

    def ours() -> None:
        for well, site in some:
            packed.read(well, site)

    def decompress() -> None:
        for one in content:
            bare(one)

    slow, fast, least = (cpu_ms(work, len(some)) for work in (png, ours, decompress))
    size = size_of(packs[codec]) / size_of(big_plate)
    say(
        f"6 x 512 x 512 from {codec} pack, one core: {fast:.2f} ms; PNG {slow:.2f} ms:"
        f" {slow / fast:.1f} x as fast (aim 5); bare decompression {least:.2f} ms: ratio"
        f" {fast / least:.2f} (aim 1.6); size {size:.2f} of the PNG files (aim 1.1 for zstd)"
    )


def blosc(content: bytes) -> bytes:
    return imagecodecs.blosc_decode(content, numthreads=1)


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
@pytest.mark.usefixtures("one_core")
def test_the_library_that_reads_is_the_fastest_at_hand(packs, say, codec) -> None:
    """Sites visited for the first time, as in a shuffled epoch: the array is opened each time."""
    from deepnoise_app.readers.zarr_arrays import open_array

    places = sorted(str(p.parent) for p in packs[codec].rglob("0/zarr.json") if _is_image(p))[::5]
    everything = (slice(None),) * 3

    def tensorstore() -> None:
        for place in places:
            open_array.__wrapped__(place, "zarr.json", 0).read(everything)

    def plain() -> None:
        for place in places:
            np.asarray(zarr.open_array(place, mode="r")[:])

    found = {"tensorstore": cpu_ms(tensorstore, len(places))}
    found["zarr-python"] = cpu_ms(plain, len(places))
    if find_spec("zarrs") is not None:  # no dependency: install it to see
        with zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline"}):
            found["zarrs"] = cpu_ms(plain, len(places))
    told = ", ".join(f"{name} {ms:.2f} ms" for name, ms in found.items())
    say(f"opening and reading 6 x 512 x 512 from {codec}, one core: {told}")
    assert min(found, key=found.__getitem__) == "tensorstore"


def _is_image(path: Path) -> bool:
    return (path.parent / "c").is_dir()


def test_many_workers_read_at_random_at_the_same_speed(packs, fastest, say) -> None:
    plate = open_screen(packs["zstd"]).plates[0]
    order = np.random.default_rng(1).permutation(len(sites_of(plate)))
    some = [sites_of(plate)[i] for i in order]

    def read(place: tuple[WellId, int]) -> None:
        plate.read(*place)

    found = {}
    for workers in (1, 2, 8, 32):
        with ThreadPoolExecutor(workers) as pool:
            found[workers] = fastest(lambda pool=pool: list(pool.map(read, some)), 3)
    told = ", ".join(f"{n} workers {len(some) / s:.0f}" for n, s in found.items())
    say(f"sites of 6 x 512 x 512 per second from a zstd pack, random order: {told}")


def test_packing_takes_little_more_than_decoding_and_encoding(
    big_plate, tmp_path, fastest, say
) -> None:
    screen = open_screen(big_plate)
    plate = screen.plates[0]
    places = sites_of(plate)

    def decode() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda place: plate.read(*place), places))

    found = {}
    for codec in ("zstd", "lz4"):
        began = time.perf_counter()
        pack_screen(plan_packing(screen, tmp_path / codec, codec), workers=2)
        found[codec] = time.perf_counter() - began
    least = fastest(decode, 3)
    told = ", ".join(
        f"{codec} {s / least:.1f} x ({len(places) / s:.0f} sites/s)" for codec, s in found.items()
    )
    say(f"packing {len(places)} sites of 6 x 512 x 512 beside decoding their files: {told}")


def test_memory_while_packing_is_that_of_a_few_sites(big_plate, tmp_path, say) -> None:
    code = (
        "import sys, resource\n"
        "from pathlib import Path\n"
        "from deepnoise_app.packing import pack_screen, plan_packing\n"
        "from deepnoise_app.readers import open_screen\n"
        "plan = plan_packing(open_screen(sys.argv[1]), Path(sys.argv[2]))\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "seen = []\n"
        "pack_screen(plan, lambda done, total: seen.append(peak()), workers=2)\n"
        "print(seen[9], seen[-1])\n"
    )
    command = [sys.executable, "-c", code, str(big_plate), str(tmp_path / "pack")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first, last = map(float, done.stdout.split())
    raw = 64 * 2 * 6 * 512 * 512 / 2**20
    say(
        f"memory while packing a plate of {raw:.0f} MiB: {last:.0f} MiB in all,"
        f" {last - first:+.0f} MiB from the 10th site to the last"
    )
    assert last - first < raw / 4


@pytest.fixture(scope="session")
def whole_plate(big_plate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a packed plate of 384 wells, 2 sites, 6 channels of 512 x 512; files are links."""
    folder = tmp_path_factory.mktemp("whole")
    source = big_plate / "HUVEC-01" / "Plate1"
    target = folder / "screen" / "HUVEC-01" / "Plate1"
    target.mkdir(parents=True)
    there = sorted({path.name[:3] for path in source.iterdir()})
    for number in range(WELLS):
        well = WellId(number // 24, number % 24).name
        for path in source.glob(f"{there[number % len(there)]}_*.png"):
            os.link(path, target / f"{well}{path.name[3:]}")
    screen = open_screen(folder / "screen")
    pack_screen(plan_packing(screen, folder / "screen.zarr"))
    return folder / "screen"


def test_the_mosaic_of_a_plate_comes_from_its_levels(whole_plate, fastest, say) -> None:
    plate = open_screen(whole_plate).plates[0]
    assert is_packed(plate)

    def mosaic() -> None:
        made = np.zeros((6, 16 * 64, 24 * 64), np.uint8)

        def put(well: WellId) -> None:
            rows = slice(64 * well.row, 64 * (well.row + 1))
            columns = slice(64 * well.column, 64 * (well.column + 1))
            made[:, rows, columns] = plate.read(well, 1, level=3)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(put, plate.wells))
        assert made.any(axis=(1, 2)).all()

    began = time.perf_counter()
    mosaic()
    first = time.perf_counter() - began
    again = fastest(mosaic, 3)
    say(
        f"mosaic of 384 wells x 6 channels at 64 px from the levels of a pack: {first:.2f} s,"
        f" again {again:.2f} s (aim 0.5)"
    )


def test_a_packed_plate_beside_its_originals_opens_as_fast(whole_plate, fastest, say) -> None:
    with_pack = fastest(lambda: open_screen(whole_plate), 3)
    without = fastest(lambda: open_screen(whole_plate, use_pack=False), 3)
    alone = fastest(lambda: open_screen(whole_plate.with_name("screen.zarr")), 3)
    say(
        f"opening 384 x 2 x 6 files: {without:.2f} s, with the check of the pack beside them"
        f" {with_pack:.2f} s, the pack alone {alone:.3f} s"
    )


def test_a_hundred_packed_plates_open_within_a_second(tmp_path, fastest, say) -> None:
    class Blank:
        present = np.ones((96, 1, 1), dtype=bool)

        def read(self, well: int, site: int, channel: int, level: int = 0) -> np.ndarray:
            return np.zeros((8, 8), np.uint8)

    from deepnoise_app.screen import Channel, PlateShape, Screen

    wells = tuple(WellId(i // 12, i % 12) for i in range(96))
    plates = tuple(
        Plate("E", f"P{i:03d}", PlateShape(8, 12), (Channel("1"),), (1,), wells, Blank())
        for i in range(100)
    )
    screen = Screen(str(tmp_path / "none"), "memory", plates[0].channels, plates)
    pack_screen(plan_packing(screen, tmp_path / "pack"))
    took = fastest(lambda: open_screen(tmp_path / "pack"), 3)
    say(f"opening a pack of 100 plates of 96 wells: {took:.2f} s")
