"""Folds are fixed for ever: by vectors made with sha256sum and bc, which every implementation must reproduce."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given

from context_edge_trainer.config import Folds
from context_edge_trainer.learn.folds import fold_of, groups_of

from .conftest import json_values, ldo

VECTORS = Path(__file__).parents[2] / "test" / "vectors" / "folds.json"


def test_folds_match_the_vectors() -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    assert len(vectors) > 20
    for vector in vectors:
        assert fold_of(vector["salt"], vector["group"]) == vector["fold"], vector


def test_a_tenth_tests_and_a_tenth_validates() -> None:
    folds = Counter(fold_of("tests", f"LOT-{number}") for number in range(20_000))
    assert set(folds) == set(range(10))
    assert all(abs(count - 2000) < 200 for count in folds.values())


def group_of(record: dict[str, Any], *paths: str) -> tuple[str, str]:
    groups, taken_from = groups_of([record], np.array([record["timestamp"]]), paths or Folds("").group)
    return groups[0], taken_from[0]


def test_the_group_is_the_batch_then_the_gs1_batch_then_asset_and_day() -> None:
    record = ldo(1)
    assert group_of(record) == ("LOT-0", "context.batch")
    record["context"] = {"batch": ""}
    record["scan"] = {"gs1": {"batch": "B7"}}
    assert group_of(record) == ("B7", "scan.gs1.batch")
    record["scan"] = None
    record["timestamp"] = 1_767_225_599.0
    assert group_of(record) == ("pump-1|2025-12-31", "asset and UTC day")


def test_what_groups_can_be_said() -> None:
    record = ldo(1, context={"order": {"no": 4711}}, run_id="RUN-1")
    assert group_of(record, "context.order.no", "run_id") == ("4711", "context.order.no")
    assert group_of(record, "context.lot", "run_id") == ("RUN-1", "run_id")
    assert group_of(record, "context.lot") == ("pump-1|2026-01-01", "asset and UTC day")


@given(json_values, json_values)
def test_every_record_has_a_group_whatever_stands_in_it(context: Any, decision: Any) -> None:
    record = ldo(1, context=context, decision=decision, asset_id=None, device=decision)
    group, taken_from = group_of(record)
    assert group
    assert fold_of("tests", group) in range(10)
    assert taken_from in ("context.batch", "asset and UTC day")
