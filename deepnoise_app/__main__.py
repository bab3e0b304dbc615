"""Starts the command `deepnoise`, also as `python -m deepnoise_app`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run a command and exit with its code."""
    from deepnoise_app.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
