"""What `deepnoise doctor` says of torch and of the graphics card."""

from __future__ import annotations

import pytest
import torch

from deepnoise_app.cli import card_ailments
from deepnoise_app.learning import device


def test_torch_beside_a_torchvision_of_another_build_is_recognised() -> None:
    error = RuntimeError("operator torchvision::nms does not exist")
    assert "different builds" in card_ailments.torch_import(error).what
    assert "libcudart" in card_ailments.torch_import(OSError("libcudart.so: cannot open")).what


@pytest.mark.parametrize(
    ("cuda", "devices", "nvidia", "what"),
    [
        ("", ["torch"], True, "a build without CUDA"),
        ("13.0", ["torch"], True, "its driver may be too old"),
        ("13.0", ["torch", "cuda:0"], True, None),
        ("", ["torch"], False, None),
    ],
)
def test_card_that_torch_does_not_use_is_explained(cuda, devices, nvidia, what) -> None:
    found = [*card_ailments.graphics(cuda, devices, nvidia)]
    assert len(found) == (what is not None)
    assert what is None or what in found[0].what


def test_another_build_is_fetched_as_the_app_was_installed(monkeypatch) -> None:
    (found,) = card_ailments.graphics("", ["torch"], has_nvidia=True)
    assert "--torch-backend=auto" in found.cure
    monkeypatch.setattr("sys.prefix", "/home/ana/.local/share/deepnoise-environment/venv")
    (found,) = card_ailments.graphics("", ["torch"], has_nvidia=True)
    assert "deepnoise-setup repair" in found.cure


def test_every_device_here_computes() -> None:
    assert device.faults_of_devices() == {}


def test_card_that_is_found_and_does_not_compute_is_explained(monkeypatch) -> None:
    words = "CUDA error: no kernel image is available for execution on the device\nmore"

    def fail(*_: object) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(torch.nn.functional, "conv2d", fail)
    assert device.faults_of_devices()["cpu"] == words
    (found,) = card_ailments.trials({"cuda:0": words})
    assert found.what.endswith("no kernel image is available for execution on the device")
    assert "--torch-backend=auto" in found.cure
    (found,) = card_ailments.trials({"cuda:0": "CUDA out of memory."})
    assert "other programs" in found.cure
