"""What stands in records becomes numbers and keys, as the device reads them, whatever it is."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from context_edge_trainer.data.columns import (
    members,
    number_text,
    numbers,
    plausible_times,
    texts,
    utc_days,
    values_at,
)

from .conftest import json_values


@pytest.mark.parametrize(
    ("value", "text"),
    # As Node's String() spells them.
    [
        (0.0, "0"),
        (-0.0, "0"),
        (4711, "4711"),
        (-3.25, "-3.25"),
        (1e20, "100000000000000000000"),
        (123456789012345680000, "123456789012345680000"),
        (1e21, "1e+21"),
        (-1e21, "-1e+21"),
        (1.25e25, "1.25e+25"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (3e-5, "0.00003"),
        (12345678901234567, "12345678901234568"),
        (2**53 + 1, "9007199254740992"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (10**400, ""),
        (math.inf, ""),
    ],
)
def test_numbers_are_spelt_as_a_device_spells_them(value: float, text: str) -> None:
    assert number_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_two_numbers_are_spelt_alike(value: float) -> None:
    assert float(number_text(value)) == value


@given(st.lists(json_values, max_size=8), st.sampled_from(["normal", "normal.temperature", "0", "batch.0.unit", ""]))
def test_any_json_is_read_a_column_at_a_time(records: list[Any], path: str) -> None:
    found = values_at(records, path)
    assert len(found) == len(records)
    assert all(type(text) is str for text in texts(found))
    wide = numbers(found)
    for value, number in zip(found, wide, strict=True):
        usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        assert (number == value) if usable else math.isnan(number)
    days = utc_days(plausible_times(found))
    assert all(len(day) in (0, 10) for day in days)


def test_a_path_leads_through_objects_and_arrays_as_on_the_device() -> None:
    record = {"a": {"b": [5, {"c": 7}]}, "a.b": 9}
    assert values_at([record], "a.b.1.c") == [7]
    assert values_at([record], "a.b.01.c") == [None]
    assert values_at([record], "a.b.2") == [None]
    assert values_at([record], "a.b.length") == [None]
    assert members([record, None, [1]], "a.b") == [9, None, None]


def test_days_are_utc() -> None:
    assert utc_days(np.array([0.0, 86_399.9, 86_400.0, np.nan])).tolist() == [
        "1970-01-01",
        "1970-01-01",
        "1970-01-02",
        "",
    ]
    assert np.isnan(plausible_times([-1, 1e12, "0", None])).all()
