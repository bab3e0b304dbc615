import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from deepnoise_app.simulate import ScreenDesign, pixels, simulate_screen

SMALL = ScreenDesign(experiments=1, unlabelled=0, plates=2, perturbations=4, size=48)
CHECKSUM = """
import zlib
from deepnoise_app.simulate import ScreenDesign, simulate_screen
design = ScreenDesign(experiments=1, unlabelled=0, plates=2, perturbations=4, size=48)
plate = simulate_screen(design).screen.plates[1]
print(*(zlib.crc32(plate.read(w, s).tobytes()) for w in plate.wells for s in plate.sites))
"""


def forget():
    pixels._kept._sites.clear()


def every_site(design):
    screen = simulate_screen(design).screen
    return [(p, w, s) for p in screen.plates for w in p.wells for s in p.sites]


def test_a_site_is_six_planes_of_grey_values():
    plate = simulate_screen(SMALL).screen.plates[0]
    site = plate.read(plate.wells[0], 1)
    assert site.shape == (6, 48, 48)
    assert site.dtype == np.uint8
    assert plate.present.shape == (len(plate.wells), 2, 6)
    assert plate.present.all()


def test_bytes_do_not_depend_on_the_order_of_reading():
    places = every_site(SMALL)
    forget()
    first = [p.read(w, s) for p, w, s in places]
    forget()
    last = [p.read(w, s) for p, w, s in reversed(places)]
    for a, b in zip(first, reversed(last), strict=True):
        np.testing.assert_array_equal(a, b)


def test_bytes_do_not_depend_on_threads():
    places = every_site(SMALL)
    forget()
    first = [p.read(w, s) for p, w, s in places]
    forget()
    with ThreadPoolExecutor(8) as pool:
        second = list(pool.map(lambda at: at[0].read(at[1], at[2]), places))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_bytes_do_not_depend_on_the_process():
    said = [
        subprocess.run([sys.executable, "-c", CHECKSUM], capture_output=True, check=True).stdout
        for _ in range(2)
    ]
    space = {"__name__": "here"}
    lines = []
    space["print"] = lambda *values: lines.append(" ".join(map(str, values)))
    exec(CHECKSUM, space)  # noqa: S102
    assert said[0] == said[1]
    assert said[0].decode().split() == lines[0].split()


def test_seeds_wells_and_sites_differ():
    plate = simulate_screen(SMALL).screen.plates[0]
    other = simulate_screen(ScreenDesign(1, 0, 2, 4, 2, 48, seed=1)).screen.plates[0]
    first, second = plate.wells[:2]
    assert (plate.read(first, 1) != plate.read(first, 2)).any()
    assert (plate.read(first, 1) != plate.read(second, 1)).any()
    assert (plate.read(first, 1) != other.read(first, 1)).any()


def test_pixels_pickle_small_and_read_the_same():
    plate = simulate_screen(ScreenDesign(perturbations=1108, plates=4)).screen.plates[0]
    packed = pickle.dumps(plate.pixels)
    assert len(packed) < 2000
    source = pickle.loads(packed)
    np.testing.assert_array_equal(source.read(3, 1, 2), plate.pixels.read(3, 1, 2))


def test_six_channels_are_made_in_one_go(monkeypatch):
    made = []
    render = pixels.render_site
    monkeypatch.setattr(pixels, "render_site", lambda *at: made.append(at) or render(*at))
    forget()
    plate = simulate_screen(SMALL).screen.plates[0]
    plate.read(plate.wells[2], 1)
    assert len(made) == 1


def test_kept_sites_cannot_be_spoilt():
    plate = simulate_screen(SMALL).screen.plates[0]
    before = plate.read(plate.wells[0], 1).copy()
    plate.pixels.read(0, 0, 0)[:] = 255
    np.testing.assert_array_equal(plate.read(plate.wells[0], 1), before)


def test_few_sites_are_kept(monkeypatch):
    monkeypatch.setattr(pixels, "KEPT_BYTES", 3 * 6 * 48 * 48)
    forget()
    for plate, well, site in every_site(SMALL):
        plate.read(well, site)
    assert len(pixels._kept._sites) == 3


def test_each_level_averages_four_pixels():
    plate = simulate_screen(SMALL).screen.plates[0]
    full, half = plate.read(plate.wells[0], 1), plate.read(plate.wells[0], 1, level=1)
    assert half.shape == (6, 24, 24)
    mean = full[0, 4:6, 8:10].astype(float).mean()
    assert abs(half[0, 2, 4] - mean) <= 0.5
    assert plate.read(plate.wells[0], 1, level=9).shape == (6, 1, 1)


def test_any_size_can_be_made():
    for size in (16, 33, 200):
        design = ScreenDesign(1, 0, 1, 2, 1, size)
        plate = simulate_screen(design).screen.plates[0]
        assert plate.read(plate.wells[0], 1).shape == (6, size, size)
