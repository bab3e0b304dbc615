"""The grey levels between which contrast can be set, suited to the pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

# Cameras give 8 to 16 bits, whatever the type of the file.
_BITS = (8, 10, 12, 14, 16)


def grey_range(dtype: DTypeLike, white: float, black: float = 0.0) -> tuple[float, float]:
    """Return the ends of a contrast slider on which these black and white points lie.

    Integers end at the highest level of the narrowest camera (8 to 16 bits) that has `white`;
    other numbers as far above `white` as that is above 0, or above `black` below it, so that there
    is room to darken.
    """
    low = min(0.0, black)
    kind = np.dtype(dtype)
    if kind.kind not in "iub":
        return low, white + (white - low)
    if kind.itemsize == 1:
        return low, max(255.0, white)
    tops = (float(2**bits - 1) for bits in _BITS)
    return low, next((top for top in tops if white <= top), white)
