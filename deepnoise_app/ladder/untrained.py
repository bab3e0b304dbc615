"""What a network sees that has learned nothing: how much of a result is the architecture alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import torch

from deepnoise_app.ladder.climb import Climb
from deepnoise_app.learning.data import SiteStore
from deepnoise_app.learning.device import memory_budget, pick_device, thread_count
from deepnoise_app.learning.material import Reading, prepare
from deepnoise_app.learning.network import DeepNoiseNet
from deepnoise_app.learning.score import Scorer
from deepnoise_app.runs.events import Event
from deepnoise_app.screen import Plate
from deepnoise_app.screen.match import match_channels

UNTRAINED = "untrained network"


def describe_untrained(
    climb: Climb,
    plates: Sequence[Plate],
    listen: Callable[[Event], None],
    should_stop: Callable[[], bool],
) -> pd.DataFrame:
    """Return the features that the ladder's network gives before any training, a row per well.

    Batch norm takes its statistics from each plate (AdaBN): without any, nothing could be told.

    Raises
    ------
    Interrupted
        If `should_stop` says so.
    """
    recipe = climb.ladder.recipe(climb.ladder.step[0])
    channels = plates[0].channels
    torch.manual_seed(0)
    network = DeepNoiseNet(recipe.network, len(channels), 2, recipe.training.scale, 0.0)
    device = pick_device(recipe.device)
    names = [channel.name for channel in channels]
    order = [match_channels(names, plate.channels, " ".join(plate.key)) for plate in plates]
    with ThreadPoolExecutor(thread_count(recipe.workers), thread_name_prefix="decode") as pool:
        store = SiteStore(plates, order, recipe.network.input_size, memory_budget())
        material = prepare(store, "plate", Reading(pool, listen, should_stop))
        scorer = Scorer(network.to(device), device, 1, recipe.scoring.batch_size, pool)
        tables = []
        for at, survey in enumerate(material.surveys):
            group = material.groups[at]
            adapted = scorer.adapted(store, survey, group, should_stop)
            tables.append(_table(adapted.score(store, survey, at, group, should_stop).embeddings,
                                 plates[at]))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _table(
    embeddings: np.ndarray[tuple[int, int], np.dtype[np.float32]], plate: Plate
) -> pd.DataFrame:
    columns = [f"Embedding_{number:04d}" for number in range(embeddings.shape[1])]
    table = pd.DataFrame(embeddings, columns=columns)
    table.insert(0, "Metadata_Experiment", plate.experiment)
    table.insert(1, "Metadata_Plate", plate.name)
    table.insert(2, "Metadata_Well", [well.name for well in plate.wells])
    return table
