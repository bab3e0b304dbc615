"""Parts of a model's card: where it comes from, what it was trained on, how sure it is."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

AccuracyName = Literal["free", "one_per_well", "plate_prior"]


class CardPart(BaseModel):
    """Part of a card; fields of newer versions are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())


class Interval(CardPart):
    """A share of treated wells, 0 to 1, with its 95 % interval over plates if there is one."""

    value: float = Field(ge=0, le=1)
    low: float | None = None
    high: float | None = None


class Provenance(CardPart):
    """Where a model comes from. `screen` is a folder's name, never its whole path.

    `epoch` is that of a snapshot, counted through all stages; 0: the best one of the training.
    """

    screen: str = ""
    experiments: list[str] = []
    held_out: list[str] = []
    recipe: dict[str, Any] = {}
    versions: dict[str, str] = {}
    created: str = Field("", description="ISO 8601, UTC.")
    seed: int = 0
    started_from: str = ""
    learned_from_held_out: bool = False
    epoch: int = 0


class Distribution(CardPart):
    """Where the training plates lie in feature space.

    The distance of a plate is the median over its wells of the root mean square of
    (embedding - `centre`) / `spread`. Beyond `limit` it counts as unlike the training data;
    `quantiles` are those of the training plates.
    """

    centre: list[float]
    spread: list[float]
    limit: float
    quantiles: dict[str, float] = {}

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if len(self.centre) != len(self.spread):
            raise ValueError("centre and spread differ in length")
        return self


class ChannelStatistics(CardPart):
    """Mean and deviation of one channel over all training sites, shares of the brightest value."""

    mean: float
    std: float


class ChannelRange(CardPart):
    """Smallest and largest of the training plates' statistics of one channel.

    Natural logarithms of mean and deviation, both as shares of the brightest storable value.
    """

    log_mean: tuple[float, float]
    log_std: tuple[float, float]


class ControlAnchor(CardPart):
    """Where the negative controls of the training plates lie, one channel, mean over plates.

    Their mean minus the plate's, in deviations of the plate; logarithm of their deviation as a
    share of the plate's.
    """

    offset: float
    log_ratio: float


class Calibration(CardPart):
    """What makes a confidence mean what it says, fitted on the held-out experiments.

    Expected calibration errors before and after it; `crossed`: the latter with temperatures that
    were fitted on the other held-out experiments.
    """

    temperature: float = Field(gt=0)
    wells: int
    experiments: int
    error_before: float
    error_after: float
    crossed: bool


class LibraryLimit(CardPart):
    """Wells whose highest cosine to any treatment is lower hold nothing of the library.

    `source`: the held-out wells that drew the limit. Shares of wells below it: of perturbations
    that the model knows, and of others, where the held-out experiments had any.
    """

    cosine: float
    source: Literal["held-out classes", "known classes"]
    members_flagged: float
    strangers_flagged: float | None = None
