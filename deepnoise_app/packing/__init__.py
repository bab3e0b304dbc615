"""Packs screens as OME-Zarr for speed: a sibling of `measuring` that needs no torch."""

from deepnoise_app.packing.pack import pack_screen
from deepnoise_app.packing.plan import PackPlan, plan_packing
from deepnoise_app.packing.run import pack_in

__all__ = ["PackPlan", "pack_in", "pack_screen", "plan_packing"]
