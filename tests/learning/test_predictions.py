import numpy as np
import pytest

from deepnoise_app.learning.outcome import judge
from deepnoise_app.learning.predictions import Naming, name_experiment
from deepnoise_app.learning.score import PlateScores
from deepnoise_app.screen import Content, Library, PlateMap, Role, WellId

CLASSES = ("a", "b", "c", "d", "ctrl")
LIBRARY = Library({"p0": {"a": 1, "b": 1}, "p1": {"c": 1, "d": 1}})
WELLS = tuple(WellId(0, column) for column in range(3))


def plate(logits: list[list[float]], name: str = "Plate1") -> PlateScores:
    values = np.array(logits, dtype=np.float32)
    wells = WELLS[: len(values)]
    return PlateScores(
        "X-1", name, wells, values, values, np.ones(len(values), int), ((),) * len(values)
    )


def contents(*pairs: tuple[str, Role]) -> PlateMap:
    return PlateMap({w: Content(*pair) for w, pair in zip(WELLS, pairs, strict=False)})


TREATED = Role.TREATMENT
FIRST = plate([[5, 4, 0, 0, 9], [5, 1, 0, 6, 9], [9, 0, 0, 0, 9]])
FIRST_MAP = contents(("a", TREATED), ("b", TREATED), ("ctrl", Role.POSITIVE))
SECOND = plate([[0, 0, 5, 4, 0], [0, 6, 5, 4.5, 0]], "Plate2")
SECOND_MAP = contents(("c", TREATED), ("d", TREATED))


def named(naming: Naming, maps=None, expected=None):
    maps = maps or [FIRST_MAP, SECOND_MAP]
    tables, order = name_experiment([FIRST, SECOND], maps, expected or maps, naming)
    return [t.table for t in tables], order


def test_free_is_the_best_of_all_treatments_and_never_a_control_class() -> None:
    tables, _ = named(Naming(CLASSES, ("ctrl",), LIBRARY))
    assert tables[0]["Prediction_Free"].tolist() == ["a", "d", "a"]
    assert tables[0]["Top2"].tolist() == ["b", "a", "b"]
    assert tables[0]["Top5"].tolist() == ["", "", ""]


def test_one_per_well_uses_each_perturbation_as_often_as_the_library_holds_it() -> None:
    tables, _ = named(Naming(CLASSES, ("ctrl",), LIBRARY))
    assert tables[1]["Prediction_Free"].tolist() == ["c", "b"]
    assert tables[1]["Prediction_OnePerWell"].tolist() == ["c", "b"]


def test_plate_prior_names_only_what_the_inferred_library_plate_holds() -> None:
    tables, order = named(Naming(CLASSES, ("ctrl",), LIBRARY))
    assert order is not None
    assert order.names == ("p0", "p1")
    assert order.margin > 0
    assert tables[0]["Prediction_PlatePrior"].tolist() == ["b", "a", ""]
    assert tables[1]["Prediction_PlatePrior"].tolist() == ["c", "d"]


def test_controls_alone_tell_no_library_plate() -> None:
    controls = contents(*[("ctrl", Role.POSITIVE)] * 3)
    tables, order = named(Naming(CLASSES, ("ctrl",), LIBRARY), [controls, controls])
    assert order is None
    assert tables[0]["Prediction_PlatePrior"].tolist() == ["", "", ""]
    assert tables[0]["Prediction_Free"].tolist() == ["a", "d", "a"]


def test_controls_stay_outside_the_assignment() -> None:
    table = named(Naming(CLASSES, ("ctrl",), LIBRARY))[0][0]
    assert table["Prediction_OnePerWell"].tolist()[2] == ""
    assert table["Metadata_Role"].tolist()[2] == "positive_control"


def test_without_a_library_the_plate_prior_is_empty_and_copies_come_from_training() -> None:
    naming = Naming(CLASSES, ("ctrl",), None, {"a": 2}, "library")
    unknown = PlateMap()
    tables, order = named(naming, [unknown, unknown])
    assert order is None
    assert set(tables[0]["Prediction_PlatePrior"]) == {""}
    assert tables[0]["Prediction_OnePerWell"].tolist().count("a") == 2


def test_candidates_all_leave_the_library_aside() -> None:
    tables, order = named(Naming(CLASSES, ("ctrl",), LIBRARY, {}, "all"))
    assert order is None
    assert set(tables[0]["Prediction_PlatePrior"]) == {""}


def test_wells_beyond_all_candidates_are_unassigned_and_flagged() -> None:
    one = plate([[3, 0], [2, 0], [1, 0]])
    tables, _ = name_experiment([one], [PlateMap()], [PlateMap()], Naming(("a", "b")))
    table = tables[0].table
    assert sorted(table["Prediction_OnePerWell"]) == ["", "a", "b"]
    flagged = table["Flags"] == "unassigned"
    assert (flagged == (table["Prediction_OnePerWell"] == "")).all()
    assert set(table["Prediction_Free"]) == {"a"}


def test_a_plate_map_of_expected_labels_changes_no_prediction() -> None:
    naming = Naming(CLASSES, ("ctrl",), LIBRARY)
    bare = [PlateMap(), PlateMap()]
    columns = ["Prediction_Free", "Prediction_OnePerWell", "Prediction_PlatePrior", "Confidence"]
    without, _ = named(naming, bare, bare)
    wrong = contents(("d", TREATED), ("c", TREATED), ("ctrl", Role.NEGATIVE))
    told, _ = named(naming, bare, [wrong, wrong])
    for a, b in zip(without, told, strict=True):
        assert a[columns].equals(b[columns])
    assert told[0]["Metadata_Perturbation"].tolist() == ["d", "c", "ctrl"]


def test_candidates_from_the_plate_map_limit_the_prior_but_not_free() -> None:
    naming = Naming(CLASSES, ("ctrl",), LIBRARY, {}, "plate-map")
    expected = contents(("a", TREATED), ("c", TREATED), ("ctrl", Role.POSITIVE))
    tables, _ = named(naming, [PlateMap(), PlateMap()], [expected, SECOND_MAP])
    assert sorted(tables[0]["Prediction_PlatePrior"].tolist()[:2]) == ["a", "c"]
    assert tables[0]["Prediction_Free"].tolist() == ["a", "d", "a"]


def test_a_well_without_an_image_has_a_row_and_no_prediction() -> None:
    dark = plate([[1, 0], [np.nan, np.nan]])
    tables, _ = name_experiment([dark], [PlateMap()], [PlateMap()], Naming(("a", "b")))
    table = tables[0].table
    assert table["Prediction_Free"].tolist() == ["a", ""]
    assert table["Prediction_OnePerWell"].tolist() == ["a", ""]
    assert table["Confidence"].tolist()[1] == 0


def test_confidence_and_margin_are_shares_of_the_treatments() -> None:
    tables, _ = named(Naming(CLASSES, ("ctrl",), LIBRARY))
    shares = np.exp([5, 4, 0, 0]) / np.exp([5, 4, 0, 0]).sum()
    assert tables[0]["Confidence"][0] == pytest.approx(shares[0])
    assert tables[0]["Margin"][0] == pytest.approx(shares[0] - shares[1])


def test_accuracies_count_treated_wells_of_known_classes_alone() -> None:
    naming = Naming(CLASSES, ("ctrl",), LIBRARY)
    expected = [contents(("a", TREATED), ("zzz", TREATED), ("a", Role.POSITIVE)), SECOND_MAP]
    tables, _ = name_experiment([FIRST, SECOND], [FIRST_MAP, SECOND_MAP], expected, naming)
    from deepnoise_app.screen import Predictions

    outcome = judge(Predictions.joined(tables), naming.treatments)
    assert outcome.wells == 3
    assert outcome.unknown == 1
    assert outcome.value("free") == pytest.approx(2 / 3)
    assert outcome.value("plate_prior") == pytest.approx(2 / 3)
    assert outcome.accuracies["free"].low < 2 / 3 < outcome.accuracies["free"].high
