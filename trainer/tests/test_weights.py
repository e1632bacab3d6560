"""Rare classes count more, and nobody's labels of a class count more than their share."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from context_edge_trainer.config import Config
from context_edge_trainer.data.columns import Floats, text_array
from context_edge_trainer.data.segments import Labelled, Rejections
from context_edge_trainer.learn.rows import Rows, collect
from context_edge_trainer.learn.weights import MOST, capped_weights, class_weights, row_weights, tell_unmet, unmet

from .conftest import ldo


def shares(who: list[str], weights: Floats) -> dict[str, float]:
    names = np.array(who)
    return {name: float(weights[names == name].sum() / weights.sum()) for name in set(who)}


def capped(who: list[str], cap: float) -> Floats:
    return capped_weights(np.zeros(len(who), np.int64), [text_array(who)], cap)


def test_who_labelled_most_is_held_to_the_cap_and_the_class_keeps_its_weight() -> None:
    who = ["anna"] * 90 + ["ben"] * 6 + ["cem"] * 4
    weights = capped(who, 0.5)
    assert shares(who, weights) == pytest.approx({"anna": 0.5, "ben": 0.3, "cem": 0.2})
    assert weights.sum() == pytest.approx(100)
    assert shares(who, capped(who, 0.4)) == pytest.approx({"anna": 0.4, "ben": 0.36, "cem": 0.24})


def test_two_who_are_above_the_cap_are_held_to_it_together() -> None:
    who = ["anna"] * 50 + ["ben"] * 40 + ["cem"] * 6 + ["dora"] * 4
    assert shares(who, capped(who, 0.3)) == pytest.approx({"anna": 0.3, "ben": 0.3, "cem": 0.24, "dora": 0.16})


def test_where_nobody_is_above_the_cap_every_row_counts_one() -> None:
    assert (capped(["anna", "ben", "cem"] * 5, 0.5) == 1).all()


def test_too_few_for_the_cap_share_equally_and_one_alone_is_left() -> None:
    who = ["anna"] * 9 + ["ben"]
    assert shares(who, capped(who, 0.2)) == pytest.approx({"anna": 0.5, "ben": 0.5})
    assert (capped(["anna"] * 7, 0.5) == 1).all()


def test_one_odd_row_does_not_outweigh_thousands() -> None:
    who = ["anna"] * 9999 + ["ben"]
    weights = capped(who, 0.5)
    assert weights[-1] == pytest.approx(MOST * weights[0])
    found = unmet(np.zeros(10_000, np.int64), [text_array(who)], weights, ["hot"], 0.5)
    assert [(entry.label, entry.who, entry.others) for entry in found] == [("hot", "anna", 1)]
    assert tell_unmet(found, 0.5) == [
        "anna keeps more than 50% of the weight of hot (99%, 1 rows of others): others are too few"
    ]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=60),
    st.sampled_from([0.3, 0.5, 0.8, 1.0]),
)
def test_the_cap_holds_for_writers_and_devices_wherever_it_can(rows: list[tuple[int, int, int]], cap: float) -> None:
    labels = np.array([label for label, _, _ in rows])
    columns = [text_array([f"w{w}" for _, w, _ in rows]), text_array([f"d{d}" for _, _, d in rows])]
    weights = capped_weights(labels, columns, cap)
    assert (weights > 0).all()
    for label in set(labels.tolist()):
        mine = labels == label
        assert weights[mine].sum() == pytest.approx(mine.sum())
    told = {(entry.label, entry.who) for entry in unmet(labels, columns, weights, ["a", "b", "c"], cap)}
    for label in set(labels.tolist()):
        mine = labels == label
        for column in columns:
            for who, share in shares(list(column[mine]), weights[mine]).items():
                assert share <= cap + 1e-3 or any(entry[0] == "abc"[label] for entry in told), (who, share)


def test_classes_are_evened_out_by_the_power() -> None:
    labels = np.repeat([0, 1, 2], [900, 90, 10])
    ones = np.ones(1000)
    even = class_weights(labels, ones, 4, 1.0)
    assert np.bincount(labels, even) == pytest.approx([1000, 1000, 1000])
    assert (class_weights(labels, ones, 4, 0.0) == 1).all()
    root = class_weights(labels, ones, 4, 0.5)
    assert root[-1] / root[0] == pytest.approx(90**0.5)


def labelled(number: int, label: str, writer: str, device: str) -> Labelled:
    record = ldo(number, label=label, device=device)
    return Labelled(str(number), record, label, "engineer" if writer else "context", writer)


def rows_of(config: Config, *parts: tuple[int, str, str, str]) -> Rows:
    records = [part[1:] for part in parts for _ in range(part[0])]
    return collect([labelled(number, *one) for number, one in enumerate(records)], config, Rejections())


def test_rows_of_a_person_and_of_a_device_are_both_capped(config: Config) -> None:
    rows = rows_of(
        config,
        (60, "hot", "anna", "edge-1"),
        (20, "hot", "anna", "edge-2"),
        (30, "hot", "ben", "edge-1"),
        (10, "hot", "ben", "edge-2"),
        (50, "normal", "", "edge-1"),
    )
    weights, found = row_weights(rows, config)
    assert weights.mean() == pytest.approx(1)
    hot = rows.labels == 1
    assert shares(list(rows.writers[hot]), weights[hot])["anna"] <= 0.501
    assert shares(list(rows.devices[hot]), weights[hot])["edge-1"] <= 0.501
    assert tell_unmet(found, 0.5) == ["all rows of normal are of device edge-1: nobody else's could count more"]
    free = dataclasses.replace(config, training=dataclasses.replace(config.training, writer_cap=1.0))
    assert row_weights(rows, free)[1] == []
