"""What all tests share: no time limits inside hypothesis, and drawings without a screen."""

from __future__ import annotations

import os

from hypothesis import settings

# Two cores shared by several workers: a slow example is no failure (`timeout` guards each test).
settings.register_profile("shared-cores", deadline=None)
settings.load_profile("shared-cores")

os.environ.setdefault("MPLBACKEND", "Agg")
