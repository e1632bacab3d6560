"""Intervals by drawing whole groups with replacement, because rows of one batch resemble each other.

A figure is a function of sums over rows, so a sample of groups is a sum of theirs: 1,000 samples are one product of
matrices, whatever the number of rows. Two models that are judged on the same rows see the same samples, which makes the
interval of their difference a paired one. Cluster bootstrap: Davison and Hinkley 1997, chapter 3.8; percentiles.
"""

from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
CONFIDENCE = 0.95
# How many numbers are drawn at once: 32 MB.
CHUNK = 4_000_000

Floats = NDArray[np.float64]


class Figure(TypedDict):
    """A measured figure with its 95 % interval; None where nothing defines one. `n` is the rows that it rests on.

    `worth` is as how many rows of equal weight these count, where they do not weigh the same.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    worth: NotRequired[float]


def resample(sums: Floats, seed: int) -> Floats:
    """Sums [DRAWS, K] of as many groups as there are, drawn with replacement, from the sums [G, K] of each.

    The draws depend on `seed` and G alone.
    """
    groups = len(sums)
    random = np.random.default_rng(seed)
    drawn = np.zeros((DRAWS, sums.shape[1]))
    step = max(1, CHUNK // max(groups, 1))
    for start in range(0, DRAWS if groups > 0 else 0, step):
        some = min(step, DRAWS - start)
        picked = random.integers(0, groups, (some, groups)) + np.arange(some)[:, None] * groups
        times = np.bincount(picked.ravel(), minlength=some * groups).reshape(some, groups)
        drawn[start : start + some] = times.astype(np.float64) @ sums
    return drawn


def worth(weights: Floats) -> float:
    """As how many rows of equal weight those with these weights count: Kish's effective sample size (1965, 11.7)."""
    total = float(weights.sum())
    return total * total / float(np.square(weights).sum()) if total > 0 else 0.0


def worth_of(figure: Figure) -> float:
    """As how many rows of equal weight those count that a figure rests on."""
    return figure.get("worth", figure["n"])


def weighed(figure: Figure, weights: Floats) -> Figure:
    """The figure, with what its rows are worth where they do not weigh the same."""
    found = round(worth(weights), 1)
    return {**figure, "worth": found} if found < len(weights) else figure


def interval(value: float, drawn: Floats, n: int, units: float = 0, *, groups: int = 2) -> Figure:
    """Percentile interval of the drawn figures; with one group alone nothing tells how far it may be off.

    `units` is given for a share alone: as how many independent rows those that it rests on count. A share of 0 or 1 is
    the same in every sample, from which the bootstrap would conclude that it is certain; its interval is then the exact
    one of that many tries (Clopper and Pearson 1934).
    """
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or len(known) == 0:
        return {"value": _rounded(value), "low": None, "high": None, "n": n}
    if groups < 2 and not (units > 0 and value in (0, 1)):
        return {"value": _rounded(value), "low": None, "high": None, "n": n}
    tail = (1 - CONFIDENCE) / 2
    low, high = np.percentile(known, [100 * tail, 100 * (1 - tail)])
    if units > 0 and value <= 0:
        high = max(high, 1 - tail ** (1 / units))
    elif units > 0 and value >= 1:
        low = min(low, tail ** (1 / units))
    return {"value": _rounded(value), "low": _rounded(float(low)), "high": _rounded(float(high)), "n": n}


def _rounded(number: float) -> float | None:
    return round(number, 5) if np.isfinite(number) else None
