"""The citation file names the paper, in the form that reference managers read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_it_has_what_version_1_2_of_the_format_asks_for() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= CITATION.keys()
    assert CITATION["type"] == "software"
    for author in CITATION["authors"]:
        assert author.keys() <= {"name", "given-names", "family-names", "orcid", "affiliation"}


def test_it_speaks_of_this_version_and_licence() -> None:
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]


def test_it_names_the_paper() -> None:
    paper = CITATION["preferred-citation"]
    assert paper["type"] == "article"
    assert re.fullmatch(r"10\.\d{4,9}/\S+", paper["doi"])
    assert paper["year"] == 2023
    assert [author["family-names"] for author in paper["authors"]] == [
        "Yang", "Shen", "Fang", "Wang", "Zhang", "Yang", "Huang", "Han",
    ]  # fmt: skip
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert paper["doi"] in readme
    assert {one["value"] for one in paper["identifiers"]} == {"arXiv:2209.05772"}
