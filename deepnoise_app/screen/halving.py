"""Lower resolutions, made in one way everywhere: a stored level equals one made on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def halve(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the means of 2 × 2 pixels, dtype kept; an odd last row or column is left out.

    Parameters
    ----------
    pixels
        (..., H, W); returned as it is where a side is shorter than 2.
    """
    height, width = pixels.shape[-2] // 2 * 2, pixels.shape[-1] // 2 * 2
    if not height or not width:
        return pixels
    even = pixels[..., :height, :width]
    whole = np.issubdtype(pixels.dtype, np.integer)
    wide = np.uint16 if pixels.dtype == np.uint8 else np.int64 if whole else pixels.dtype
    total = np.add(even[..., ::2, ::2], even[..., 1::2, ::2], dtype=wide)
    total += even[..., ::2, 1::2]
    total += even[..., 1::2, 1::2]
    halved: NDArray[Any] = ((total + 2) // 4 if whole else total / 4).astype(pixels.dtype)
    return halved
