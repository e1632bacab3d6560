"""How often the 95 % intervals hold the truth, over thousands of simulated test folds: `pytest -m slow -s` shows it.

Not in the quick run: it takes minutes. The figures stand in docs/learning.md.
"""

import numpy as np
import pytest

from context_edge_trainer.figures.measures import Judged, Scheme, gains, measure
from context_edge_trainer.judge.gates import COMPARED

SCHEME = Scheme(("normal", "wear", "jam"), 0, 0.8, 1)
FOLDS = 4000
FIGURES = ("accuracy", "fpr", "macro_f1", "recall.wear", "alert_precision", "alert_calibration_gap")
# How far wrong answers of a batch go together: the intra-class correlation of a beta distribution is 1 / (a + b + 1).
TOGETHER = 0.05
RIGHT = (0.97, 0.88, 0.85)
FALSE_ALERTS = 0.01


def fold(draw: np.random.Generator, groups: int, models: int = 1, size: int = 30) -> list[Judged]:
    """A test fold of batches in which wrong answers, false alerts and faults come together, as so many models judge it.

    The models are alike: each finds the same batches hard, and errs in them by itself.
    """
    sizes = draw.poisson(size, groups) + 1
    group = np.repeat(np.arange(groups), sizes)
    count = len(group)
    faulty = draw.random(count) < _per_group(draw, 0.3, groups)[group]
    truth = np.where(faulty, draw.integers(1, 3, count), 0)
    right = np.stack([_per_group(draw, share, groups) for share in RIGHT], axis=1)[group, truth]
    alarming = _per_group(draw, FALSE_ALERTS, groups)[group]
    return [_judged(draw, truth, group, right, alarming) for _ in range(models)]


def _per_group(draw: np.random.Generator, mean: float, groups: int) -> np.ndarray:
    strength = 1 / TOGETHER - 1
    return draw.beta(mean * strength, (1 - mean) * strength, groups)


def _judged(
    draw: np.random.Generator, truth: np.ndarray, group: np.ndarray, right: np.ndarray, alarming: np.ndarray
) -> Judged:
    count = len(truth)
    hit = draw.random(count) < right
    said = np.where(hit, truth, (truth + draw.integers(1, 3, count)) % 3)
    alarm = (truth == 0) & (draw.random(count) < alarming)
    said = np.where(alarm, 1, np.where((truth == 0) & ~alarm & (said != 0), 2, said))
    # Sure of its alarms and of most hits; what it says of the rest goes to review.
    confidence = np.where(alarm | (hit & (draw.random(count) < 0.9)), 0.93, 0.6)
    return Judged(truth, said, confidence, np.zeros((count, 3)), group, np.ones(count))


def truth_of(seed: int) -> dict[str, float | None]:
    """The figures of so many rows that chance plays no part."""
    measured = measure(fold(np.random.default_rng(seed), 60_000)[0], SCHEME)["figures"]
    return {name: measured[name]["value"] for name in FIGURES}


@pytest.mark.slow
@pytest.mark.parametrize(("groups", "least"), [(340, 0.935), (100, 0.90), (40, 0.86), (15, 0.80)])
def test_intervals_hold_the_truth_as_often_as_they_say(groups: int, least: float) -> None:
    draw = np.random.default_rng(groups)
    truth = truth_of(7)
    held = dict.fromkeys(FIGURES, 0)
    known = dict.fromkeys(FIGURES, 0)
    for _ in range(FOLDS):
        figures = measure(fold(draw, groups)[0], SCHEME)["figures"]
        for name in FIGURES:
            low, high, expected = figures[name]["low"], figures[name]["high"], truth[name]
            if low is not None and high is not None and expected is not None:
                known[name] += 1
                held[name] += low <= expected <= high
    coverage = {name: held[name] / known[name] for name in FIGURES}
    print(f"\n{groups} batches: " + ", ".join(f"{name} {100 * share:.1f} %" for name, share in coverage.items()))
    assert min(coverage.values()) > least
    assert max(coverage.values()) < 0.99


@pytest.mark.slow
def test_a_model_as_good_as_the_current_one_is_seldom_called_worse() -> None:
    """The gate fails when the whole interval of the difference is on the wrong side: one time in forty by chance."""
    draw = np.random.default_rng(3)
    failed = dict.fromkeys(COMPARED, 0)
    for _ in range(FOLDS):
        for name, figure in gains(*fold(draw, 340, models=2), SCHEME, COMPARED).items():
            worst = figure["high"] if COMPARED[name] > 0 else figure["low"]
            failed[name] += worst is not None and worst * COMPARED[name] < 0
    shares = {name: count / FOLDS for name, count in failed.items()}
    print("\nalike, and called worse: " + ", ".join(f"{name} {100 * share:.1f} %" for name, share in shares.items()))
    assert max(shares.values()) < 0.04
