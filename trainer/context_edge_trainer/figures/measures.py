"""What a model is worth on rows that it has not seen: figures with 95 % intervals, from its answers alone.

FPR is what the device would do: truly normal rows on which the model alerts, that is, names something else above the
alert confidence. `fpr_likeliest` counts every normal row that is not called normal, however doubtful. A row counts with
its weight (1, or 1 / the probability with which it was drawn for review), and one of weight 0 not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import Config
from .bootstrap import Figure, Floats, interval, resample, weighed, worth

Integers = NDArray[np.int64]
BINS = 10
# Figures that are no shares of rows: at their ends no number of tries says how far they may be off.
NO_SHARES = ("macro_f1", "alert_calibration_gap")
# The columns of `_Sums.alerts`.
ALERTS, RIGHT, SAID, FALSE = range(4)


@dataclass(frozen=True)
class Scheme:
    """How answers are read: the labels' names, which one is normal, and above which confidence a device alerts."""

    labels: tuple[str, ...]
    normal: int
    alert_confidence: float
    seed: int

    @staticmethod
    def of(config: Config) -> "Scheme":
        """That of a configuration."""
        names = tuple(label.name for label in config.labels)
        return Scheme(names, config.normal, config.policy.alert_confidence, config.training.seed)


@dataclass(frozen=True)
class Judged:
    """Truth and answer of N rows.

    `truth` and `said` are indices of labels, `confidence` the probability of what is said, `probabilities`
    [N, labels], `groups` indices of groups, `weights` how much each row counts.
    """

    truth: Integers
    said: Integers
    confidence: Floats
    probabilities: Floats
    groups: Integers
    weights: Floats

    def __len__(self) -> int:
        return len(self.truth)

    def where(self, mask: NDArray[np.bool_]) -> "Judged":
        """The rows that a mask selects."""
        return Judged(
            self.truth[mask],
            self.said[mask],
            self.confidence[mask],
            self.probabilities[mask],
            self.groups[mask],
            self.weights[mask],
        )

    def counted(self) -> "Judged":
        """The rows that count."""
        return self.where(self.weights > 0)


def judge(probabilities: Floats, truth: Integers, groups: Integers, weights: Floats | None = None) -> Judged:
    """From probabilities [N, labels] to answers; without weights each row counts 1."""
    counts = np.ones(len(truth)) if weights is None else weights
    return Judged(truth, probabilities.argmax(axis=1), probabilities.max(axis=1), probabilities, groups, counts)


def measure(judged: Judged, scheme: Scheme) -> dict[str, Any]:
    """Rows, groups, figures, the confusion matrix in rows (row truth, column said) and what confidence is worth."""
    counted = judged.counted()
    sums = _Sums.of(counted, scheme)
    bins = _bins(counted)
    drawn = resample(np.concatenate([sums.flat(), bins], axis=1), scheme.seed)
    width = sums.flat().shape[1]
    return {
        "rows": len(counted),
        "groups": len(sums.cells),
        "figures": _with_intervals(sums, drawn[:, :width], counted, scheme),
        "confusion": _confusion(counted, len(scheme.labels)),
        "confidence": _confidence(counted, bins, drawn[:, width:]),
    }


def gains(better: Judged, worse: Judged, scheme: Scheme, names: Iterable[str]) -> dict[str, Figure]:
    """Differences of figures between two models on the same rows; for their intervals both see the same samples."""
    for column in ("groups", "truth", "weights"):
        if not np.array_equal(getattr(better, column), getattr(worse, column)):
            raise ValueError("two models are compared on the same rows, in the same order")
    sides = []
    for judged in (better.counted(), worse.counted()):
        sums = _Sums.of(judged, scheme)
        drawn = resample(sums.flat(), scheme.seed)
        sides.append((_figures(sums.total(), scheme), _figures(drawn, scheme), _rests_on(judged, scheme)))
    (one, ones, on), (other, others, other_on) = sides
    weights = better.counted().weights
    groups = len(np.unique(better.counted().groups))
    found = {}
    for name in names:
        gain, gains_drawn = float(one[name][0] - other[name][0]), ones[name] - others[name]
        # As little is known as of the one of the two that rests on less.
        mask = min(on[name], other_on[name], key=lambda rows: worth(weights[rows]))
        found[name] = weighed(interval(gain, gains_drawn, int(mask.sum()), groups=groups), weights[mask])
    return found


@dataclass(frozen=True)
class _Sums:
    """Weighted sums per group.

    `cells` [G, labels, labels]: truth by answer; `alerts` [G, 4]: alerts, those that are right, what they said, and
    those on normal rows.
    """

    cells: Floats
    alerts: Floats

    @staticmethod
    def of(judged: Judged, scheme: Scheme) -> "_Sums":
        labels = len(scheme.labels)
        names, group = np.unique(judged.groups, return_inverse=True)
        size = len(names)
        cell = (group * labels + judged.truth) * labels + judged.said
        cells = np.bincount(cell, weights=judged.weights, minlength=size * labels * labels)
        alert = _alerts(judged, scheme)
        columns = np.stack(
            [
                alert,
                alert & (judged.said == judged.truth),
                np.where(alert, judged.confidence, 0.0),
                alert & (judged.truth == scheme.normal),
            ]
        )
        sums = [np.bincount(group, weights=column * judged.weights, minlength=size) for column in columns]
        return _Sums(cells.reshape(size, labels, labels).astype(np.float64), np.stack(sums, axis=1).astype(np.float64))

    def flat(self) -> Floats:
        """[G, labels² + 4]."""
        size, labels = self.cells.shape[:2]
        return np.concatenate([self.cells.reshape(size, labels * labels), self.alerts], axis=1)

    def total(self) -> Floats:
        """[1, labels² + 4]: the sums of all rows."""
        return self.flat().sum(axis=0, keepdims=True)


def _alerts(judged: Judged, scheme: Scheme) -> NDArray[np.bool_]:
    return (judged.said != scheme.normal) & (judged.confidence > scheme.alert_confidence)


def _figures(flat: Floats, scheme: Scheme) -> dict[str, Floats]:
    """Figures of B samples from their sums [B, labels² + 4]; NaN where nothing defines one.

    Macro-F1 is the mean of 2 hits / (truly + said) over the labels that truly occur in a sample.
    """
    labels = len(scheme.labels)
    cells, alerts = flat[:, : labels * labels].reshape(-1, labels, labels), flat[:, labels * labels :].T
    hits = np.einsum("bii->bi", cells)
    truly, said = cells.sum(axis=2), cells.sum(axis=1)
    normal = truly[:, scheme.normal]
    occurs = truly > 0
    f1 = np.where(occurs, _ratio(2 * hits, truly + said), 0.0)
    figures = {
        "accuracy": _ratio(hits.sum(axis=1), cells.sum(axis=(1, 2))),
        "fpr": _ratio(alerts[FALSE], normal),
        "fpr_likeliest": 1 - _ratio(hits[:, scheme.normal], normal),
        "macro_f1": _ratio(f1.sum(axis=1), occurs.sum(axis=1)),
        "alert_precision": _ratio(alerts[RIGHT], alerts[ALERTS]),
        "alert_calibration_gap": _ratio(alerts[SAID] - alerts[RIGHT], alerts[ALERTS]),
    }
    for index, name in enumerate(scheme.labels):
        figures[f"recall.{name}"] = _ratio(hits[:, index], truly[:, index])
    for index, name in enumerate(scheme.labels):
        figures[f"precision.{name}"] = _ratio(hits[:, index], said[:, index])
    return figures


def _ratio(above: Floats, below: Floats | NDArray[np.int64]) -> Floats:
    """NaN where there is nothing below."""
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


def _with_intervals(sums: _Sums, drawn: Floats, judged: Judged, scheme: Scheme) -> dict[str, Figure]:
    point, samples = _figures(sums.total(), scheme), _figures(drawn, scheme)
    effect = _design_effect(float(point["accuracy"][0]), samples["accuracy"], len(judged))
    found = {}
    for name, mask in _rests_on(judged, scheme).items():
        rows = int(mask.sum())
        units = 0.0 if name in NO_SHARES else max(len(np.unique(judged.groups[mask])), rows / effect)
        figure = interval(float(point[name][0]), samples[name], rows, units, groups=len(sums.cells))
        found[name] = weighed(figure, judged.weights[mask])
    return found


def _design_effect(accuracy: float, drawn: Floats, rows: int) -> float:
    """By how much the variance of accuracy is larger than that of as many independent rows; at least 1.

    Where every answer is right, or wrong, nothing tells: infinite. Kish 1965, chapter 8.2.
    """
    known = drawn[np.isfinite(drawn)]
    if rows == 0 or not 0 < accuracy < 1 or len(known) == 0:
        return np.inf
    return max(1.0, float(known.var()) * rows / (accuracy * (1 - accuracy)))


def _rests_on(judged: Judged, scheme: Scheme) -> dict[str, NDArray[np.bool_]]:
    """The rows below the line of each figure's fraction."""
    everything = np.ones(len(judged), np.bool_)
    normal, alerts = judged.truth == scheme.normal, _alerts(judged, scheme)
    masks = {
        "accuracy": everything,
        "fpr": normal,
        "fpr_likeliest": normal,
        "macro_f1": everything,
        "alert_precision": alerts,
        "alert_calibration_gap": alerts,
    }
    masks |= {f"recall.{name}": judged.truth == index for index, name in enumerate(scheme.labels)}
    return masks | {f"precision.{name}": judged.said == index for index, name in enumerate(scheme.labels)}


def _confusion(judged: Judged, labels: int) -> list[list[int]]:
    cells = np.bincount(judged.truth * labels + judged.said, minlength=labels * labels)
    return cells.reshape(labels, labels).tolist()


def _bins(judged: Judged) -> Floats:
    """[G, 3 · BINS]: per bin of confidence the weight, what was said and what was right."""
    names, group = np.unique(judged.groups, return_inverse=True)
    place = np.minimum((judged.confidence * BINS).astype(np.int64), BINS - 1)
    right = (judged.said == judged.truth) * judged.weights
    columns = [judged.weights, judged.confidence * judged.weights, right]
    size = len(names) * BINS
    sums = [np.bincount(group * BINS + place, weights=column, minlength=size) for column in columns]
    return np.concatenate([column.reshape(len(names), BINS) for column in sums], axis=1).astype(np.float64)


def _confidence(judged: Judged, bins: Floats, drawn: Floats) -> dict[str, Any]:
    """What was said against what was right, by confidence: `bins` for a picture, `ece` for information alone.

    A perfectly calibrated model has an expected calibration error of several points on a few hundred rows.
    """
    weight, said, right = bins.sum(axis=0).reshape(3, BINS)
    shares = _ratio(drawn[:, 2 * BINS :], drawn[:, :BINS])
    place = np.minimum((judged.confidence * BINS).astype(np.int64), BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    found = []
    for index in np.flatnonzero(rows):
        units = len(np.unique(judged.groups[place == index]))
        share = interval(
            float(right[index] / weight[index]), shares[:, index], int(rows[index]), units, groups=len(bins)
        )
        mean = round(float(said[index] / weight[index]), 5)
        found.append({"from": index / BINS, "to": (index + 1) / BINS, "said": mean, "right": share})
    total = weight.sum()
    return {"ece": round(float(np.abs(said - right).sum() / total), 5) if total > 0 else None, "bins": found}
