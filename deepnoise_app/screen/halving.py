"""Lower resolutions, made in one way everywhere: a stored level equals one made on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Where the sum of four pixels fits; the narrower, the faster.
WIDE: dict[np.dtype[Any], type[np.integer[Any]]] = {
    np.dtype(np.uint8): np.uint16,
    np.dtype(np.int8): np.int16,
    np.dtype(np.uint16): np.uint32,
    np.dtype(np.int16): np.int32,
}


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
    wide = WIDE.get(pixels.dtype, pixels.dtype if pixels.dtype.kind == "f" else np.int64)
    rows = np.add(even[..., ::2, :], even[..., 1::2, :], dtype=wide)  # first what lies in one piece
    total = rows[..., ::2] + rows[..., 1::2]
    if total.dtype.kind == "f":
        total /= 4
    else:
        total += 2
        total >>= 2
    halved: NDArray[Any] = total.astype(pixels.dtype)
    return halved
