"""The network: standardised channels and one embedding per id field, side by side, through a small stack of layers."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .config import Network
from .encode import Inputs


class FaultNet(nn.Module):
    """Logits [N, labels] of sensors [N, channels] and one tensor of embedding rows [N] per id field.

    The scaler is part of the graph, so that a device cannot apply another one. With four channels and three id fields
    of width 16 the first layer sees 52 numbers.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, network: Network, channels: int, vocabulary_sizes: Sequence[int], labels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("scale", torch.ones(channels))
        # One row more than values: row 0 is UNK.
        self.embeddings = nn.ModuleList(nn.Embedding(size + 1, network.embedding) for size in vocabulary_sizes)
        layers: list[nn.Module] = []
        width = channels + network.embedding * len(vocabulary_sizes)
        for hidden, dropout in zip(network.hidden, network.dropout, strict=True):
            layers += [nn.Linear(width, hidden), nn.ReLU()]
            if dropout > 0:
                layers.append(nn.Dropout(dropout))
            width = hidden
        layers.append(nn.Linear(width, labels))
        self.layers = nn.Sequential(*layers)

    def fit_scaler(self, sensors: Tensor) -> None:
        """Take mean and standard deviation from training rows; a channel that never moves is only centred."""
        wide = sensors.double()
        spread = wide.std(dim=0, correction=0)
        self.mean.copy_(wide.mean(dim=0))
        self.scale.copy_(torch.where(spread > 1e-9, spread, torch.ones_like(spread)))

    def forward(self, sensors: Tensor, *ids: Tensor) -> Tensor:
        """Logits of a batch."""
        looked_up = [embedding(rows) for embedding, rows in zip(self.embeddings, ids, strict=True)]
        return self.layers(torch.cat([(sensors - self.mean) / self.scale, *looked_up], dim=1))


@torch.no_grad()
def logits_of(model: FaultNet, inputs: Inputs) -> Tensor:
    """Logits of all rows, without dropout."""
    model.eval()
    return model(inputs.sensors, *inputs.ids.unbind(dim=1))
