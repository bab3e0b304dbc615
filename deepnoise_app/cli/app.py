"""Gathers the commands, and sees to it that nobody ever meets a traceback."""

from __future__ import annotations

import os
import traceback
from typing import Annotated

import typer

from deepnoise_app.cli.console import FAILED, INTERRUPTED, REFUSED, complain
from deepnoise_app.cli.demo import demo
from deepnoise_app.cli.doctor import doctor
from deepnoise_app.cli.inspect import inspect
from deepnoise_app.cli.measure import measure
from deepnoise_app.cli.score import score
from deepnoise_app.cli.simulate import simulate
from deepnoise_app.cli.train import train
from deepnoise_app.cli.work import work
from deepnoise_app.errors import DeepNoiseError, Interrupted

DEBUG = "DEEPNOISE_DEBUG"

app = typer.Typer(
    help="Take technical noise out of microscopy screens: name the perturbation of every well.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (demo, simulate, inspect, measure, train, score, doctor):
    app.command()(command)
app.command(hidden=True)(work)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"deepnoise {version('deepnoise-app')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    del version


def run(arguments: list[str] | None = None) -> int:
    """Run a command line (that of the process by default); returns the exit code."""
    try:
        app(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:  # noqa: BLE001 (the last net: a sentence instead of a traceback)
        return _ended(error)
    return 0


def _ended(error: Exception) -> int:
    if isinstance(error, Interrupted):
        complain(str(error))
        return INTERRUPTED
    if isinstance(error, DeepNoiseError):
        complain(str(error))
        return REFUSED
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    complain(
        f"an unexpected fault: {type(error).__name__}: {error}."
        f" Set {DEBUG}=1 to see where, and please report it"
    )
    return FAILED
