"""The first start with a stand-in for uv: to its end, cut off, stopped, refused, gone on with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deepnoise_setup import installation
from deepnoise_setup.claim import claimed
from deepnoise_setup.faults import Fault, Kind, Stopped
from deepnoise_setup.installation import GENERAL, Installation
from deepnoise_setup.places import Places
from deepnoise_setup.progress import Phase, Progress


class Told(list[Progress]):
    """What a first start said."""

    @property
    def phases(self) -> list[Phase]:
        """Phases in their order, each once in a row."""
        found = [progress.phase for progress in self]
        return [p for n, p in enumerate(found) if n == 0 or p is not found[n - 1]]


def _install(places: Places, should_stop=lambda: False) -> Told:
    told = Told()
    made = Installation(places, told.append, should_stop, sleep=lambda _: None)
    try:
        made.run()
    finally:
        _install.told = told  # type: ignore[attr-defined]
    return told


def test_first_start_ends_with_an_environment_that_knows_its_package(fake, places) -> None:
    assert not places.is_ready
    told = _install(places)
    assert told.phases == [
        Phase.LOOKING,
        Phase.DOWNLOADING,
        Phase.PLACING,
        Phase.CHECKING,
        Phase.READY,
    ]
    assert places.is_ready
    assert [" ".join(words[:2]) for words in fake.asked] == [
        "pip compile",
        "venv --quiet",
        "pip sync",
    ]
    assert "import deepnoise_app" in places.log.read_text()


def test_build_of_torch_is_the_one_for_the_graphics_card(fake, places) -> None:
    _install(places)
    compile_ = fake.asked[0]
    assert compile_[compile_.index("--torch-backend") + 1] == "auto"
    assert compile_[compile_.index("--constraints") + 1] == str(places.pins)
    assert "deepnoise-app[app] @ file://" in places.requirements.read_text()


def test_general_build_is_taken_where_the_others_cannot_be_reached(fake, places) -> None:
    fake.plan(
        {"pip compile": [{"lines": fake.cut, "code": 2}], "pip sync": [{"lines": fake.downloads}]}
    )
    told = _install(places)
    assert places.is_ready
    assert "--torch-backend" not in fake.asked[1]
    assert GENERAL in {progress.note for progress in told}


def test_nothing_of_other_pythons_reaches_uv_but_the_proxy_does(fake, places, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("HTTPS_PROXY", "proxy:3128")
    _install(places)
    for variables in fake.environments:
        assert {"PYTHONPATH", "VIRTUAL_ENV"}.isdisjoint(variables)
        assert variables["HTTPS_PROXY"] == "proxy:3128"
        assert variables["UV_CACHE_DIR"] == str(places.cache)


def test_cut_connection_is_waited_for_and_what_was_downloaded_is_kept(fake, places) -> None:
    cut = {"lines": [*fake.downloads[:3], *fake.cut], "code": 2}
    fake.plan({"pip sync": [cut, cut, {"lines": fake.downloads}]})
    told = _install(places)
    assert places.is_ready
    waits = [progress for progress in told if progress.phase is Phase.WAITING]
    assert waits[0].done == 40_000_000
    assert "40 MB are kept" in waits[0].details
    assert told.phases.count(Phase.WAITING) == 2
    after = told[told.index(waits[-1]) + 1 :]
    assert after[0].done == 40_000_000


def test_internet_that_stays_away_is_said_in_a_sentence(fake, places) -> None:
    fake.plan({"pip sync": [{"lines": fake.cut, "code": 2}] * 9})
    with pytest.raises(Fault) as caught:
        _install(places)
    assert caught.value.kind is Kind.OFFLINE
    assert not places.is_ready
    assert places.is_begun


def test_no_internet_at_all_is_said_without_waiting(fake, places) -> None:
    fake.plan({"pip compile": [{"lines": fake.cut, "code": 2}] * 9})
    with pytest.raises(Fault, match="The internet cannot be reached"):
        _install(places)
    assert Phase.WAITING not in _install.told.phases  # type: ignore[attr-defined]


def test_stop_ends_uv_at_once_and_the_next_start_goes_on(fake, places) -> None:
    fake.plan({"pip sync": [{"lines": fake.downloads[:3], "sleep": 60}]})
    with pytest.raises(Stopped):
        _install(places, places.kept.is_file)
    assert not places.is_ready
    fake.plan({"pip sync": [{"lines": [fake.downloads[0], *fake.downloads[3:]]}]})
    told = _install(places)
    assert places.is_ready
    first = next(progress for progress in told if progress.phase is Phase.DOWNLOADING)
    assert first.done == 40_000_000


def test_too_little_room_is_said_before_anything_is_downloaded(fake, places, monkeypatch) -> None:
    monkeypatch.setattr(Places, "free", lambda self: 900_000_000)
    with pytest.raises(Fault, match=r"1\.8 GB are needed .* 900 MB are free") as caught:
        _install(places)
    assert caught.value.kind is Kind.FULL
    assert "pip sync" not in [" ".join(words[:2]) for words in fake.asked]


def test_disk_that_fills_under_way_is_said_in_a_sentence(fake, places) -> None:
    full = ["error: Failed to write", "  cause: No space left on device (os error 28)"]
    fake.plan({"pip sync": [{"lines": full, "code": 2}]})
    with pytest.raises(Fault, match="not enough room"):
        _install(places)


def test_home_that_cannot_be_written_is_said_in_a_sentence(fake, tmp_path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    places = Places.of(fake.payload, {"HOME": str(tmp_path / "home")})
    with pytest.raises(Fault, match="cannot be written") as caught:
        _install(places)
    assert caught.value.kind is Kind.READ_ONLY


def test_second_setup_at_the_same_time_is_refused(fake, places) -> None:
    with claimed(places.folder), pytest.raises(Fault, match="already"):
        _install(places)
    _install(places)
    assert places.is_ready


def test_parts_that_do_not_work_together_are_no_ready_environment(fake, places) -> None:
    _install(places)
    places.python.write_text("#!/bin/sh\necho 'ImportError: libGL.so.1' >&2; exit 1\n")
    with pytest.raises(Fault, match="libGL"):
        _install(places)
    assert not places.is_ready


def test_updated_package_brings_the_environment_up_to_date(fake, places) -> None:
    _install(places)
    (fake.payload / "id").write_text("the next one\n")
    assert places.is_outdated
    assert not places.is_ready
    _install(places)
    assert places.is_ready
    assert [words[0] for words in fake.asked].count("venv") == 1


def test_unforeseen_error_becomes_a_sentence_too(places, monkeypatch) -> None:
    def fail(self: object) -> None:
        raise ValueError("something odd")

    monkeypatch.setattr(Installation, "run", fail)
    with pytest.raises(Fault, match="ValueError: something odd"):
        installation.make(places, lambda _: None, lambda: False)


def test_folder_of_the_environment_is_for_its_user_alone(fake, places) -> None:
    _install(places)
    assert places.folder.stat().st_mode & 0o077 == 0


def test_another_folder_can_be_named(fake, tmp_path: Path) -> None:
    named = {"HOME": str(tmp_path), "DEEPNOISE_ENVIRONMENT": "/data/deepnoise"}
    assert Places.of(fake.payload, named).folder == Path("/data/deepnoise")
    pointer = tmp_path / ".config" / "deepnoise" / "environment-folder"
    pointer.parent.mkdir(parents=True)
    pointer.write_text(f"/scratch{os.sep}deepnoise-environment\n")
    chosen = Places.of(fake.payload, {"HOME": str(tmp_path)})
    assert chosen.folder == Path("/scratch/deepnoise-environment")
