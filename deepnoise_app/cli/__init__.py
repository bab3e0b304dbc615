"""The commands. Each imports what it needs inside itself, so that `--help` is instant."""

from deepnoise_app.cli.app import app, run

__all__ = ["app", "run"]
