"""Folds are fixed for ever: by vectors made with sha256sum and bc, which every implementation must reproduce."""

import json
from collections import Counter
from pathlib import Path

from context_edge_trainer.folds import fold_of, group_of

from .conftest import ldo

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


def test_the_group_is_the_batch_then_the_gs1_batch_then_asset_and_day() -> None:
    record = ldo(1)
    assert group_of(record, "pump-1") == ("LOT-0", "context.batch")
    record["context"] = {"batch": ""}
    record["scan"] = {"gs1": {"batch": "B7"}}
    assert group_of(record, "pump-1") == ("B7", "scan.gs1.batch")
    record["scan"] = None
    record["timestamp"] = 1_767_225_599.0
    assert group_of(record, "pump-1") == ("pump-1|2025-12-31", "asset and UTC day")
