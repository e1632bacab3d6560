"""The network: standardised numbers and one embedding per id field, side by side, through a small stack of layers."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..config import Network
from .encode import Inputs

SMALLEST_SPREAD = 1e-30
"""Below this a 32-bit quotient may overflow."""


class FaultNet(nn.Module):
    """Logits [N, labels] of sensors [N, channels], one tensor of embedding rows [N] per id field, and numbers [N, k].

    The scalers are part of the graph, so that a device cannot apply another one. With four channels and three id fields
    of width 16 the first layer sees 52 numbers. `numbers` are the widths of the numeric inputs.
    """

    mean: Tensor
    scale: Tensor

    def __init__(
        self,
        network: Network,
        channels: int,
        vocabulary_sizes: Sequence[int],
        labels: int,
        numbers: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("scale", torch.ones(channels))
        for place, width in enumerate(numbers):
            self.register_buffer(f"number_mean_{place}", torch.zeros(width))
            self.register_buffer(f"number_scale_{place}", torch.ones(width))
        # One row more than values: row 0 is UNK.
        self.embeddings = nn.ModuleList(nn.Embedding(size + 1, network.embedding) for size in vocabulary_sizes)
        layers: list[nn.Module] = []
        width = channels + network.embedding * len(vocabulary_sizes) + sum(numbers)
        for hidden, dropout in zip(network.hidden, network.dropout, strict=True):
            layers += [nn.Linear(width, hidden), nn.ReLU()]
            if dropout > 0:
                layers.append(nn.Dropout(dropout))
            width = hidden
        layers.append(nn.Linear(width, labels))
        self.layers = nn.Sequential(*layers)

    def fit_scaler(self, train: Inputs) -> None:
        """Take mean and standard deviation from training rows; a column that never moves is only centred."""
        _fit(train.sensors, self.mean, self.scale)
        for place, numbers in enumerate(train.numeric):
            _fit(numbers, *self._number_scaler(place))

    def forward(self, sensors: Tensor, *context: Tensor) -> Tensor:
        """Logits of a batch; `context` are the ids, then the numbers."""
        ids, numbers = context[: len(self.embeddings)], context[len(self.embeddings) :]
        looked_up = [embedding(rows) for embedding, rows in zip(self.embeddings, ids, strict=True)]
        scaled = [_scaled(values, *self._number_scaler(place)) for place, values in enumerate(numbers)]
        return self.layers(torch.cat([_scaled(sensors, self.mean, self.scale), *looked_up, *scaled], dim=1))

    def _number_scaler(self, place: int) -> tuple[Tensor, Tensor]:
        return self.get_buffer(f"number_mean_{place}"), self.get_buffer(f"number_scale_{place}")


@torch.no_grad()
def logits_of(model: FaultNet, inputs: Inputs) -> Tensor:
    """Logits of all rows, without dropout."""
    model.eval()
    return model(*inputs.graph())


def still_columns(values: Tensor) -> Tensor:
    """Which columns of [N, columns] have one value throughout: bool [columns]."""
    return (values == values[:1]).all(dim=0)


def _fit(values: Tensor, mean: Tensor, scale: Tensor) -> None:
    wide = values.double()
    spread = wide.std(dim=0, correction=0)
    still = still_columns(values) | (spread < SMALLEST_SPREAD)
    mean.copy_(wide.mean(dim=0))
    scale.copy_(torch.where(still, torch.ones_like(spread), spread))


def _scaled(values: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    return (values - mean) / scale
