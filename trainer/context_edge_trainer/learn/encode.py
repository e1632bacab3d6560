"""From rows to the tensors of the graph, as the release manifest tells the device to make them.

Row 0 of every vocabulary is UNK: an id that training has not seen, or that the context does not have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..config import Config
from ..config_file import SENSORS
from .dataset import Rows

UNK = 0

Vocabulary = Mapping[str, int]


@dataclass(frozen=True)
class Inputs:
    """What the graph is fed for N rows, and what it should say.

    `sensors` float32 [N, channels]; `ids` int64 [N, id fields]; `numeric` one float32 [N, fields] per numeric input;
    `labels` int64 [N].
    """

    sensors: Tensor
    ids: Tensor
    labels: Tensor
    numeric: tuple[Tensor, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    def graph(self) -> tuple[Tensor, ...]:
        """The inputs of the graph in its order: sensors, one int64 [N] per id, then the numbers (`graph_inputs`)."""
        return (self.sensors, *self.ids.unbind(dim=1), *self.numeric)

    def at(self, index: Tensor) -> "Inputs":
        """The rows at an index."""
        numeric = tuple(part[index] for part in self.numeric)
        return Inputs(self.sensors[index], self.ids[index], self.labels[index], numeric)

    def to(self, device: torch.device) -> "Inputs":
        """The same rows on another device."""
        numeric = tuple(part.to(device) for part in self.numeric)
        return Inputs(self.sensors.to(device), self.ids.to(device), self.labels.to(device), numeric)


def graph_inputs(config: Config) -> tuple[str, ...]:
    """Names of the graph's inputs in its order."""
    return (SENSORS, *(entry.input for entry in config.ids), *(entry.input for entry in config.numeric))


@dataclass(frozen=True)
class Encoding:
    """What the model is told: `references` off leaves readings as they are, `identities` off takes ids and numbers.

    Both on is the model that ships; the others exist to measure what context is worth. `config` has the ranges and
    units that were learned from the rows.
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
        numeric = np.zeros(rows.numeric.shape, np.float32)
        if self.identities:
            for column, (values, vocabulary) in enumerate(zip(rows.ids, self.vocabularies, strict=True)):
                ids[:, column] = [vocabulary.get(value, UNK) for value in values]
            numeric = rows.numeric.astype(np.float32)
        widths = [len(entry.fields) for entry in self.config.numeric]
        return Inputs(
            torch.from_numpy(sensors.astype(np.float32)),
            torch.from_numpy(ids),
            torch.from_numpy(rows.labels),
            torch.from_numpy(numeric).split(widths, dim=1) if widths else (),
        )


def learn_vocabularies(train: Rows) -> tuple[Vocabulary, ...]:
    """The ids that training rows have, sorted, numbered from 1: other folds must not give away that they know more."""
    return tuple({value: row for row, value in enumerate(sorted(set(values) - {""}), start=1)} for values in train.ids)


def drop_ids(ids: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Replace each id by UNK with probability `share`, independently, so that UNK comes to mean "any"."""
    kept = torch.rand(ids.shape, generator=generator) >= share
    return torch.where(kept, ids, UNK)
