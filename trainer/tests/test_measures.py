"""Figures against counts by hand and by a slow, plain reader; intervals that know which rows belong together."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from context_edge_trainer.figures.bootstrap import interval, resample
from context_edge_trainer.figures.measures import Judged, Scheme, gains, judge, measure

NORMAL, HOT, LEAK = 0, 1, 2
NAMES = ("normal", "hot", "leak")
SCHEME = Scheme(NAMES, NORMAL, 0.8, 1)
Row = tuple[int, int, float]


def judged(rows: list[Row], group_size: int = 1, weights: list[float] | None = None) -> Judged:
    """Rows of (truth, said, confidence), in groups of a size."""
    truth, said, confidence = (np.array([row[place] for row in rows]) for place in range(3))
    count = len(rows)
    return Judged(
        truth.astype(np.int64),
        said.astype(np.int64),
        confidence.astype(np.float64),
        np.zeros((count, 3)),
        np.arange(count) // group_size,
        np.ones(count) if weights is None else np.array(weights, np.float64),
    )


def values(answers: Judged) -> dict[str, float | None]:
    return {name: figure["value"] for name, figure in measure(answers, SCHEME)["figures"].items()}


def test_fpr_counts_alerts_on_normal_rows_and_nothing_else() -> None:
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
    value = values(answers)
    assert value["fpr"] == 0.25
    assert value["fpr_likeliest"] == 0.5
    assert value["accuracy"] == 0.5
    assert value["recall.normal"] == 0.5
    assert value["precision.hot"] == pytest.approx(1 / 3, abs=1e-5)
    assert value["alert_precision"] == pytest.approx(1 / 3, abs=1e-5)
    assert value["alert_calibration_gap"] == pytest.approx((0.81 + 0.9 + 0.9 - 1) / 3, abs=1e-5)
    measured = measure(answers, SCHEME)
    assert measured["confusion"] == [[2, 2, 0], [0, 1, 1], [1, 0, 1]]
    rows = {name: figure["n"] for name, figure in measured["figures"].items()}
    assert rows["accuracy"] == rows["macro_f1"] == 8
    assert (rows["fpr"], rows["alert_precision"], rows["recall.hot"], rows["precision.normal"]) == (4, 3, 2, 3)


def test_always_normal_is_accurate_and_useless() -> None:
    value = values(judged([(NORMAL, NORMAL, 1.0)] * 96 + [(HOT, NORMAL, 1.0)] * 2 + [(LEAK, NORMAL, 1.0)] * 2))
    assert value["accuracy"] == 0.96
    assert value["fpr"] == 0
    assert value["recall.hot"] == 0
    assert value["macro_f1"] is not None
    assert value["macro_f1"] < 0.34
    assert value["alert_precision"] is None


def plain(rows: list[Row], weights: list[float]) -> dict[str, float]:
    """The same figures, one after the other, by walking over the rows."""
    counted = [(*row, weight) for row, weight in zip(rows, weights, strict=True) if weight > 0]

    def share(of: list[Any], among: list[Any]) -> float:
        below = sum(row[3] for row in among)
        return sum(row[3] for row in of) / below if below > 0 else math.nan

    def where(wanted: Any) -> list[Any]:
        return [row for row in counted if wanted(*row[:3])]

    alerts = where(lambda _, said, confidence: said != NORMAL and confidence > 0.8)
    normal = where(lambda truth, *_: truth == NORMAL)
    right = where(lambda truth, said, _: truth == said)
    total = sum(row[3] for row in alerts)
    figures = {
        "accuracy": share(right, counted),
        "fpr": share([row for row in alerts if row in normal], normal),
        "fpr_likeliest": share([row for row in normal if row[1] != NORMAL], normal),
        "alert_precision": share([row for row in alerts if row[0] == row[1]], alerts),
        "alert_calibration_gap": sum(row[3] * (row[2] - (row[0] == row[1])) for row in alerts) / total
        if total
        else math.nan,
    }
    f1 = []
    for index, name in enumerate(NAMES):
        truly = [row for row in counted if row[0] == index]
        said = [row for row in counted if row[1] == index]
        hits = [row for row in truly if row in said]
        recall, precision = share(hits, truly), share(hits, said)
        figures |= {f"recall.{name}": recall, f"precision.{name}": precision}
        if truly:
            both = recall + precision
            f1.append(2 * recall * precision / both if said and both > 0 else 0.0)
    return figures | {"macro_f1": sum(f1) / len(f1) if f1 else math.nan}


rows_strategy = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([0.4, 0.79, 0.8, 0.81, 1.0])), max_size=40
)


@given(rows_strategy, st.randoms(use_true_random=False))
def test_measures_agree_with_a_plain_reading(rows: list[Row], random: Any) -> None:
    weights = [random.choice([0.0, 1.0, 5.0, 10.0]) for _ in rows]
    found = measure(judged(rows, 3, weights), SCHEME)
    assert found["rows"] == sum(weight > 0 for weight in weights)
    for name, expected in plain(rows, weights).items():
        figure = found["figures"][name]
        if math.isnan(expected):
            assert figure["value"] is figure["low"] is figure["high"] is None, name
        else:
            assert figure["value"] == pytest.approx(expected, abs=1.1e-5), name
            assert figure["low"] is None or figure["low"] <= figure["high"]


def test_a_weighted_row_stands_for_those_that_were_not_drawn_and_weight_0_for_none() -> None:
    rows = [(NORMAL, NORMAL, 0.9), (NORMAL, HOT, 0.9), (HOT, HOT, 0.9)]
    weighted = measure(judged(rows, 1, [50.0, 1.0, 0.0]), SCHEME)
    repeated = measure(judged([rows[0]] * 50 + [rows[1]]), SCHEME)
    assert weighted["figures"]["fpr"]["value"] == repeated["figures"]["fpr"]["value"] == round(1 / 51, 5)
    assert weighted["figures"]["fpr"]["n"] == 2
    assert weighted["confusion"] == [[1, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_intervals_widen_when_rows_come_in_batches() -> None:
    draw = np.random.default_rng(1)
    rows = [(NORMAL, NORMAL if good else HOT, 0.9) for good in draw.random(100) < 0.8 for _ in range(20)]
    width = {}
    for size in (1, 20):
        figure = measure(judged(rows, size), SCHEME)["figures"]["accuracy"]
        assert figure["low"] <= figure["value"] <= figure["high"]
        width[size] = figure["high"] - figure["low"]
    assert width[20] > 3.5 * width[1]


def test_the_interval_of_accuracy_agrees_with_the_binomial() -> None:
    figure = measure(judged([(NORMAL, NORMAL, 0.9)] * 900 + [(NORMAL, HOT, 0.9)] * 100), SCHEME)["figures"]["accuracy"]
    half = 1.96 * np.sqrt(0.9 * 0.1 / 1000)
    assert figure["low"] == pytest.approx(0.9 - half, abs=0.004)
    assert figure["high"] == pytest.approx(0.9 + half, abs=0.004)


def test_no_false_alert_in_few_batches_is_no_proof_of_none() -> None:
    rows = [(NORMAL, NORMAL, 0.9)] * 200
    figure = measure(judged(rows, 20), SCHEME)["figures"]["fpr"]
    assert (figure["value"], figure["low"]) == (0, 0)
    # Ten batches without one: 1 - 0.025 ** (1 / 10).
    assert figure["high"] == pytest.approx(0.30850, abs=1e-5)
    assert measure(judged(rows, 20), SCHEME)["figures"]["accuracy"]["low"] == pytest.approx(0.69150, abs=1e-5)


def test_one_batch_tells_nothing_of_others() -> None:
    figure = measure(judged([(NORMAL, NORMAL, 0.9)] * 29 + [(NORMAL, HOT, 0.9)], 30), SCHEME)["figures"]["accuracy"]
    assert figure == {"value": 0.96667, "low": None, "high": None, "n": 30}


def test_where_nothing_happened_the_other_errors_say_how_far_batches_go_together() -> None:
    """No false alert in 600 rows of 60 batches, whose other errors do not come together: nearly 600 tries."""
    rows = [(NORMAL, NORMAL, 0.9) if number % 10 else (HOT, NORMAL, 0.5) for number in range(660)]
    figure = measure(judged(rows, 11), SCHEME)["figures"]["fpr"]
    assert figure["value"] == 0
    assert figure["high"] == pytest.approx(1 - 0.025 ** (1 / figure["n"]), abs=1e-4)


def test_samples_of_groups_are_as_many_groups_drawn_again() -> None:
    drawn = resample(np.array([[1.0, 2.0], [1.0, 4.0], [1.0, 12.0]]), seed=3)
    assert drawn.shape == (1000, 2)
    assert set(drawn[:, 0]) == {3.0}
    assert drawn[:, 1].mean() == pytest.approx(18, abs=0.7)
    assert np.array_equal(drawn, resample(np.array([[1.0, 2.0], [1.0, 4.0], [1.0, 12.0]]), seed=3))
    assert resample(np.zeros((0, 2)), seed=3).shape == (1000, 2)


def test_what_nothing_defines_has_no_interval() -> None:
    assert interval(math.nan, np.array([0.5]), 0) == {"value": None, "low": None, "high": None, "n": 0}


def test_a_gain_is_paired() -> None:
    worse = judged([(NORMAL, NORMAL, 0.9), (NORMAL, HOT, 0.9)] * 200)
    better = judged([(NORMAL, NORMAL, 0.9)] * 400)
    assert gains(worse, worse, SCHEME, ["accuracy"]) == {"accuracy": {"value": 0, "low": 0, "high": 0, "n": 400}}
    found = gains(better, worse, SCHEME, ["accuracy", "fpr"])
    assert found["accuracy"]["value"] == 0.5
    assert found["fpr"]["value"] == -0.5
    assert found["accuracy"]["low"] is not None
    assert found["accuracy"]["low"] > 0.4
    with pytest.raises(ValueError, match="same rows"):
        gains(better, judged([(NORMAL, NORMAL, 0.9)]), SCHEME, ["accuracy"])


def test_confidence_stands_beside_what_was_right() -> None:
    rows = [(NORMAL, NORMAL, 0.95)] * 9 + [(HOT, NORMAL, 0.95)] + [(HOT, HOT, 1.0)] * 10 + [(LEAK, LEAK, 0.45)] * 2
    found = measure(judged(rows), SCHEME)["confidence"]
    assert [(entry["from"], entry["to"], entry["right"]["n"]) for entry in found["bins"]] == [
        (0.4, 0.5, 2),
        (0.9, 1.0, 20),
    ]
    assert found["bins"][1]["said"] == pytest.approx(0.975)
    assert found["bins"][1]["right"]["value"] == pytest.approx(0.95)
    assert found["ece"] == pytest.approx((20 * 0.025 + 2 * 0.55) / 22, abs=1e-5)


def test_no_rows_have_no_figures() -> None:
    empty = np.zeros(0, np.int64)
    found = measure(judge(np.zeros((0, 3)), empty, empty), SCHEME)
    assert (found["rows"], found["groups"]) == (0, 0)
    assert found["figures"]["accuracy"] == {"value": None, "low": None, "high": None, "n": 0}
    assert found["confidence"] == {"ece": None, "bins": []}


def test_the_likeliest_label_is_said() -> None:
    answers = judge(np.array([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]]), np.array([1, 0]), np.array([0, 0]))
    assert answers.said.tolist() == [HOT, NORMAL]
    assert answers.confidence.tolist() == [0.7, 0.5]
    assert answers.weights.tolist() == [1, 1]
