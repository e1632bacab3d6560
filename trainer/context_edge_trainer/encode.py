"""From rows to the tensors of the graph, as the release manifest tells the device to make them.

Row 0 of every vocabulary is UNK: an id that training has not seen, or that the context does not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .config import Config
from .dataset import Rows

UNK = 0

Vocabulary = Mapping[str, int]


@dataclass(frozen=True)
class Inputs:
    """`sensors` float32 [N, channels]; `ids` int64 [N, id fields]; `labels` int64 [N]."""

    sensors: Tensor
    ids: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Encoding:
    """What the model is told: `references` off leaves readings as they are, `identities` off makes every id UNK.

    Both on is the model that ships; the others exist to measure what context is worth.
    """

    config: Config
    vocabularies: tuple[Vocabulary, ...]
    references: bool = True
    identities: bool = True

    def encode(self, rows: Rows) -> Inputs:
        """Tensors of rows, in their order."""
        # The difference is taken in 64 bits and rounded once, as the device does.
        sensors = rows.readings - rows.references if self.references else rows.readings
        fill = np.array([channel.fill or 0.0 for channel in self.config.channels])
        sensors = np.where(np.isnan(rows.readings), fill, sensors)
        ids = np.zeros((len(rows), len(self.vocabularies)), np.int64)
        if self.identities:
            for column, (values, vocabulary) in enumerate(zip(rows.ids, self.vocabularies, strict=True)):
                ids[:, column] = [vocabulary.get(value, UNK) for value in values]
        return Inputs(
            torch.from_numpy(sensors.astype(np.float32)),
            torch.from_numpy(ids),
            torch.from_numpy(rows.labels),
        )


def learn_vocabularies(train: Rows) -> tuple[Vocabulary, ...]:
    """The ids that training rows have, sorted, numbered from 1: other folds must not give away that they know more."""
    return tuple({value: row for row, value in enumerate(sorted(set(values) - {""}), start=1)} for values in train.ids)


def drop_ids(ids: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Replace each id by UNK with probability `share`, independently, so that UNK comes to mean "any"."""
    kept = torch.rand(ids.shape, generator=generator) >= share
    return torch.where(kept, ids, UNK)
