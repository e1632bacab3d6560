"""What a model is worth on rows it has not seen, each figure with a 95 % interval.

Rows of one batch resemble each other, so the interval comes from drawing whole groups with replacement, never single
rows. FPR is what the device would do: truly normal rows on which the model alerts, that is, names something else
above the alert confidence. `fpr_likeliest` counts every normal row that is not called normal, however doubtful.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .config import Config

DRAWS = 1000
CONFIDENCE = 0.95

Floats = NDArray[np.float64]
Figure = dict[str, float | None]
"""{value, low, high}"""


@dataclass(frozen=True)
class Judged:
    """Truth and answer of N rows: indices of labels, the probability of what is said, indices of groups."""

    truth: NDArray[np.int64]
    said: NDArray[np.int64]
    confidence: Floats
    groups: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> "Judged":
        """The rows that a mask selects."""
        return Judged(self.truth[mask], self.said[mask], self.confidence[mask], self.groups[mask])


def judge(probabilities: Floats, truth: NDArray[np.int64], groups: NDArray[np.int64]) -> Judged:
    """From probabilities [N, labels] to answers."""
    return Judged(truth, probabilities.argmax(axis=1), probabilities.max(axis=1), groups)


def measure(judged: Judged, config: Config) -> dict[str, Any]:
    """Rows, groups, figures `{value, low, high}` and the confusion matrix (row truth, column said)."""
    if len(judged.truth) == 0:
        return {"rows": 0, "groups": 0}
    counts = _Counts.of(judged, config)
    point = _figures(counts.cells.sum(0)[None], counts.extra.sum(0)[None], config)
    drawn = _figures(*counts.drawn(seed=config.training.seed), config)
    return {
        "rows": len(judged.truth),
        "groups": len(counts.cells),
        "figures": {name: _interval(float(point[name][0]), drawn[name]) for name in point},
        "confusion": counts.cells.sum(0).astype(int).tolist(),
    }


def gain(better: Judged, worse: Judged, config: Config, figure: str) -> Figure:
    """Difference of a figure between two models on the same rows; for its interval both see the same drawn groups."""
    if not np.array_equal(better.groups, worse.groups) or not np.array_equal(better.truth, worse.truth):
        raise ValueError("two models are compared on the same rows, in the same order")
    values = []
    for judged in (better, worse):
        counts = _Counts.of(judged, config)
        point = _figures(counts.cells.sum(0)[None], counts.extra.sum(0)[None], config)[figure]
        values.append((point, _figures(*counts.drawn(seed=config.training.seed), config)[figure]))
    return _interval(float(values[0][0][0] - values[1][0][0]), values[0][1] - values[1][1])


@dataclass(frozen=True)
class _Counts:
    """Sufficient counts per group.

    `cells` [G, labels, labels]: truth by answer; `extra` [G, 4]: alerts, those that are right, the sum of what alerts
    said, false alerts on normal rows.
    """

    cells: Floats
    extra: Floats

    @staticmethod
    def of(judged: Judged, config: Config) -> "_Counts":
        labels = len(config.labels)
        names, group = np.unique(judged.groups, return_inverse=True)
        size = len(names)
        cell = (group * labels + judged.truth) * labels + judged.said
        cells = np.bincount(cell, minlength=size * labels * labels).reshape(size, labels, labels).astype(np.float64)
        alert = (judged.said != config.normal) & (judged.confidence > config.policy.alert_confidence)
        columns = [
            alert,
            alert & (judged.said == judged.truth),
            np.where(alert, judged.confidence, 0.0),
            alert & (judged.truth == config.normal),
        ]
        extra = np.stack([np.bincount(group, weights=column, minlength=size) for column in columns], axis=1)
        return _Counts(cells, extra.astype(np.float64))

    def drawn(self, seed: int) -> tuple[Floats, Floats]:
        """Counts of DRAWS samples of as many groups, drawn with replacement."""
        size = len(self.cells)
        random = np.random.default_rng(seed)
        times = random.multinomial(size, np.full(size, 1 / size), size=DRAWS).astype(np.float64)
        labels = self.cells.shape[1]
        return (times @ self.cells.reshape(size, -1)).reshape(DRAWS, labels, labels), times @ self.extra


def _figures(cells: Floats, extra: Floats, config: Config) -> dict[str, Floats]:
    """Figures of B samples from their counts [B, labels, labels] and [B, 4]; NaN where nothing defines one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hits = np.einsum("bii->bi", cells)
        truly = cells.sum(axis=2)
        said = cells.sum(axis=1)
        normal = truly[:, config.normal]
        alerts, right, confidence, false = extra.T
        figures = {
            "accuracy": hits.sum(axis=1) / cells.sum(axis=(1, 2)),
            "fpr": false / normal,
            "fpr_likeliest": 1 - hits[:, config.normal] / normal,
            "macro_f1": (2 * hits / np.maximum(truly + said, 1)).mean(axis=1),
            "alert_precision": right / alerts,
            "alert_calibration_gap": (confidence - right) / alerts,
        }
        for index, label in enumerate(config.labels):
            figures[f"recall.{label.name}"] = hits[:, index] / truly[:, index]
        for index, label in enumerate(config.labels):
            figures[f"precision.{label.name}"] = hits[:, index] / said[:, index]
    return figures


def _interval(value: float, drawn: Floats) -> Figure:
    """Percentile interval of the drawn figures; None where nothing defines one."""
    tail = 100 * (1 - CONFIDENCE) / 2
    known = drawn[np.isfinite(drawn)]
    low, high = np.percentile(known, [tail, 100 - tail]) if len(known) > 0 else (np.nan, np.nan)
    return {key: _rounded(number) for key, number in (("value", value), ("low", float(low)), ("high", float(high)))}


def _rounded(number: float) -> float | None:
    return round(number, 5) if np.isfinite(number) else None


def slices(judged: Judged, values: tuple[str, ...], config: Config) -> dict[str, dict[str, Any]]:
    """`measure` per value of an id field, without the confusion matrix."""
    column = np.array(values)
    result: dict[str, dict[str, Any]] = {}
    for value in sorted(set(values)):
        measured = measure(judged.where(column == value), config)
        measured.pop("confusion", None)
        result[value or "(none)"] = measured
    return result
