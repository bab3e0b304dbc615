"""Climbs a ladder: trains and scores every step on one screen, and tells what each brings."""

from deepnoise_app.ladder.climb import Climb, plan_climb
from deepnoise_app.ladder.results import Rung, gather, write_results

__all__ = ["Climb", "Rung", "gather", "plan_climb", "write_results"]
