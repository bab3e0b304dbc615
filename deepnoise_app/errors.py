"""The errors that are meant for the user.

The message of a `DeepNoiseError` is shown as written: what was wrong, with the value, and what
would be right. Each kind also is the builtin exception that it stands for.
"""

from __future__ import annotations

import errno


class DeepNoiseError(Exception):
    """Something that the user can understand and mend."""


class ScreenError(DeepNoiseError, ValueError):
    """A folder, plate, table or well name that cannot be used."""


class PixelError(DeepNoiseError, OSError):
    """An image that is missing or cannot be read."""


class UnreachableError(DeepNoiseError, ConnectionError):
    """A server that does not answer: no fault of one image, so that work with it ends."""


class RecipeError(DeepNoiseError, ValueError):
    """A recipe, or a combination of recipe and screen, that cannot be served."""


class ModelError(DeepNoiseError, ValueError):
    """A model package that does not load or does not fit."""


class RunError(DeepNoiseError, RuntimeError):
    """A run folder that cannot be used, or a run that failed under way."""


class FilterError(DeepNoiseError, ValueError):
    """A filter of a table that cannot be understood."""


class DiskFullError(RunError):
    """Work that could not go on because the disk is full; what was whole before is kept."""


class Interrupted(DeepNoiseError):  # noqa: N818 (a request that was honoured, not a fault)
    """The run was asked to stop; what it reached is kept."""


def is_disk_full(error: OSError) -> bool:
    """Whether a file could not be written for want of room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
