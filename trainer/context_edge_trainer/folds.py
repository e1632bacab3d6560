"""Who trains and who tests: fixed for ever by a hash of the group, so that a row never changes sides between runs.

A fold is the first 8 bytes, big-endian, of SHA-256(salt, 0x00, group), modulo 10: 0 is test, 1 validation, 2 to 9
train. test/vectors/folds.json holds examples that every implementation must reproduce.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

TEST = 0
VALIDATION = 1
FIRST_TRAIN = 2
FOLDS = 10


def fold_of(salt: str, group: str) -> int:
    """Fold, 0 to 9, of a group under a salt; both are hashed as UTF-8."""
    digest = hashlib.sha256(salt.encode() + b"\x00" + group.encode()).digest()
    return int.from_bytes(digest[:8], "big") % FOLDS


def group_of(ldo: Mapping[str, Any], asset: str) -> tuple[str, str]:
    """The group of a record and what it was taken from: its batch, else its GS1 batch, else its asset and UTC day.

    Rows of one batch share material, settings and often the fault: on both sides of a split they would flatter the
    model.
    """
    context = ldo.get("context")
    batch = context.get("batch") if isinstance(context, dict) else None
    if isinstance(batch, str) and batch:
        return batch, "context.batch"
    scan = ldo.get("scan")
    gs1 = scan.get("gs1") if isinstance(scan, dict) else None
    batch = gs1.get("batch") if isinstance(gs1, dict) else None
    if isinstance(batch, str) and batch:
        return batch, "scan.gs1.batch"
    day = datetime.fromtimestamp(float(ldo["timestamp"]), UTC).date().isoformat()
    return f"{asset}|{day}", "asset and UTC day"
