"""Lets the tests of the readers import `reader_layouts`, whichever way pytest imports them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
