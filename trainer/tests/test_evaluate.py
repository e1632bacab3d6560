"""Figures against counts made by hand; intervals that know that rows of a batch belong together."""

import numpy as np
import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.evaluate import Judged, gain, judge, measure, slices

NORMAL, HOT, LEAK = 0, 1, 2


def judged(rows: list[tuple[int, int, float]], group_size: int = 1) -> Judged:
    """Rows of (truth, said, confidence), in groups of a size."""
    truth, said, confidence = (np.array(column) for column in zip(*rows, strict=True))
    return Judged(truth, said, confidence.astype(np.float64), np.arange(len(rows)) // group_size)


def test_fpr_counts_alerts_on_normal_rows_and_nothing_else(config: Config) -> None:
    answers = judged(
        [
            (NORMAL, NORMAL, 0.99),
            (NORMAL, HOT, 0.81),  # a false alert
            (NORMAL, HOT, 0.80),  # goes to review: above 0.8 alerts, 0.8 does not
            (NORMAL, NORMAL, 0.5),
            (HOT, HOT, 0.9),
            (HOT, LEAK, 0.9),
            (LEAK, LEAK, 0.6),
            (LEAK, NORMAL, 0.9),
        ]
    )
    measured = measure(answers, config)
    value = {name: figure["value"] for name, figure in measured["figures"].items()}
    assert value["fpr"] == 0.25
    assert value["fpr_likeliest"] == 0.5
    assert value["accuracy"] == 0.5
    assert value["recall.normal"] == 0.5
    assert value["precision.hot"] == pytest.approx(1 / 3, abs=1e-5)
    assert value["alert_precision"] == pytest.approx(1 / 3, abs=1e-5)
    assert value["alert_calibration_gap"] == pytest.approx((0.81 + 0.9 + 0.9 - 1) / 3, abs=1e-5)
    assert measured["confusion"] == [[2, 2, 0], [0, 1, 1], [1, 0, 1]]


def test_always_normal_is_accurate_and_useless(config: Config) -> None:
    answers = judged([(NORMAL, NORMAL, 1.0)] * 96 + [(HOT, NORMAL, 1.0)] * 2 + [(LEAK, NORMAL, 1.0)] * 2)
    figures = measure(answers, config)["figures"]
    assert figures["accuracy"]["value"] == 0.96
    assert figures["fpr"]["value"] == 0
    assert figures["recall.hot"]["value"] == 0
    assert figures["macro_f1"]["value"] < 0.34
    assert figures["alert_precision"] == {"value": None, "low": None, "high": None}


def test_intervals_widen_when_rows_come_in_batches(config: Config) -> None:
    draw = np.random.default_rng(1)
    good = draw.random(100) < 0.8
    rows = [(NORMAL, NORMAL if batch else HOT, 0.9) for batch in good for _ in range(20)]
    width = {}
    for size in (1, 20):
        figure = measure(judged(rows, group_size=size), config)["figures"]["accuracy"]
        assert figure["low"] <= figure["value"] <= figure["high"]
        width[size] = figure["high"] - figure["low"]
    assert width[20] > 3.5 * width[1]


def test_the_interval_of_accuracy_agrees_with_the_binomial(config: Config) -> None:
    rows = [(NORMAL, NORMAL, 0.9)] * 900 + [(NORMAL, HOT, 0.9)] * 100
    figure = measure(judged(rows), config)["figures"]["accuracy"]
    half = 1.96 * np.sqrt(0.9 * 0.1 / 1000)
    assert figure["low"] == pytest.approx(0.9 - half, abs=0.004)
    assert figure["high"] == pytest.approx(0.9 + half, abs=0.004)


def test_a_gain_is_paired(config: Config) -> None:
    worse = judged([(NORMAL, NORMAL, 0.9), (NORMAL, HOT, 0.9)] * 200)
    better = Judged(worse.truth, np.zeros_like(worse.said), worse.confidence, worse.groups)
    assert gain(worse, worse, config, "accuracy") == {"value": 0, "low": 0, "high": 0}
    found = gain(better, worse, config, "accuracy")
    assert found["value"] == 0.5
    assert found["low"] is not None
    assert found["low"] > 0.4
    with pytest.raises(ValueError, match="same rows"):
        gain(better, judged([(NORMAL, NORMAL, 0.9)]), config, "accuracy")


def test_slices_part_the_rows(config: Config) -> None:
    answers = judge(np.eye(3)[[0, 1, 2, 0]], np.array([0, 1, 1, 0]), np.arange(4))
    parts = slices(answers, ("A", "A", "B", ""), config)
    assert {name: part["rows"] for name, part in parts.items()} == {"A": 2, "B": 1, "(none)": 1}
    assert parts["B"]["figures"]["accuracy"]["value"] == 0


def test_no_rows_have_no_figures(config: Config) -> None:
    empty = np.zeros(0, np.int64)
    assert measure(Judged(empty, empty, np.zeros(0), empty), config) == {"rows": 0, "groups": 0}
