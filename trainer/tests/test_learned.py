"""What a configuration leaves open about a channel is taken from the training rows, and told."""

import random
from typing import Any

import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import parse_config
from context_edge_trainer.data.segments import Rejections, as_labelled
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.learn.learned import tell_absent
from context_edge_trainer.learn.rows import Rows, collect

from .conftest import ldo


def config(**channel: Any) -> Config:
    return parse_config(
        {
            "model": {"name": "pumps"},
            "channels": [{"name": "flow"} | channel],
            "labels": [{"name": "normal", "kind": "normal"}, {"name": "leak", "kind": "fault"}],
        }
    )


def record(number: int, flow: float | None, unit: str = "", label: str = "normal", **context: Any) -> dict[str, Any]:
    return ldo(
        number,
        label=label,
        sensor_data={"flow": flow},
        sensor_quality={"flow": {"unit": unit, "quality": "good"}},
        context={"batch": f"B{number // 10}"} | context,
    )


def rows_of(settings: Config, records: list[dict[str, Any]]) -> tuple[Rows, Rejections]:
    rejections = Rejections()
    return collect([as_labelled(str(n), one) for n, one in enumerate(records)], settings, rejections), rejections


def test_a_range_is_that_of_the_training_rows_and_as_much_on_either_side() -> None:
    draw = random.Random(2)
    records = [record(number, draw.uniform(10, 20)) for number in range(500)]
    rows, rejections = rows_of(config(), records)
    train = rows.train().readings
    low, high = float(train.min()), float(train.max())
    assert rows.channels[0].range == pytest.approx((2 * low - high, 2 * high - low))
    assert not rejections.counts


def test_rows_that_do_not_train_have_no_say_in_it_and_keep_to_it() -> None:
    records = [record(number, 10 + number % 5) for number in range(400)]
    train = rows_of(config(), records)[0].in_train()
    outside = next(number for number in range(400) if not train[number])
    inside = next(number for number in range(400) if train[number])
    records[outside]["sensor_data"]["flow"] = 40.0
    rows, rejections = rows_of(config(), records)
    assert rows.channels[0].range == (6.0, 18.0)
    assert rejections.counts == {"row: flow is outside 6 to 18, learned from the training rows": 1}
    records[inside]["sensor_data"]["flow"] = 40.0
    assert rows_of(config(), records)[0].channels[0].range == (-20.0, 70.0)


def test_a_broken_reading_does_not_widen_it_and_a_rare_fault_does() -> None:
    records = [record(number, 100 + number % 9) for number in range(1000)]
    for number in range(0, 1000, 50):
        records[number] |= record(number, 700, label="leak")
        records[number + 1]["sensor_data"]["flow"] = 1e38
    rows, rejections = rows_of(config(), records)
    assert len(rows) == 980
    assert rows.channels[0].range == (-500.0, 1300.0)
    assert list(rejections.counts.values()) == [20]


@pytest.mark.parametrize(("value", "expected"), [(0.0, (-1.0, 1.0)), (-300.0, (-600.0, 0.0)), (0.25, (-0.75, 1.25))])
def test_what_never_moves_has_a_range_too(value: float, expected: tuple[float, float]) -> None:
    rows, _ = rows_of(config(), [record(number, value) for number in range(100)])
    assert rows.channels[0].range == expected


def test_what_is_normal_lies_within_the_range_too() -> None:
    records = [record(number, 10 + number % 3, normal={"flow": 30.0}) for number in range(100)]
    rows, _ = rows_of(config(reference="normal.flow"), records)
    assert rows.channels[0].range == (-10.0, 50.0)


def test_numbers_that_32_bits_cannot_hold_are_left_out() -> None:
    records = [record(number, 1e300 if number % 2 else 1.0) for number in range(200)]
    rows, _ = rows_of(config(), records)
    assert len(rows) == 100


def test_a_unit_is_the_one_that_most_records_name() -> None:
    records = [record(number, 5, "l/s" if number == 7 else "l/min") for number in range(50)]
    rows, rejections = rows_of(config(), records)
    assert rows.channels[0].unit == "l/min"
    assert rejections.counts == {"row: flow is in l/s, not l/min": 1}
    assert rows_of(config(), [record(number, 5) for number in range(50)])[0].channels[0].unit == ""


def test_a_channel_that_vanished_is_told_with_its_date() -> None:
    records = [record(number, None if number >= 60 else 5.0) for number in range(100)]
    rows, rejections = rows_of(config(), records)
    assert len(rows) == 60
    assert rejections.counts == {"row: flow is missing or not a number": 40}
    assert tell_absent(rows.absent[0]) == (
        "flow is missing in 40 of 100 labelled records, all since 2026-01-01T00:01:00Z: those rows are left out; if it "
        "is gone for good, give the channel a fill or leave it out: a device cannot judge without it"
    )
    filled, _ = rows_of(config(fill=0.0), records)
    assert len(filled) == 100
    assert tell_absent(filled.absent[0]).endswith("all since 2026-01-01T00:01:00Z: its fill stands in")


def test_one_that_comes_and_goes_did_not_vanish() -> None:
    records = [record(number, None if number % 3 == 0 else 5.0) for number in range(100)]
    rows, _ = rows_of(config(), records)
    assert rows.absent[0].since is None
    assert "at first 2026-01-01T00:00:00Z" in tell_absent(rows.absent[0])
    context = [record(number, 5.0, **({"normal": {"flow": 4}} if number < 50 else {})) for number in range(100)]
    rows, _ = rows_of(config(reference="normal.flow"), context)
    assert rows.absent[0].channel == "normal.flow"
    assert rows.absent[0].since == 1_767_225_650


def test_a_channel_that_no_record_has_is_told_with_those_that_they_have() -> None:
    with pytest.raises(TrainerError, match=r"No record has the channel Flow; the records have flow"):
        rows_of(config(name="Flow"), [record(number, 5.0) for number in range(30)])
