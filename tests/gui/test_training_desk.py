"""The verbs for trainings: recipe, hold-out, plan, start, and wells that come right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.job import Jobs
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.runs.events import Failed, Finished, Saved, Started
from deepnoise_app.runs.files import write_whole
from deepnoise_app.runs.folder import RunFolder
from deepnoise_app.runs.recipe import Recipe
from deepnoise_app.screen import Content, Plate, PlateMap, PlateShape, Role, Screen, WellId
from deepnoise_app.session import Paint, Session, Tone

WELL = WellId(0, 0)


class NoPixels:
    """Planes that are never read."""

    present = np.ones((1, 1, 1), dtype=bool)


def make_screen(experiments: int, labelled: bool = True) -> Screen:
    plate_map = PlateMap({WELL: Content("sirna_1" if labelled else "", Role.TREATMENT)})
    shape, wells = PlateShape(2, 3), (WELL,)
    plates = tuple(
        Plate(f"E{n + 1}", name, shape, (), (1,), wells, NoPixels(), plate_map)
        for n in range(experiments)
        for name in ("P1", "P2")
    )
    return Screen("/screens/mine", "pattern", (), plates)


class Workers:
    """Takes the place of processes: notes which folders were to be worked on."""

    def __init__(self) -> None:
        self.started: list[Path] = []

    def __call__(self, path: Path) -> int:
        self.started.append(path)
        return 0


@pytest.fixture
def session() -> Session:
    return Session(screens=(make_screen(5),))


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def jobs(qtbot, tmp_path: Path, workers: Workers):
    made = Jobs(tmp_path / "runs", start=workers)
    yield made
    made.close()


@pytest.fixture
def desk(session: Session, jobs: Jobs):
    background = Background()
    yield TrainingDesk(session, background, jobs, RunDesk(session, background, jobs))
    background.close()


def tell(run: Path, *events) -> None:
    for event in events:
        RunFolder(run).tell(event)


def test_shipped_recipes_say_what_they_are_for(desk: TrainingDesk) -> None:
    recipes = desk.recipes()
    assert "laptop" in recipes
    assert recipes["laptop"].startswith("Minutes on two cores")
    assert "#" not in recipes["laptop"]
    assert "\n\nWhat departs from the released code" in recipes["as-published"]
    assert "\n- Student and teacher are both validated" in recipes["as-published"]


def test_one_experiment_in_five_is_held_out_at_first(desk: TrainingDesk) -> None:
    division = desk.division()
    assert division.plates == {f"E{n}": 2 for n in range(1, 6)}
    assert len(division.held_out) == 1


def test_other_experiments_can_be_held_out(desk: TrainingDesk, session: Session) -> None:
    desk.hold_out(["E1", "E3"])
    assert session.recipe.training.hold_out == ["E1", "E3"]
    assert desk.division().held_out == ("E1", "E3")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ([], "at least one experiment must be held out"),
        (["E1", "E2", "E3", "E4", "E5"], "none is left to learn from"),
        (["E1/P1"], "only whole experiments"),
        (["E9"], "no labelled experiment 'E9'"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_the_reason(
    desk: TrainingDesk, session: Session, wish: list[str], said: str
) -> None:
    before = session.recipe
    desk.hold_out(wish)
    assert session.notice.tone is Tone.PROBLEM
    assert said in session.notice.text
    assert session.recipe is before


def test_a_recipe_that_divides_a_plate_is_refused(
    desk: TrainingDesk, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('# For me.\n[training]\nhold_out = ["E2/P1"]\n')
    desk.choose(str(file))
    assert "only whole experiments" in desk.division().refusal
    assert desk.division().held_out == ()


def test_screens_without_labels_cannot_be_divided(desk: TrainingDesk, session: Session) -> None:
    session.screens = (make_screen(3, labelled=False),)
    assert desk.division().plates == {}
    assert "at least 2" in desk.division().refusal
    session.screens = ()
    assert desk.division().refusal == ""


def test_another_recipe_keeps_what_is_held_out(desk: TrainingDesk, session: Session) -> None:
    desk.hold_out(["E2"])
    desk.choose("quick-look")
    assert session.recipe_name == "quick-look"
    assert session.recipe.network.input_size == Recipe.load("quick-look").network.input_size
    assert session.recipe.training.hold_out == ["E2"]


def test_a_file_that_is_no_recipe_is_a_sentence(
    desk: TrainingDesk, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[training]\nepoch = 3\n")
    before = session.recipe
    desk.choose(str(file))
    assert "there is no knob" in session.notice.text
    assert session.recipe is before


def test_training_begins_on_the_open_screens(
    desk: TrainingDesk, session: Session, workers: Workers
) -> None:
    desk.hold_out(["E4"])
    desk.train()
    recipe = RunFolder(workers.started[0]).recipe
    assert recipe.task == "train"
    assert recipe.screen == ["/screens/mine"]
    assert recipe.training.hold_out == ["E4"]
    tell(workers.started[0], Started())


def test_without_a_screen_nothing_begins(
    desk: TrainingDesk, session: Session, workers: Workers
) -> None:
    session.screens = ()
    desk.train()
    assert workers.started == []


def test_a_plan_is_that_of_a_training_and_becomes_a_fact(
    desk: TrainingDesk, session: Session, workers: Workers, qtbot
) -> None:
    desk.check()
    run = workers.started[0]
    assert RunFolder(run).recipe.task == "plan"
    assert RunFolder(run).recipe.scoring.model is None
    write_whole(RunFolder(run).plan_path, '{"wells": 12}')
    tell(run, Started(), Finished())
    qtbot.waitUntil(lambda: session.training_plan == {"wells": 12})
    assert session.runs == ()


def test_a_refused_plan_says_why(desk, session, workers, qtbot) -> None:
    desk.check()
    tell(workers.started[0], Started(), Failed(message="fewer than 2 perturbations"))
    qtbot.waitUntil(lambda: session.training_plan == {"refusal": "fewer than 2 perturbations"})


def test_a_plan_of_an_earlier_recipe_is_forgotten(desk, session, workers, jobs, qtbot) -> None:
    desk.check()
    run = workers.started[0]
    desk.hold_out(["E2"])
    assert RunFolder(run).stop_requested
    write_whole(RunFolder(run).plan_path, '{"wells": 12}')
    tell(run, Started(), Finished())
    qtbot.waitUntil(lambda: all(view.status.is_over for view in jobs.views))
    assert session.training_plan == {}


def test_held_out_wells_come_right_epoch_by_epoch_when_wished(
    desk, session, workers, predicted, qtbot
) -> None:
    desk.train()
    run = RunFolder(workers.started[0])
    tables = [predicted(1, wells=4, right=share) for share in (0.0, 1.0)]
    paths = [run.validation / f"epoch-{n:03d}.parquet" for n in (1, 2)]
    run.validation.mkdir()
    for path, table in zip(paths, tables, strict=True):
        table.table.to_parquet(path, index=False)
    tell(run.path, Started(), Saved(what="validation", path=str(paths[0])))
    qtbot.waitUntil(lambda: bool(session.runs and session.runs[0].status.saved))
    assert session.predictions is None
    desk.show_held_out(True)
    qtbot.waitUntil(lambda: session.predictions is not None)
    assert session.painting.paint is Paint.PREDICTION
    tell(run.path, Saved(what="validation", path=str(paths[1])))
    expected = tables[1].table["Prediction_Free"].tolist()
    qtbot.waitUntil(lambda: session.predictions.table["Prediction_Free"].tolist() == expected)


def test_newer_predictions_of_a_plate_take_the_place_of_older_ones(predicted) -> None:
    old, new = predicted(3, wells=4), predicted(1, wells=4, right=1.0)
    both = old.renewed(new)
    assert len(both) == 12
    assert both.of(("E01", "Plate1"))["Prediction_Free"].tolist() == (
        new.table["Prediction_Free"].tolist()
    )
    assert len(both.of(("E02", "Plate1"))) == 4


def test_the_recipe_of_a_run_can_be_repeated_with_changes(desk, session) -> None:
    recipe = Recipe.load("quick-look")
    desk.repeat(recipe, "2026-run")
    assert session.recipe == recipe
    assert session.recipe_name == "2026-run"


def test_a_training_starts_from_a_model_or_from_nothing(desk, session) -> None:
    desk.start_from("demo")
    assert session.recipe.start_from == "demo"
    desk.start_from(None)
    assert session.recipe.start_from is None
