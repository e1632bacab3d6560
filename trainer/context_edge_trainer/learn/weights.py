"""How much each training row counts: rare classes more, and nobody's labels too much.

A class that one person labelled, or that one device saw, is that person's opinion or that device's noise. So of a class
nobody has more than a set share of the weight, as long as there is anybody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..config import Config
from ..data.columns import Floats, Integers, Texts
from .dataset import Rows

MOST = 100.0
"""No row counts more than so many times as much as another of its class: one odd row must not outweigh thousands."""
ROUNDS = 50
NAMED = 5
CLOSE = 1e-3


@dataclass(frozen=True)
class Unmet:
    """Who has more than the cap of a class: `share` of its weight, and of `others` nobody or too few rows are there."""

    label: str
    who: str
    share: float
    others: int


def row_weights(train: Rows, config: Config) -> tuple[Floats, list[Unmet]]:
    """Weight of each training row, 1 on average, and where the cap of config.training.writer_cap cannot be kept."""
    writers = np.where(train.writers != "", train.writers, "device " + train.devices)
    columns = (writers, "device " + train.devices)
    capped = capped_weights(train.labels, columns, config.training.writer_cap)
    names = [label.name for label in config.labels]
    weights = capped * class_weights(train.labels, capped, len(names), config.training.class_weight_power)
    return weights / weights.mean(), unmet(train.labels, columns, capped, names, config.training.writer_cap)


def class_weights(labels: Integers, weights: Floats, count: int, power: float) -> Floats:
    """Inverse frequency to a power, for each of N rows; frequencies are those of the rows' weights."""
    total = np.bincount(labels, weights, count)
    return ((total.sum() / np.maximum(total, 1e-12)) ** power)[labels]


def capped_weights(labels: Integers, columns: Sequence[Texts], cap: float) -> Floats:
    """Weights of N rows by which, within each class, no value of any of the columns has more than `cap` of the weight.

    A class keeps its weight: its rows count 1 on average. With fewer than 1 / cap values none can have less than an
    equal share, and with one alone nothing is done. No row counts more than a hundred times as much as another.
    """
    weights = np.ones(len(labels))
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        parts = [np.unique(column[rows].astype(str), return_inverse=True)[1] for column in columns]
        weights[rows] = _balanced(parts, cap)
    return weights


def unmet(labels: Integers, columns: Sequence[Texts], weights: Floats, names: Sequence[str], cap: float) -> list[Unmet]:
    """Where the largest share of a class is above the cap, the largest first named."""
    found: dict[tuple[str, str], Unmet] = {}
    for label in np.unique(labels):
        rows = labels == label
        for column in columns:
            who, part = np.unique(column[rows].astype(str), return_inverse=True)
            shares = np.bincount(part, weights[rows]) / weights[rows].sum()
            top = int(shares.argmax())
            if shares[top] > cap + CLOSE:
                others = int((part != top).sum())
                unmet = Unmet(names[label], str(who[top]), round(float(shares[top]), 4), others)
                found.setdefault((unmet.label, unmet.who), unmet)
    return list(found.values())


def tell_unmet(unmet: Sequence[Unmet], cap: float) -> list[str]:
    """A line for each who has more than the cap; what one alone labelled is apart from what others labelled too."""
    alone: dict[str, list[str]] = {}
    above: dict[str, list[str]] = {}
    for entry in unmet:
        if entry.others == 0:
            alone.setdefault(entry.who, []).append(entry.label)
        else:
            above.setdefault(entry.who, []).append(
                f"{entry.label} ({entry.share:.0%}, {entry.others:,} rows of others)"
            )
    lines = [
        f"all rows of {_few(labels)} are of {who}: nobody else's could count more" for who, labels in alone.items()
    ]
    return lines + [
        f"{who} keeps more than {cap:.0%} of the weight of {_few(labels)}: others are too few"
        for who, labels in above.items()
    ]


def _few(names: Sequence[str]) -> str:
    """The first names, and how many there are more."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _balanced(parts: Sequence[Integers], cap: float) -> Floats:
    """Weights of the rows of one class, 1 on average; the columns are capped in turn until all hold."""
    weights = np.ones(len(parts[0]))
    for _ in range(ROUNDS):
        before = weights.copy()
        for part in parts:
            totals: Floats = np.bincount(part, weights).astype(np.float64)
            weights = weights * (_levelled(totals, cap) / totals)[part]
        weights = np.maximum(weights, weights.max() / MOST)
        if np.allclose(weights, before, rtol=1e-6):
            break
    return weights / weights.mean()


def _levelled(totals: Floats, cap: float) -> Floats:
    """The totals, the largest cut to a level L at which none has more than `cap` of what is left of all.

    With k of them cut, L = cap (k L + rest), so L = cap rest / (1 - k cap).
    """
    share = max(cap, 1 / len(totals))
    order = np.sort(totals)[::-1]
    for cut in range(len(order)):
        rest = order[cut:].sum()
        level = order[-1] if 1 - cut * share <= 1e-9 else share * rest / (1 - cut * share)
        if order[cut] <= level * (1 + 1e-12):
            return np.minimum(totals, level)
    return np.minimum(totals, order[-1])
