"""Makes confidence mean something: probabilities = softmax((logits + bias) / temperature), outside the graph.

Class weights make a network say rare classes too often, and one temperature cannot undo that: a bias per class can.
Fitted on the validation fold at its natural rates, so that what is said with 90 % is right nine times out of ten.
Temperature scaling: Guo et al. 2017, https://arxiv.org/abs/1706.04599.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


@dataclass(frozen=True)
class Calibration:
    """`bias` has one number per label; they sum to 0, because adding a constant to all changes nothing."""

    temperature: float
    bias: tuple[float, ...]

    def probabilities(self, logits: Tensor) -> Tensor:
        """Float64 [N, labels]."""
        return torch.softmax(self._scaled(logits), dim=1)

    def loss(self, logits: Tensor, labels: Tensor) -> float:
        """Negative log-likelihood per row."""
        return float(cross_entropy(self._scaled(logits), labels))

    def _scaled(self, logits: Tensor) -> Tensor:
        return (logits.double() + torch.tensor(self.bias, dtype=torch.float64)) / self.temperature


def uncalibrated(labels: int) -> Calibration:
    """Leaves probabilities as the network says them."""
    return Calibration(1.0, (0.0,) * labels)


def calibrate(logits: Tensor, labels: Tensor) -> Calibration:
    """Minimise the negative log-likelihood of validation rows; never worse than no calibration.

    A small penalty keeps the bias of a class that validation does not have from running away.
    """
    wide = logits.double()
    count = wide.shape[1]
    log_temperature = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = cross_entropy((wide + bias) / log_temperature.exp(), labels) + 1e-6 * bias.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    centred = (bias - bias.mean()).detach().tolist()
    found = Calibration(float(log_temperature.detach().exp()), tuple(round(value, 6) for value in centred))
    found = Calibration(round(found.temperature, 6), found.bias)
    return min(found, uncalibrated(count), key=lambda candidate: candidate.loss(logits, labels))
