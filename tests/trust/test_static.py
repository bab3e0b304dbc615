"""What the code of the package never does, read from its syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import deepnoise_app

PACKAGE = Path(deepnoise_app.__file__).parent
# Modules that run what they read.
NEVER_IMPORTED = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "yaml",
                  "code", "runpy"}  # fmt: skip
# Modules by which a program reaches the network; `socket` tells the name of this computer.
NETWORK = {"urllib.request", "urllib3", "http", "requests", "httpx", "aiohttp", "ftplib", "fsspec",
           "huggingface_hub", "smtplib", "websockets"}  # fmt: skip
NEVER_CALLED = {"eval", "exec", "compile", "__import__"}
NEVER_USED = {"os.system", "os.popen", "torch.load", "torch.jit", "torch.hub",
              "pd.read_pickle", "subprocess.getoutput"}  # fmt: skip


def sins(source: str) -> list[str]:
    """What a text of Python does that ours never does."""
    return list(_sins(ast.parse(source)))


def _sins(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None)
            names = [alias.name for alias in node.names] if module is None else [
                module, *(f"{module}.{alias.name}" for alias in node.names)]  # fmt: skip
            for name in names:
                forbidden = NEVER_IMPORTED | NETWORK
                if name in forbidden or name.split(".")[0] in forbidden:
                    yield f"imports {name}"
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            words = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called in NEVER_CALLED:
                yield f"calls {called}"
            if called in ("np.load", "numpy.load") and words.get("allow_pickle") != "False":
                yield "loads arrays without refusing pickle"
            if words.get("shell", "False") != "False":
                yield "starts a shell"
            if words.get("allow_pickle", "False") != "False":
                yield "allows pickle"
        elif isinstance(node, ast.Attribute):
            used = ast.unparse(node)
            if used in NEVER_USED or node.attr in ("read_pickle", "to_pickle"):
                yield f"uses {used}"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from pickle import loads", "import joblib", "import yaml",
        "torch.load(path)", "np.load(path)", "np.load(a, allow_pickle=True)", "f(allow_pickle=1)",
        "eval(text)", "exec(text)", "subprocess.run(line, shell=True)", "os.system(line)",
        "pd.read_pickle(path)", "table.to_pickle(path)", "import urllib.request",
        "from urllib import request", "import requests", "from http.client import HTTPConnection",
    ],
)  # fmt: skip
def test_every_sin_would_be_found(source: str) -> None:
    assert sins(source)


def test_the_package_runs_nothing_that_it_reads_and_never_calls_home() -> None:
    found = {
        str(path.relative_to(PACKAGE)): wrong
        for path in PACKAGE.rglob("*.py")
        if (wrong := sins(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_tables_are_written_in_one_place_where_formulas_are_made_harmless() -> None:
    writers = [path.name for path in PACKAGE.rglob("*.py") if ".to_csv(" in path.read_text("utf-8")]
    assert writers == ["formulas.py"]


def test_tables_of_strangers_are_read_in_one_place() -> None:
    words = ("pd.read_csv(", "pd.read_parquet(", "pd.read_excel(", "pd.read_table(", "np.load(")
    readers = {
        path.name
        for path in PACKAGE.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in words)
    }
    own = {"explain.py", "thumbnails.py"}  # what the same run, and the same user, has written
    assert readers == {"tabular.py", *own}


def test_json_of_strangers_is_read_in_one_place() -> None:
    """Commands print what their own run has just written; the others read what they keep."""
    own = {"untrusted.py", "demo.py", "score.py", "thumbnails.py"}
    readers = {
        path.name for path in PACKAGE.rglob("*.py") if "json.loads(" in path.read_text("utf-8")
    }
    assert readers == own


def test_only_four_files_start_processes_of_their_own_program() -> None:
    starters = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "import subprocess" in path.read_text("utf-8")
    }
    assert starters == {
        "cli/demo.py",
        "cli/window_ailments.py",
        "learning/companions.py",
        "runs/process.py",
    }
