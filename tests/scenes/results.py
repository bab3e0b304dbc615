"""What is drawn of a scoring, and why a well is named so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from photographer import ROOT, Photographer

from deepnoise_app.runs.ladder_table import ALL_SEEDS, LADDER


def results(one: Photographer) -> None:
    """Every tab of the results, in both themes, and why a well is named so."""
    tabs, session = one.parts.results_tabs, one.session
    one.wait(lambda: session.insight is not None and session.embeddings is not None)
    one.show(one.parts.view)
    one.parts.results_desk.open_ladder(documented_ladder(one.home / "ladder"))
    one.wait(lambda: session.ladder is not None)
    for name in ("accuracy", "confusion", "calibration", "map", "ladder"):
        tabs.setCurrentWidget(getattr(tabs, name))
        one.take_pair(f"panels/results-{name}", one.window.results_dock)
    tabs.setCurrentWidget(tabs.table)
    one.parts.results.filter.setText("free = sirna_999")
    one.let_be(0.6)
    one.take_pair("panels/results-filtered-out", one.window.results_dock)
    one.parts.results.filter.clear()
    one.parts.why.ask()
    one.wait(lambda: session.why is not None)
    one.take_both("why")
    one.parts.why.forget()


def documented_ladder(folder: Path) -> Path:
    """Write the ladder of the standard screen with the figures that `docs/ladder.md` tells."""
    lines = (ROOT / "docs" / "ladder.md").read_text("utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("| Step | free |"))
    rows = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        step, *figures, _ = (cell.strip() for cell in line.strip("|").split("|"))
        for metric, told in zip(("free", "one_per_well", "plate_prior"), figures, strict=True):
            value, low, _, high = told.replace("(", "").replace(")", "").split()
            same = ("at hand", step.startswith("Baseline"))
            rows.append((step, ALL_SEEDS, metric, float(value), float(low), float(high), *same))
    nan = float("nan")  # three seeds, of which the page does not tell one by one
    rows += [(*rows[0][:1], seed, "free", nan, nan, nan, *rows[0][6:]) for seed in range(3)]
    folder.mkdir()
    columns = ["step", "seed", "metric", "value", "low", "high", "group", "beside"]
    pd.DataFrame(rows, columns=columns).to_parquet(folder / LADDER)
    return folder
