"""Fits a network to the training fold and stops where the validation fold says so. Seeded: same rows, same weights.

Whatever is drawn in an epoch (the order of rows, ids to drop, dropout) is drawn from the seed and the epoch's number:
a training that goes on from a checkpoint draws what it would have drawn.
"""

import copy
import hashlib
import math
import random
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ..config import Config
from ..errors import TrainerError
from ..progress import Progress, told
from .checkpoint import Keeper
from .encode import Inputs, drop_ids
from .model import FaultNet, logits_of
from .team import ALONE, Team

STEPS = 50
"""At least so many steps an epoch: few rows are learnt in smaller batches."""
SMALLEST_BATCH = 16


@dataclass(frozen=True)
class Epoch:
    """One line of the learning curve: mean training loss, then macro-F1 and loss on the validation fold."""

    number: int
    loss: float
    macro_f1: float
    validation_loss: float


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


def new_model(config: Config, vocabulary_sizes: list[int]) -> FaultNet:
    """An untrained network of the configuration's shape."""
    widths = [len(entry.fields) for entry in config.numeric]
    return FaultNet(config.network, len(config.channels), vocabulary_sizes, len(config.labels), widths)


def fit(
    config: Config,
    vocabulary_sizes: list[int],
    train: Inputs,
    validation: Inputs,
    progress: Progress,
    *,
    weights: Tensor | None = None,
    keeper: Keeper | None = None,
    team: Team = ALONE,
    **facts: str,
) -> Fitted:
    """Train up to `epochs`, keep the one with the best validation macro-F1. Raises TrainerError when it diverges.

    `weights` [N] say how much each training row counts; `keeper` holds the checkpoint to go on from; `facts` are told
    with every epoch.
    """
    settings = config.training
    torch.manual_seed(settings.seed)
    model = new_model(config, vocabulary_sizes)
    model.fit_scaler(train)
    course = _Course(model.to(team.device), config)
    course.resume(team.agreed(keeper.load() if keeper is not None and team.leads else None), progress)
    counts = torch.ones(len(train)) if weights is None else weights.float()
    wrapped = team.wrap(model)
    train, validation, counts = train.to(team.device), validation.to(team.device), counts.to(team.device)
    while not course.ended(settings.epochs, settings.patience):
        number = len(course.epochs) + 1
        loss = _epoch(wrapped, course.optimizer, train, counts, config, number, team)
        if not math.isfinite(loss):
            raise TrainerError(
                f"training diverged: the loss of epoch {number} is {loss}; "
                f"lower [training] learning_rate ({settings.learning_rate:g})"
            )
        course.add(Epoch(number, loss, *team.agreed(_validated(model, validation, len(config.labels)))))
        if keeper is not None and team.leads:
            keeper.save(course.state())
        progress(_line(course.epochs[-1], settings.epochs, facts))
    model.load_state_dict(course.best_weights)
    return Fitted(model.cpu(), course.epochs, course.best + 1)


def macro_f1(said: Tensor, truth: Tensor, labels: int) -> float:
    """Mean over classes of 2 hits / (said + truly); a class that neither occurs nor is said counts 0."""
    cells = torch.bincount(truth * labels + said, minlength=labels * labels).reshape(labels, labels).double()
    either = cells.sum(0) + cells.sum(1)
    return float((2 * cells.diagonal() / either.clamp(min=1)).mean())


def batch_size(rows: int, batch: int) -> int:
    """Rows of a step: `batch`, or fewer where that would leave an epoch with hardly a step."""
    return min(batch, max(SMALLEST_BATCH, rows // STEPS))


@dataclass
class _Course:
    """Where a training stands: its network, its optimiser, its curve and the best epoch so far.

    `risen` is the epoch that last raised macro-F1: patience counts from there. Of epochs that share the highest, as
    they do where validation is small, the one with the lowest loss is the best.
    """

    model: FaultNet
    config: Config
    epochs: list[Epoch] = field(default_factory=list)
    best: int = -1
    risen: int = -1

    def __post_init__(self) -> None:
        settings = self.config.training
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        # Halved when validation stops improving, well before patience ends: the last steps are small ones.
        self.schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self.optimizer, mode="max", factor=0.5, patience=settings.patience // 3
        )
        self.best_weights = copy.deepcopy(self.model.state_dict())

    def ended(self, epochs: int, patience: int) -> bool:
        """True after the last epoch, or when none of the last `patience` was better."""
        done = len(self.epochs)
        return done >= epochs or (done > 0 and done - 1 - self.risen >= patience)

    def add(self, epoch: Epoch) -> None:
        """An epoch is over."""
        self.schedule.step(epoch.macro_f1)
        self.epochs.append(epoch)
        place = len(self.epochs) - 1
        best = self.epochs[max(self.best, 0)]
        if self.best < 0 or epoch.macro_f1 > best.macro_f1:
            self.risen = place
        if self.risen == place or (epoch.macro_f1 == best.macro_f1 and epoch.validation_loss < best.validation_loss):
            self.best = place
            self.best_weights = copy.deepcopy(self.model.state_dict())

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        return {
            "model": self.model.state_dict(),
            "best_weights": self.best_weights,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "best": self.best,
            "risen": self.risen,
        }

    def resume(self, state: dict[str, Any] | None, progress: Progress) -> None:
        """Go on from a checkpoint."""
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.best_weights = state["best_weights"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.epochs = [Epoch(**epoch) for epoch in state["epochs"]]
        self.best, self.risen = state["best"], state["risen"]
        progress(f"going on after epoch {len(self.epochs)}, from a checkpoint")


def _epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    train: Inputs,
    weights: Tensor,
    config: Config,
    number: int,
    team: Team,
) -> float:
    """One pass over the rows in a new order, with new ids dropped. Mean loss per unit of weight."""
    settings = config.training
    model.train()
    # On the processor and the same for all of a team; only dropout is each one's own.
    generator = torch.Generator().manual_seed(_seed(settings.seed, number, "rows"))
    torch.manual_seed(_seed(settings.seed, number, f"dropout {team.rank}"))
    dropped = drop_ids(train.ids.cpu(), settings.id_dropout, generator).to(train.ids.device)
    train = Inputs(train.sensors, dropped, train.labels, train.numeric)
    order = torch.randperm(len(train), generator=generator).to(train.labels.device)
    total = 0.0
    for batch in order.split(batch_size(len(train), settings.batch)):
        mine = team.share(batch)
        rows = train.at(mine)
        losses = cross_entropy(model(*rows.graph()), rows.labels, reduction="none")
        # Each process has a part of the sum, and the team takes the mean of the gradients: times its size.
        summed = (losses * weights[mine]).sum()
        optimizer.zero_grad()
        (summed * (team.size / weights[batch].sum())).backward()
        optimizer.step()
        total += float(summed.detach())
    return team.total(total) / float(weights.sum())


def _validated(model: FaultNet, validation: Inputs, labels: int) -> tuple[float, float]:
    """Macro-F1 and mean loss on the validation fold."""
    logits = logits_of(model, validation)
    score = macro_f1(logits.argmax(dim=1), validation.labels, labels)
    return score, float(cross_entropy(logits, validation.labels))


def _seed(seed: int, epoch: int, what: str) -> int:
    """A seed of its own for everything that is drawn in an epoch."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{epoch}/{what}".encode()).digest()[:7], "big")


def _line(epoch: Epoch, epochs: int, facts: dict[str, str]) -> str:
    text = f"epoch {epoch.number:2d} of {epochs}: loss {epoch.loss:.4f}, validation macro-F1 {epoch.macro_f1:.4f}"
    numbers = {"epoch": epoch.number, "epochs": epochs, "loss": epoch.loss, "macro_f1": epoch.macro_f1}
    return told(text, **numbers, **facts)
