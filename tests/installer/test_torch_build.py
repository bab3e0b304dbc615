"""Which build of torch the first start asks for: the real `uv`, told of cards that are not there.

Nothing is fetched: `uv` says in which places it would look, in whatever order its requests start.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deepnoise_setup.installation import Installation
from deepnoise_setup.places import Places

CARDS = ("UV_CUDA_DRIVER_VERSION", "UV_AMD_GPU_ARCHITECTURE", "UV_TORCH_BACKEND")
BUILD = re.compile(r"/whl/(cpu|cu\d+|rocm[\d.]+)")


@pytest.fixture
def asked(fake, places: Places) -> list[str]:
    """Words with which the first start asks `uv` for the parts; they are asked for torch alone."""
    Installation(places, lambda _: None, lambda: False).run()
    places.requirements.write_text("torch\n")
    places.lock.unlink()
    return [word for word in fake.asked[0] if word != "--quiet"]


@pytest.mark.parametrize(
    ("card", "newest", "kind"),
    [
        ({}, "cpu", "cpu"),
        ({"UV_CUDA_DRIVER_VERSION": "450.80.02"}, "cu11", "cu"),
        ({"UV_CUDA_DRIVER_VERSION": "525.60.13"}, "cu12", "cu"),
        ({"UV_CUDA_DRIVER_VERSION": "580.65.06"}, "cu13", "cu"),
        ({"UV_AMD_GPU_ARCHITECTURE": "gfx1100"}, "rocm", "rocm"),
    ],
    ids=["no card", "old NVIDIA driver", "NVIDIA driver", "new NVIDIA driver", "AMD card"],
)
def test_build_follows_the_card_and_its_driver(
    asked: list[str], tmp_path: Path, card: dict[str, str], newest: str, kind: str
) -> None:
    away = ("--offline", "--no-config", "--verbose", "--cache-dir", str(tmp_path / "cache"))
    known = {name: value for name, value in os.environ.items() if name not in CARDS}
    done = subprocess.run(
        [sys.executable, "-m", "uv", *asked, *away],
        env={**known, **card}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    builds = set(BUILD.findall(done.stderr))
    assert builds, done.stderr + str(asked)
    assert {build for build in builds if not build.startswith(kind)} <= {"cpu"}
    assert max(builds - {"cpu"} or builds, key=release).startswith(newest), done.stderr


def release(build: str) -> tuple[int, ...]:
    """Orders the builds of one kind of card: `cu118` after `cu117`, `rocm6.10` after `rocm6.9`."""
    return tuple(map(int, re.findall(r"\d+", build)))
