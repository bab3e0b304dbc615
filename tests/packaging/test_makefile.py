"""The few commands of the Makefile, and what they do on a machine that lacks packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISED = ["demo", "app", "test", "test-all", "lint", "installer"]


def _make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_every_promised_target() -> None:
    listed = [line.split()[1] for line in _make().stdout.splitlines()]
    assert {*listed} >= {"help", *PROMISED}


@pytest.mark.parametrize("target", PROMISED)
def test_target_works_from_an_outdated_environment(target: str) -> None:
    dry = _make("--dry-run", "--what-if=constraints.txt", target)
    assert dry.returncode == 0, dry.stderr
    assert "-c constraints.txt -e '.[app,harmony]' --group dev" in dry.stdout


@pytest.mark.parametrize("target", ["test", "test-all"])
def test_no_test_is_skipped_for_want_of_a_screen(target: str) -> None:
    (tests,) = [line for line in _make("--dry-run", target).stdout.splitlines() if "pytest" in line]
    assert "xvfb-run -a" in tests


def test_chosen_python_makes_the_environment() -> None:
    dry = _make("--dry-run", "--what-if=constraints.txt", "app", "PYTHON=/some/python3.12")
    assert '"/some/python3.12" -m venv' in dry.stdout


def test_caches_stay_beside_the_build_where_home_cannot_be_written() -> None:
    shown = _make("--eval=where:;@echo $$HOME", "where", HOME="/nonexistent")
    assert shown.stdout.strip() == str(ROOT / "build" / "home")


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_fresh_clone_makes_its_environment_with_an_empty_home(tmp_path: Path) -> None:
    cache = subprocess.check_output([sys.executable, "-m", "uv", "cache", "dir"], text=True)
    clone, home = tmp_path / "a clone", tmp_path / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "VIRTUAL"))}
    environment = {**kept, "HOME": str(home), "UV_CACHE_DIR": cache.strip()}
    try:
        subprocess.run(["make", ".venv/.ready"], cwd=clone, env=environment, check=True)
        ask = "import deepnoise_app, napari, PySide6, torch; print(deepnoise_app.__file__)"
        python = clone / ".venv" / "bin" / "python"
        found = subprocess.check_output([python, "-I", "-c", ask], env=environment, text=True)
        assert Path(found.strip()).is_relative_to(clone)
        assert (clone / ".venv" / "bin" / "deepnoise").is_file()
        again = subprocess.check_output(
            ["make", ".venv/.ready"], cwd=clone, env=environment, text=True
        )
        assert "up to date" in again
    finally:
        shutil.rmtree(clone)


class StubbedMachine:
    """A `PATH` of stand-ins for the programs that `.ci/system-packages` asks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        for name in ("bash", "grep", "cat", "env"):
            (folder / name).symlink_to(shutil.which(name) or name)
        self.stub("apt-get", f'echo "$@" >> "{self.calls}"')
        self.stub("sudo", "exit 1")

    def stub(self, name: str, script: str) -> None:
        program = self.folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / ".ci" / "system-packages"],
            env={"PATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def installs(self) -> list[str]:
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [call for call in calls if " install " in call]


@pytest.fixture
def machine(tmp_path: Path) -> StubbedMachine:
    if sys.platform != "linux":
        pytest.skip("Debian packages are for Linux")
    return StubbedMachine(tmp_path)


EVERYTHING = 'for last; do case "$last" in -*|*Status*) ;; *) echo "installed $last" ;; esac; done'


def test_root_installs_only_what_is_missing(machine: StubbedMachine) -> None:
    machine.stub("id", "echo 0")
    machine.stub("dpkg-query", f"({EVERYTHING}) | grep -v -e xvfb -e libegl1; exit 1")
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert [call.split("recommends ")[1] for call in machine.installs] == ["xvfb libegl1"]


def test_complete_machine_is_left_alone(machine: StubbedMachine) -> None:
    machine.stub("id", "echo 0")
    machine.stub("dpkg-query", EVERYTHING)
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.installs == []


def test_user_without_rights_reads_one_sentence_and_goes_on(machine: StubbedMachine) -> None:
    machine.stub("id", "echo 1000")
    machine.stub("dpkg-query", f"({EVERYTHING}) | grep -v xvfb; exit 1")
    done = machine.run()
    assert (done.returncode, machine.installs) == (0, [])
    assert done.stderr.strip().endswith("can install them: xvfb.")
    assert len(done.stderr.splitlines()) == 1


def test_failed_installation_is_said_and_does_not_stop(machine: StubbedMachine) -> None:
    machine.stub("id", "echo 0")
    machine.stub("dpkg-query", "exit 1")
    machine.stub("apt-get", "exit 100")
    done = machine.run()
    assert done.returncode == 0
    assert "could not be installed: python3 python3-venv" in done.stderr


def test_machine_that_is_no_debian_is_left_alone(machine: StubbedMachine) -> None:
    assert machine.run().returncode == 0
    assert machine.installs == []
