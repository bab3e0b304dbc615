"""Results beside what needs no model, with real workers, in both hosts."""

from __future__ import annotations

import pytest


@pytest.mark.slow  # two scorings and a measuring, each in a process of its own
def test_baselines_and_another_correction_stand_beside_a_scoring(hosted, plates, wait) -> None:
    parts, session, tabs = hosted.parts, hosted.parts.session, hosted.parts.results_tabs
    parts.open([plates])
    wait(lambda: session.plate is not None and session.card is not None)
    parts.desk.score()
    wait(lambda: any(view.status.phase == "Scoring" for view in session.runs))
    wait(lambda: bool(session.scorings))
    wait(lambda: session.baselines is not None)
    assert not session.baselines.measured
    parts.quality_desk.measure(whole=False)
    wait(lambda: len(session.measures) == 4)
    wait(lambda: session.baselines.measured)
    wait(lambda: len(session.measures) == 4 and session.embeddings is not None)
    wait(lambda: session.embeddings.views[0].title == "Simple measures")

    first = session.scorings
    session.scoring = session.scoring.model_copy(update={"adapt": True})
    parts.desk.score()
    wait(lambda: session.runs[-1].status.phase == "Scoring")
    wait(lambda: len(session.scorings) == len(first) + 1)
    wait(lambda: len(session.embeddings.views) == 4)
    assert [view.title for view in session.embeddings.views] == [
        "Simple measures", "As scored, uncorrected", "As scored, AdaBN", "Plates centred",
    ]  # fmt: skip
    assert set(session.predictions.table["Correction"]) == {"adabn"}
    names = [tabs.map.after.itemText(at) for at in range(tabs.map.after.count())]
    assert names == [view.title for view in session.embeddings.views]
