"""A payload with a stand-in for `uv`, whose doings a test writes down beforehand."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from deepnoise_setup.places import Places

# Parts of the stand-in's lock: name, version, size of the download.
PARTS = [("torch", "2.14.1", 600_000_000), ("napari", "0.9.2", 40_000_000), ("zipp", "4", 8_000)]

FAKE = r'''#!{python}
"""Stands in for uv: notes what is asked, and does what the plan says."""
import json, os, sys, time
from pathlib import Path

here = Path(__file__).parent
words = sys.argv[1:]
with (here / "asked.jsonl").open("a") as file:
    file.write(json.dumps([words, dict(os.environ)]) + "\n")
task = " ".join(words[:2]) if words[0] == "pip" else words[0]
plan = json.loads((here / "plan.json").read_text())
turns = plan.get(task, [])
turn = turns.pop(0) if turns else {{}}
(here / "plan.json").write_text(json.dumps(plan))


def option(name):
    return Path(words[words.index(name) + 1])


if task == "pip compile":
    if not turn.get("code"):
        parts = json.loads((here / "parts.json").read_text())
        option("--output-file").write_text("".join(
            f'[[packages]]\nname = "{{n}}"\nversion = "{{v}}"\nwheels = [{{{{ size = {{s}} }}}}]\n'
            for n, v, s in parts))
elif task == "venv":
    programs = Path(words[-1]) / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "deepnoise"):
        (programs / name).write_text(f'#!/bin/sh\necho "{{name}} $*"\n')
        (programs / name).chmod(0o755)
elif task == "pip sync":
    Path(os.environ["UV_CACHE_DIR"]).mkdir(exist_ok=True)
for line in turn.get("lines", []):
    print(line, file=sys.stderr, flush=True)
time.sleep(turn.get("sleep", 0))
sys.exit(turn.get("code", 0))
'''


class FakeUv:
    """Writes the plan of the stand-in, and reads what it was asked."""

    downloads = (
        "Downloading torch (572.2MiB)",
        "Downloading napari (38.1MiB)",
        " Downloaded napari",
        " Downloaded torch",
        "Prepared 3 packages in 1s",
        "Installed 3 packages in 1s",
    )
    cut = ("error: Failed to fetch: torch", "  cause: dns error")

    def __init__(self, payload: Path) -> None:
        self.payload = payload
        program = payload / "uv"
        program.write_text(FAKE.format(python=sys.executable))
        program.chmod(0o755)
        (payload / "parts.json").write_text(json.dumps(PARTS))
        self.plan({"pip sync": [{"lines": self.downloads}]})

    def plan(self, turns: dict[str, list[dict[str, object]]]) -> None:
        """Say what happens at each turn of a task; when there is none, all goes well."""
        (self.payload / "plan.json").write_text(json.dumps(turns))

    @property
    def asked(self) -> list[list[str]]:
        """Words of every call."""
        return [words for words, _ in self._calls]

    @property
    def environments(self) -> list[dict[str, str]]:
        """Variables of every call."""
        return [variables for _, variables in self._calls]

    @property
    def _calls(self) -> list[tuple[list[str], dict[str, str]]]:
        file = self.payload / "asked.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def fake(tmp_path: Path) -> FakeUv:
    """Return the stand-in, in a payload of its own."""
    if os.name == "nt":
        pytest.skip("the stand-in is a script of Unix")
    payload = tmp_path / "payload"
    payload.mkdir()
    (payload / "deepnoise_app-0.1.0-py3-none-any.whl").write_bytes(b"")
    (payload / "constraints.txt").write_text("torch==2.14.1\n")
    (payload / "id").write_text("this-one\n")
    return FakeUv(payload)


@pytest.fixture
def places(fake: FakeUv, tmp_path: Path) -> Places:
    """Return places in an empty home."""
    return Places.of(fake.payload, {"HOME": str(tmp_path / "home")})
