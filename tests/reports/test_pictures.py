"""Composites and plate pictures."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import image

from deepnoise_app.reports.pictures import composite, save_mosaic, save_plate
from deepnoise_app.screen import COLUMNS, Predictions
from deepnoise_app.simulate import ScreenDesign, simulate_screen


@pytest.fixture(scope="module")
def plate():
    design = ScreenDesign(experiments=1, unlabelled=0, plates=1, perturbations=4, sites=1, size=24)
    return simulate_screen(design).screen.plates[0]


def test_composite_adds_channels_between_black_and_white_point() -> None:
    pixels = np.zeros((2, 1, 3))
    pixels[0, 0] = [10, 60, 200]
    shown = composite(pixels, np.array([10.0, 0.0]), np.array([110.0, 1.0]))
    assert shown.shape == (1, 3, 3)
    assert (shown[0, 0] == 0).all()
    np.testing.assert_allclose(shown[0, 2], 2 * shown[0, 1], atol=1e-6)  # clipped at full
    assert shown[0, 2].max() == pytest.approx(0.62)


def test_pictures_show_every_well_at_its_place(plate, tmp_path) -> None:
    rows = [
        {
            **dict.fromkeys(COLUMNS, ""),
            "Metadata_Experiment": plate.experiment,
            "Metadata_Plate": plate.name,
            "Metadata_Well": well.name,
            "Metadata_Role": str(plate.map[well].role),
            "Metadata_Perturbation": plate.map[well].perturbation,
            "Prediction_Free": plate.map[well].perturbation if number % 2 else "sirna_99",
            "Confidence": 1.0,
        }
        for number, well in enumerate(plate.wells)
    ]
    predictions = Predictions(pd.DataFrame(rows, columns=list(COLUMNS)))
    save_plate(plate, predictions, "Prediction_Free", "test", tmp_path / "p.png")
    shown = (image.imread(tmp_path / "p.png")[:, :, :3] * 255).astype(int)
    right, wrong = np.array([0x2F, 0x9E, 0x6E]), np.array([0xD1, 0x49, 0x5B])
    treated = [i for i, w in enumerate(plate.wells) if not plate.map[w].role.is_control]
    assert (abs(shown - right).max(axis=2) < 3).any() == any(i % 2 for i in treated)
    assert (abs(shown - wrong).max(axis=2) < 3).any() == any(i % 2 == 0 for i in treated)
    save_mosaic(plate, tmp_path / "m.png")
    assert image.imread(tmp_path / "m.png").std() > 0.05
