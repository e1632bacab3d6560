"""Rows: the columns that a model is trained on and measured with. rows.py makes them from records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import Channel
from ..data.columns import Flags, Floats, Texts
from .folds import FIRST_TRAIN, TEST, VALIDATION


@dataclass(frozen=True)
class Absent:
    """A channel that `rows` of `of` records lack; `since` when (Unix seconds) all do, None where it comes and goes."""

    channel: str
    rows: int
    of: int
    first: float
    since: float | None
    filled: bool


@dataclass(frozen=True)
class Rows:
    """N rows in columns.

    `readings` and `references` are float64 [N, channels] in the channels' units, NaN where `fill` stands in and
    reference 0 where a channel has none; `numeric` [N, F] the numbers of the context in the order of the
    configuration; `ids` one column of N texts per id field ("" where there is none); `labels` indices into the
    configuration's labels; `groups` indices of batches; `unseen` is [N, fields of config.data.unseen], true where a row
    is kept out of training for its value of that field.

    `test_weight` says how many rows of the natural stream a row stands for: 1 where the device's context, the process
    or maintenance labelled it, 1 / `probability` where an authenticated engineer answered for the evaluation stream,
    and 0 for all other answers: these train, and never count in a figure.

    `channels` are those of the configuration, with ranges and units that it leaves open learned from the training rows.
    """

    ldo_ids: Texts
    timestamps: Floats
    devices: Texts
    assets: Texts
    readings: Floats
    references: Floats
    numeric: Floats
    ids: tuple[Texts, ...]
    labels: NDArray[np.int64]
    sources: Texts
    writers: Texts
    probability: Floats
    test_weight: Floats
    groups: NDArray[np.int64]
    grouping: Texts
    folds: NDArray[np.int64]
    unseen: Flags
    channels: tuple[Channel, ...]
    absent: tuple[Absent, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def grouped_by(self) -> Mapping[str, int]:
        """How many rows were grouped by what."""
        return Counter(self.grouping)

    def where(self, mask: Flags) -> "Rows":
        """The rows that a mask selects."""
        index = np.flatnonzero(mask)
        return replace(self, **{name: _map(getattr(self, name), index) for name in _COLUMNS})

    @staticmethod
    def joined(parts: "Sequence[Rows]") -> "Rows":
        """Rows of several sets, one behind the other."""
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS if name != "ids"
        }
        columns["ids"] = tuple(np.concatenate(same) for same in zip(*(part.ids for part in parts), strict=True))
        return replace(parts[0], **columns)

    def train(self) -> "Rows":
        """Folds 2 to 9."""
        return self.where(self.in_train())

    def in_train(self) -> Flags:
        """Which rows train: those of folds 2 to 9 that are not held back."""
        return (self.folds >= FIRST_TRAIN) & ~self.held_back()

    def validation(self) -> "Rows":
        """Fold 1."""
        return self.where((self.folds == VALIDATION) & ~self.held_back())

    def test(self) -> "Rows":
        """Fold 0."""
        return self.where((self.folds == TEST) & ~self.held_back())

    def held_back(self) -> Flags:
        """Which rows have a value that training never sees."""
        return np.asarray(self.unseen.any(axis=1), np.bool_)

    def never_seen(self, column: int) -> "Rows":
        """All rows with a held-out value of the `column`-th field of config.data.unseen, and of no other."""
        return self.where(self.unseen[:, column] & (self.unseen.sum(axis=1) == 1))


_COLUMNS = tuple(field.name for field in fields(Rows) if field.name not in ("channels", "absent"))


def _map(column: Any, index: NDArray[np.int64]) -> Any:  # noqa: ANN401 - one column, or a tuple of them
    return tuple(part[index] for part in column) if isinstance(column, tuple) else column[index]
