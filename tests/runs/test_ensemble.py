"""Several models as one: found in a folder, and refused where they do not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepnoise_app.errors import ModelError
from deepnoise_app.runs.card import ModelCard, save_card
from deepnoise_app.runs.card_parts import Calibration, LibraryLimit
from deepnoise_app.runs.ensemble import joint_card, load_joint_card, resolve_models

CALIBRATION = Calibration(
    temperature=1, wells=9, experiments=2, error_before=0.2, error_after=0.1, crossed=True
)
LIMIT = LibraryLimit(cosine=0.4, source="known classes", members_flagged=0.05)


def card(name: str, **changes: object) -> ModelCard:
    fields = {
        "name": name,
        "classes": ["a", "b", "ctrl"],
        "control_classes": ["ctrl"],
        "channels": ["Nuclei"],
        "input_size": 64,
        "backbone": "resnet10t",
        "embedding": 8,
        "calibration": CALIBRATION,
        "library_limit": LIMIT,
    }
    return ModelCard.model_validate(fields | changes)


def put(folder: Path, one: ModelCard) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"\x02" + bytes(7) + b"{}")
    save_card(one, folder)
    return folder


def test_a_folder_of_models_and_of_runs_is_an_ensemble(tmp_path) -> None:
    second = put(tmp_path / "b", card("b"))
    first = put(tmp_path / "a-run" / "model", card("a"))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    assert resolve_models(tmp_path) == (first, second)
    assert load_joint_card(tmp_path).name == "a + b"


def test_a_run_folder_is_the_model_in_it(tmp_path) -> None:
    model = put(tmp_path / "run" / "model", card("a"))
    assert resolve_models(tmp_path / "run") == (model,)
    assert load_joint_card(tmp_path / "run").name == "a"


def test_one_model_and_a_shipped_one_resolve_to_themselves(tmp_path) -> None:
    model = put(tmp_path / "a", card("a"))
    assert resolve_models(model) == (model,)
    assert [folder.name for folder in resolve_models("demo")] == ["demo"]


def test_a_folder_without_models_says_what_it_lacks(tmp_path) -> None:
    with pytest.raises(ModelError, match=r"is not a model: there is no model\.json in it"):
        load_joint_card(tmp_path)


def test_the_joint_card_averages_scale_temperature_and_limit() -> None:
    other = card(
        "b",
        scale=60,
        classes=["b", "ctrl", "a"],
        copies={"a": 3},
        calibration=CALIBRATION.model_copy(update={"temperature": 4}),
        library_limit=LIMIT.model_copy(update={"cosine": 0.6}),
        warning="for demonstration",
    )
    joint = joint_card([card("a", copies={"a": 1, "b": 2}), other])
    assert joint.classes == ["a", "b", "ctrl"]
    assert joint.scale == 45
    assert joint.calibration is not None
    assert joint.calibration.temperature == pytest.approx(2)
    assert joint.library_limit is not None
    assert joint.library_limit.cosine == pytest.approx(0.5)
    assert joint.copies == {"a": 3, "b": 2}
    assert joint.warning == "for demonstration"
    assert joint.accuracy == {}


def test_what_one_model_lacks_the_ensemble_lacks() -> None:
    joint = joint_card([card("a"), card("b", calibration=None, library_limit=None)])
    assert joint.calibration is None
    assert joint.library_limit is None


def test_other_classes_controls_and_libraries_are_refused_by_name() -> None:
    with pytest.raises(ModelError, match="b knows the perturbation c, a does not"):
        joint_card([card("a"), card("b", classes=["a", "b", "c", "ctrl"])])
    with pytest.raises(ModelError, match="a knows the control class ctrl, b does not"):
        joint_card([card("a"), card("b", control_classes=[])])
    library = {"p0": {"a": 1}, "p1": {"b": 1}}
    with pytest.raises(ModelError, match="they know different library plates"):
        joint_card([card("a", library=library), card("b", library={"p0": {"a": 1}})])
    assert joint_card([card("a"), card("b", library=library)]).library == library
