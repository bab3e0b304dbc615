"""Gathers the commands, and sees to it that nobody ever meets a traceback."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated

import typer

from deepnoise_app.cli.check_map import check_map
from deepnoise_app.cli.console import FAILED, INTERRUPTED, REFUSED, complain
from deepnoise_app.cli.demo import demo
from deepnoise_app.cli.doctor import doctor
from deepnoise_app.cli.inspect import inspect
from deepnoise_app.cli.ladder import ladder
from deepnoise_app.cli.measure import measure
from deepnoise_app.cli.pack import pack
from deepnoise_app.cli.report import report
from deepnoise_app.cli.score import score
from deepnoise_app.cli.simulate import simulate
from deepnoise_app.cli.train import train
from deepnoise_app.cli.window import open_window
from deepnoise_app.cli.work import work
from deepnoise_app.errors import DeepNoiseError, DiskFullError, Interrupted, is_disk_full

DEBUG = "DEEPNOISE_DEBUG"

app = typer.Typer(
    help="Take technical noise out of microscopy screens: name the perturbation of every well.\n\n"
    "Without a command the window opens.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("open")(open_window)
for command in (
    demo, simulate, inspect, pack, measure, train, score, check_map, ladder, report, doctor
):  # fmt: skip
    app.command()(command)
app.command(hidden=True)(work)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"deepnoise {version('deepnoise-app')}")
        raise typer.Exit


@app.callback()
def _main(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    del version
    if context.invoked_subcommand is None:
        from deepnoise_app.gui.start import start

        raise typer.Exit(start())


def run(arguments: list[str] | None = None) -> int:
    """Run a command line (that of the process by default); returns the exit code."""
    try:
        code = app(arguments, standalone_mode=False)
        sys.stdout.flush()  # what cannot be written any more shall fail here
    except SystemExit as end:  # the reader of a pipe has gone
        code = end.code
    except typer.TyperException as misuse:
        complain(_usage(misuse))
        return REFUSED
    except Exception as error:  # noqa: BLE001 (the last net: a sentence instead of a traceback)
        return _ended(error)
    if code == INTERRUPTED:  # by a Ctrl-C that no command has caught
        complain("interrupted")
    return code if isinstance(code, int) else 0


def _usage(misuse: typer.TyperException) -> str:
    """Say what is wrong with the words of a command line, and where the right ones stand."""
    context = getattr(misuse, "ctx", None)
    program = context.command_path if context is not None else "deepnoise"
    wrong = misuse.format_message().replace("Value error, ", "").strip().rstrip(".")
    return f"{wrong[:1].lower()}{wrong[1:]}; {program} --help shows what is known"


def _ended(error: Exception) -> int:
    if isinstance(error, Interrupted):
        complain(str(error))
        return INTERRUPTED
    if isinstance(error, DeepNoiseError):
        complain(str(error))
        return FAILED if isinstance(error, DiskFullError) else REFUSED
    if isinstance(error, OSError) and is_disk_full(error):
        complain(f"the disk is full: {error.filename or 'a file'} could not be written")
        return FAILED
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    complain(
        f"an unexpected fault: {type(error).__name__}: {error}."
        f" Set {DEBUG}=1 to see where, and please report it"
    )
    return FAILED
