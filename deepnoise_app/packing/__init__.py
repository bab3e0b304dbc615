"""Packs screens as OME-Zarr for speed: a sibling of `measuring` that needs no torch."""

from deepnoise_app.packing.pack import pack_screen
from deepnoise_app.packing.plan import PackPlan, plan_packing

__all__ = ["PackPlan", "pack_screen", "plan_packing"]
