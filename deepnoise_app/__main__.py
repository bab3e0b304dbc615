"""Starts the command `deepnoise`, also as `python -m deepnoise_app`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run a command and exit with its code."""
    try:
        from deepnoise_app.cli import run

        code = run()
    except KeyboardInterrupt:  # before a command was there to catch it
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
