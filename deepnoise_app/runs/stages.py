"""The two stages of a training as a recipe describes them (Yang et al. 2023)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from deepnoise_app.runs.knobs import Part, knob

Optimizer = Literal["adamw", "sgd", "adam"]
View = Literal["easy", "normal", "hard"]
Selection = Literal["free", "one_per_well", "plate_prior"]
Disagreement = Literal["squares", "divergence"]
TeacherNorm = Literal["batch", "average"]
HeldOutImages = Literal["no", "with new plates", "yes"]
Epoch = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(gt=0, le=10)]
Share = Annotated[float, Field(ge=0, lt=1)]


class Training(Part):
    """The first stage, from labelled wells alone, and what both stages share."""

    epochs: int = knob(
        16,
        "Passes over all labelled wells; 0 only where the run starts from a model.",
        "epochs",
        ge=0,
        le=10_000,
    )
    batch_size: int = knob(64, "Sites per step.", "sites", ge=2, le=65_536)
    micro_batch: int = knob(
        0,
        "Most sites that go through the network at once, for small memories; batch norm sees only"
        " these. 0: the whole batch.",
        "sites",
        rare=True,
        ge=0,
        le=65_536,
    )
    learning_rate: float = knob(3e-3, "Highest learning rate.", gt=0, le=10)
    weight_decay: float = knob(0.02, "Pull of the weights towards zero.", rare=True, ge=0, le=1)
    warmup_epochs: float = knob(
        1, "Epochs in which the learning rate rises.", "epochs", rare=True, ge=0, le=1000
    )
    optimizer: Optimizer = knob("adamw", "How the weights are moved.")
    schedule: Literal["cosine", "constant", "steps"] = knob(
        "cosine", "Learning rate after the warm-up."
    )
    rate_steps: list[tuple[Epoch, Rate]] = knob(
        [], "For the schedule `steps`: the epochs that begin with a new learning rate.", rare=True
    )
    clip_norm: float = knob(
        0.0, "Longest gradient that is followed whole; 0: any.", rare=True, ge=0, le=1000
    )
    label_smoothing: float = knob(
        0.0, "Share of a label spread over all classes.", rare=True, ge=0, lt=1
    )
    cutmix: float = knob(
        0.0, "Share of images that get a rectangle of another image, and its label.", ge=0, le=1
    )
    margin: float = knob(
        0.1, "ArcFace margin kept around a class.", "radians", rare=True, ge=0, le=1
    )
    scale: float = knob(
        30.0, "ArcFace scale: how steeply the angle counts.", rare=True, ge=1, le=128
    )
    normalisation: Literal["plate", "experiment", "global"] = knob(
        "plate", "Wells whose mean and deviation are taken out together."
    )
    jitter: float = knob(
        0.1, "Random change of mean and deviation per image.", "relative", rare=True, ge=0, le=1
    )
    view: View = knob("normal", "How much an image is altered.", rare=True)
    include_controls: bool = knob(
        True, "Learn the control wells as classes of their own.", rare=True
    )
    held_out_controls: bool = knob(
        False,
        "Learn also the controls of held-out and unlabelled plates, whose content is always known;"
        " for comparison with the publication, which did.",
        rare=True,
    )
    precision: Literal["32", "bf16"] = knob("32", "Arithmetic of the network.", "bits")
    channels_last: bool = knob(
        False, "Lay images out channel by channel per pixel; faster on graphics cards.", rare=True
    )
    hold_out: list[str] = knob(
        [], "Experiments kept for validation; empty: one labelled experiment in five."
    )
    unseen: list[str] = knob(
        [],
        "Labelled experiments that are taken for new plates: what their wells got is not looked"
        " at. For trials whose truth shall be known.",
        rare=True,
    )
    select_by: Selection = knob(
        "free", "Accuracy on held-out experiments by which the best epoch is chosen.", rare=True
    )
    validate_every: int = knob(
        1, "Epochs between validations.", "epochs", rare=True, ge=1, le=10_000
    )
    save_every_steps: int = knob(
        200, "Steps between checkpoints.", "steps", rare=True, ge=1, le=1_000_000
    )
    snapshot_every: int = knob(
        0,
        "Epochs between snapshots, which are models of that moment: to score with, or to train on"
        " from. The last epoch of a stage gets one too. 0: the best model alone is kept.",
        "epochs",
        ge=0,
        le=10_000,
    )


class StageTwo(Part):
    """The second stage: a student learns from labels, from its own teacher and from new plates."""

    epochs: int = knob(
        0,
        "Passes over labelled and unlabelled wells; 0: no second stage.",
        "epochs",
        ge=0,
        le=10_000,
    )
    experiments: list[str] = knob(
        [], "Experiments of this stage, such as HUVEC-*; empty: all of the first stage."
    )
    learn_held_out: HeldOutImages = knob(
        "no",
        "Learn also from the images of held-out experiments, never from their labels: always, or"
        " where there are new plates to learn from. Epochs are then chosen by plates that were at"
        " hand, as the new ones are, and accuracies hold for such plates.",
    )
    batch_size: int = knob(64, "Sites per step, labelled and not.", "sites", ge=4, le=65_536)
    optimizer: Optimizer = knob("sgd", "How the student's weights are moved.", rare=True)
    learning_rate: float = knob(0.1, "Learning rate at the start of a cycle.", gt=0, le=10)
    weight_decay: float = knob(2e-4, "Pull of the weights towards zero.", rare=True, ge=0, le=1)
    cycles: int = knob(
        1, "How often the learning rate falls along half a cosine.", rare=True, ge=1, le=100
    )
    lowest_rate: float = knob(1e-3, "Learning rate at the end of a cycle.", rare=True, ge=0, le=10)
    tail_epochs: int = knob(
        0, "Epochs at a constant rate behind the last cycle.", "epochs", rare=True, ge=0, le=10_000
    )
    tail_rate: float = knob(1e-4, "Learning rate of these epochs.", rare=True, ge=0, le=10)
    fresh_head: bool = knob(
        True,
        "The student learns its classes anew, from the features of the first stage.",
        rare=True,
    )
    consistency: float = knob(
        100.0, "Weight of agreeing with the teacher.", rare=True, ge=0, le=100_000
    )
    consistency_epochs: float = knob(
        5, "Epochs in which that weight rises.", "epochs", rare=True, ge=0, le=10_000
    )
    consistency_form: Disagreement = knob(
        "squares",
        "What disagreement is: the mean squared difference of the shares of classes, as published,"
        " or how far the student's shares diverge from the teacher's (Kullback-Leibler), which"
        " wants a far smaller weight.",
        rare=True,
    )
    student_view: View = knob(
        "easy", "How much the image is altered that the student sees without label.", rare=True
    )
    teacher_view: View = knob(
        "hard", "How much the image is altered that the teacher sees.", rare=True
    )
    teacher_norm: TeacherNorm = knob(
        "batch",
        "What the teacher's batch norm goes by: each batch, as published, or the average of what"
        " the student has gathered.",
        rare=True,
    )
    teacher_decay: list[tuple[Epoch, Share]] = knob(
        [(1, 0.5), (2, 0.9), (11, 0.99), (21, 0.999)],
        "Share of itself that the teacher keeps in each step, from an epoch of this stage on.",
        rare=True,
    )
    pseudo_weight: float = knob(
        0.05, "Weight of pseudo-labels against labels.", "relative", ge=0, lt=1
    )
    pseudo_from: int = knob(
        20,
        "Epoch of this stage from which pseudo-labels are used; they are first made one before.",
        "epochs",
        ge=2,
        le=10_000,
    )
    pseudo_passes: int = knob(
        4, "Altered views of each well that make its pseudo-label.", "views", rare=True, ge=1, le=64
    )
    pseudo_keep: float = knob(
        0.1,
        "Share of the earlier scores kept in new pseudo-labels.",
        "relative",
        rare=True,
        ge=0,
        lt=1,
    )

    @field_validator("learn_held_out", mode="before")
    @classmethod
    def _yes_or_no(cls, wish: object) -> object:
        """Read `true` and `false` as yes and no."""
        return {True: "yes", False: "no"}[wish] if isinstance(wish, bool) else wish
