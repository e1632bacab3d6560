"""Makes confidence mean something: probabilities = softmax((logits + bias) / temperature), outside the graph.

Class weights make a network say rare classes too often, and one temperature cannot undo that: a bias per class can.
Fitted on the validation fold at its natural rates, so that what is said with 90 % is right nine times out of ten.
Temperature scaling: Guo et al. 2017, https://arxiv.org/abs/1706.04599.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ..data.columns import Floats
from ..figures.bootstrap import worth
from .dataset import Rows

SPREAD_OF_BIAS = 3.0
SPREAD_OF_LOG_TEMPERATURE = 1.0
"""What is believed before any row is seen (standard deviations): hundreds of rows say otherwise, a handful cannot."""


@dataclass(frozen=True)
class Calibration:
    """`bias` has one number per label; they sum to 0, because adding a constant to all changes nothing."""

    temperature: float
    bias: tuple[float, ...]

    def probabilities(self, logits: Tensor) -> Tensor:
        """Float64 [N, labels]."""
        return torch.softmax(self._scaled(logits), dim=1)

    def loss(self, logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> float:
        """Negative log-likelihood per row."""
        return float(_mean(cross_entropy(self._scaled(logits), labels, reduction="none"), weights))

    def _scaled(self, logits: Tensor) -> Tensor:
        return (logits.double() + torch.tensor(self.bias, dtype=torch.float64)) / self.temperature


def uncalibrated(labels: int) -> Calibration:
    """Leaves probabilities as the network says them."""
    return Calibration(1.0, (0.0,) * labels)


def natural_weights(rows: Rows) -> tuple[Floats, str | None]:
    """How much each row counts when rates matter, and what to say where the rates are not natural.

    Answers of the learning stream are mostly to doubtful samples: they count 0, unless there is nothing else.
    """
    if (rows.test_weight > 0).any():
        return rows.test_weight, None
    return np.ones(len(rows)), (
        f"the {len(rows):,} validation rows were all picked for review, none drawn: confidence is calibrated on what "
        "engineers were asked about and may be wrong for all other samples"
    )


def calibrate(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Calibration:
    """Minimise the negative log-likelihood of validation rows, each with its weight; never worse than no calibration.

    A prior keeps few rows from saying much, and the bias of a class that validation does not have from running away.
    """
    wide = logits.double()
    rows, count = wide.shape
    counted = float(rows) if weights is None else worth(weights.double().numpy())
    log_temperature = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        losses = cross_entropy((wide + bias) / log_temperature.exp(), labels, reduction="none")
        prior = (bias / SPREAD_OF_BIAS).square().sum() + (log_temperature / SPREAD_OF_LOG_TEMPERATURE).square().sum()
        loss = _mean(losses, weights) + prior / (2 * counted)
        loss.backward()
        return loss

    optimizer.step(closure)
    centred = (bias - bias.mean()).detach().tolist()
    found = Calibration(round(float(log_temperature.detach().exp()), 6), tuple(round(value, 6) for value in centred))
    return min(found, uncalibrated(count), key=lambda candidate: candidate.loss(logits, labels, weights))


def _mean(losses: Tensor, weights: Tensor | None) -> Tensor:
    return losses.mean() if weights is None else (losses * weights).sum() / weights.sum()
