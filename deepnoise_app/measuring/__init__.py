"""Measures plates in run folders: a sibling of `learning` that needs no torch."""

from deepnoise_app.measuring.run import measure, measures_path, plan_measuring, sites_path
from deepnoise_app.measuring.tables import summary_tables, write_tables

__all__ = [
    "measure",
    "measures_path",
    "plan_measuring",
    "sites_path",
    "summary_tables",
    "write_tables",
]
