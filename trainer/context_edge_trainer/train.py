"""Fits a network to the training fold and stops where the validation fold says so. Seeded: same rows, same weights."""

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from .config import Config
from .encode import Inputs, drop_ids
from .errors import TrainerError
from .model import FaultNet, logits_of

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Epoch:
    """One line of the learning curve: mean training loss and macro-F1 on the validation fold."""

    number: int
    loss: float
    macro_f1: float


@dataclass(frozen=True)
class Fitted:
    """The network of the best epoch, and the whole curve."""

    model: FaultNet
    epochs: list[Epoch]
    best: int


def make_repeatable(seed: int, threads: int) -> None:
    """Seed everything that draws, and refuse operations whose result depends on scheduling. Once per process."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - for libraries that still use the global generator
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(threads)


def fit(config: Config, vocabulary_sizes: list[int], train: Inputs, validation: Inputs, progress: Progress) -> Fitted:
    """Train up to `epochs`, keep the one with the best validation macro-F1. Raises TrainerError for unusable data."""
    settings = config.training
    counts = torch.bincount(train.labels, minlength=len(config.labels))
    _check(config, counts, len(validation))
    torch.manual_seed(settings.seed)
    model = FaultNet(config.network, len(config.channels), vocabulary_sizes, len(config.labels))
    model.fit_scaler(train.sensors)
    loss_of = nn.CrossEntropyLoss(weight=class_weights(counts, settings.class_weight_power))
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    # Halved when validation stops improving, well before patience ends: the last steps are small ones.
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, mode="max", factor=0.5, patience=settings.patience // 3
    )
    generator = torch.Generator().manual_seed(settings.seed)
    epochs: list[Epoch] = []
    best, best_weights = -1, copy.deepcopy(model.state_dict())
    for number in range(settings.epochs):
        loss = _epoch(model, optimizer, loss_of, train, config, generator)
        score = macro_f1(logits_of(model, validation).argmax(dim=1), validation.labels, len(config.labels))
        schedule.step(score)
        epochs.append(Epoch(number + 1, loss, score))
        progress(f"epoch {number + 1:2d} of {settings.epochs}: loss {loss:.4f}, validation macro-F1 {score:.4f}")
        if best < 0 or score > epochs[best].macro_f1:
            best, best_weights = number, copy.deepcopy(model.state_dict())
        elif number - best >= settings.patience:
            break
    model.load_state_dict(best_weights)
    return Fitted(model, epochs, best + 1)


def class_weights(counts: Tensor, power: float) -> Tensor:
    """Inverse frequency to a power, scaled so that the average row weighs 1. Float32 [labels]."""
    weights = (counts.sum() / counts.clamp(min=1)).double() ** power
    return (weights * counts.sum() / (weights * counts).sum()).float()


def macro_f1(said: Tensor, truth: Tensor, labels: int) -> float:
    """Mean over classes of 2 hits / (said + truly); a class that neither occurs nor is said counts 0."""
    cells = torch.bincount(truth * labels + said, minlength=labels * labels).reshape(labels, labels).double()
    either = cells.sum(0) + cells.sum(1)
    return float((2 * cells.diagonal() / either.clamp(min=1)).mean())


def _epoch(
    model: FaultNet,
    optimizer: torch.optim.Optimizer,
    loss_of: nn.Module,
    train: Inputs,
    config: Config,
    generator: torch.Generator,
) -> float:
    """One pass over the rows in a new order, with new ids dropped. Mean loss per row."""
    model.train()
    ids = drop_ids(train.ids, config.training.id_dropout, generator)
    total = 0.0
    for batch in torch.randperm(len(train), generator=generator).split(config.training.batch):
        loss = loss_of(model(train.sensors[batch], *ids[batch].unbind(dim=1)), train.labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += float(loss.detach()) * len(batch)
    return total / len(train)


def _check(config: Config, counts: Tensor, validation_rows: int) -> None:
    present = [label.name for label, count in zip(config.labels, counts.tolist(), strict=True) if count > 0]
    if len(present) < 2:
        found = ", ".join(present) or "no class"
        raise TrainerError(f"the training fold has {int(counts.sum())} rows of {found}: two classes are needed")
    if validation_rows == 0:
        raise TrainerError("the validation fold is empty: more batches are needed, one in ten is set aside for it")
