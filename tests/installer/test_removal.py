"""Repair and removal take away what the first start has made, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepnoise_app.runs.places import cache_folder, data_folder, settings_folder
from deepnoise_setup.claim import claimed
from deepnoise_setup.commands import main
from deepnoise_setup.faults import Fault
from deepnoise_setup.installation import Installation
from deepnoise_setup.places import Places
from deepnoise_setup.removal import UserFolders, remove


@pytest.fixture
def installed(places: Places) -> Places:
    """Return places with an environment."""
    Installation(places, lambda _: None, sleep=lambda _: None).run()
    return places


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home that `places` are in, also for the process."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DEEPNOISE_HOME", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_removal_leaves_nothing_behind(installed: Places, home: Path) -> None:
    remove(installed)
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert not installed.folder.exists()


def test_removal_keeps_what_is_the_users_unless_asked(installed: Places, home: Path) -> None:
    user = UserFolders.of({"HOME": str(home)})
    for folder in (user.data, user.settings, user.cache):
        folder.mkdir(parents=True)
        (folder / "file").touch()
    remove(installed)
    assert (user.data / "file").is_file()
    remove(installed, user)
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_folders_of_the_user_are_those_of_the_app(home: Path) -> None:
    user = UserFolders.of({"HOME": str(home)})
    assert user == UserFolders(data_folder(), settings_folder(), cache_folder())


def test_folders_named_by_a_variable_are_those_of_the_app(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEEPNOISE_HOME", str(tmp_path))
    user = UserFolders.of({"DEEPNOISE_HOME": str(tmp_path)})
    assert user == UserFolders(data_folder(), settings_folder(), cache_folder())


def test_link_is_removed_and_not_what_it_leads_to(installed: Places, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "plate").touch()
    (installed.folder / "python").symlink_to(precious)
    remove(installed)
    assert (precious / "plate").is_file()


def test_chosen_folder_with_strange_things_is_left_alone(fake, tmp_path: Path) -> None:
    folder = tmp_path / "my data"
    folder.mkdir()
    (folder / "thesis.txt").touch()
    with pytest.raises(Fault, match=r"thesis\.txt"):
        remove(Places(fake.payload, folder, tmp_path / "pointer"))
    assert (folder / "thesis.txt").is_file()


def test_nothing_is_removed_while_a_setup_works_on_it(installed: Places) -> None:
    with claimed(installed.folder), pytest.raises(Fault, match="already"):
        remove(installed)
    assert installed.is_ready


def test_commands_set_up_start_repair_and_remove(fake, home: Path, capfd) -> None:
    assert main(["start", "score"], fake.payload) == 2
    assert "not set up yet" in capfd.readouterr().err
    assert main(["--yes"], fake.payload) == 0
    assert main(["where"], fake.payload) == 0
    assert Path(capfd.readouterr().out.strip()).parent == home / ".local" / "share"
    assert main(["repair"], fake.payload) == 2
    assert main(["repair", "--yes"], fake.payload) == 0
    assert len([words for words in fake.asked if words[0] == "venv"]) == 2
    assert main(["remove", "--yes"], fake.payload) == 0
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_fault_is_one_sentence_on_stderr(fake, home: Path, capfd) -> None:
    cut = {"lines": ["  cause: dns error"], "code": 2}
    fake.plan({"pip compile": [cut, cut]})
    assert main(["--yes"], fake.payload) == 1
    said = capfd.readouterr().err.splitlines()
    assert said[-1].startswith("deepnoise: The internet cannot be reached.")
    assert not any("Traceback" in line for line in said)
