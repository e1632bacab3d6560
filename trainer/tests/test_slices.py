"""The test fold in parts: what each part holds, which are small, and what training never had."""

from dataclasses import replace
from typing import Any

import numpy as np

from context_edge_trainer.config import Config
from context_edge_trainer.data.segments import Rejections, as_labelled
from context_edge_trainer.figures.measures import Judged, judge
from context_edge_trainer.judge.slices import all_slices
from context_edge_trainer.learn.dataset import Rows
from context_edge_trainer.learn.rows import collect

from .conftest import plant

DAY = 86_400


def rows_of(config: Config, *, days: int = 10) -> Rows:
    records = plant(600, products=["Pump A", "Pump B"])
    for number, record in enumerate(records):
        record["timestamp"] = 1_767_225_600 + (number % days) * DAY
        record["label_source"] = "context" if number % 3 else "maintenance"
    return collect((as_labelled(str(place), record) for place, record in enumerate(records)), config, Rejections())


def right(rows: Rows) -> Judged:
    return judge(np.eye(3)[rows.labels], rows.labels, rows.groups, rows.test_weight)


def slices(config: Config, rows: Rows, **changes: Any) -> dict[str, dict[str, Any]]:
    test = replace(rows.test(), **changes)
    return {entry["by"]: entry for entry in all_slices(right(test), test, rows, config)}


def values(entry: dict[str, Any]) -> dict[str, int]:
    return {part["value"]: part["rows"] for part in entry["parts"]}


def test_every_id_asset_device_and_source_parts_the_rows(config: Config) -> None:
    rows = rows_of(config)
    found = slices(config, rows)
    total = len(rows.test())
    for name in ("product", "asset_id", "device", "label source"):
        assert sum(values(found[name]).values()) == total, name
    assert set(values(found["product"])) == {"Pump A", "Pump B"}
    assert set(values(found["label source"])) == {"context", "maintenance"}
    assert "asset" not in found, "the id field asset_id says the same"
    assert set(found["product"]["parts"][0]["figures"]) == {
        "accuracy",
        "fpr",
        "fpr_likeliest",
        "macro_f1",
        "alert_precision",
    }


def test_small_parts_say_that_they_are_small(config: Config) -> None:
    rows = rows_of(config)
    test = rows.test()
    ids = test.ids[0].copy()
    ids[:29], ids[29:] = "small", "large"
    parts = {part["value"]: part["few"] for part in slices(config, rows, ids=(ids, test.ids[1]))["product"]["parts"]}
    assert parts == {"small": True, "large": len(test) - 29 < 30}


def test_ids_that_training_never_had_are_a_part_of_their_own(config: Config) -> None:
    rows = rows_of(config)
    test = rows.test()
    ids = test.ids[0].copy()
    ids[:5], ids[5:7] = "Pump Z", ""
    found = slices(config, rows, ids=(ids, test.ids[1]))
    assert values(found["not in training"]) == {"product": 5}
    assert values(found["product"])["(none)"] == 2
    assert "not in training" not in slices(config, rows)


def test_the_last_seven_days_with_rows_stand_apart(config: Config) -> None:
    rows = rows_of(config)
    found = values(slices(config, rows)["latest days"])
    assert found["together"] + found["before"] == len(rows.test())
    days = sorted(set(found) - {"together", "before"})
    assert days[-1] == "2026-01-10"
    assert all(day >= "2026-01-04" for day in days)


def test_rows_that_do_not_count_are_in_no_part(config: Config) -> None:
    rows = rows_of(config)
    weights = rows.test().test_weight.copy()
    weights[: len(weights) // 2] = 0
    found = slices(config, rows, test_weight=weights)
    assert sum(values(found["product"]).values()) == (weights > 0).sum()


def test_of_many_values_the_largest_stand_there_and_the_others_are_counted(config: Config) -> None:
    rows = rows_of(config)
    test = rows.test()
    ids = test.ids[0].copy()
    ids[:] = [f"id {number % 40}" for number in range(len(test))]
    found = slices(config, rows, ids=(ids, test.ids[1]))["product"]
    assert len(found["parts"]) == 30
    assert found["more"]["values"] == len(set(ids)) - 30
    assert found["more"]["rows"] + sum(values(found).values()) == len(test)
