"""Starts the command `deepnoise`, also as `python -m deepnoise_app`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a command and exit with its code."""
    try:
        from deepnoise_app.cli import run

        code = run()
    except KeyboardInterrupt:  # before a command was there to catch it
        code = 130
    try:
        sys.stdout.flush()
    except OSError:  # the command has said so; Python would say it again, in its own way
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
