"""Who trains and who tests: fixed for ever by a hash of the group, so that a row never changes sides between runs.

A fold is the first 8 bytes, big-endian, of SHA-256(salt, 0x00, group), modulo 10: 0 is test, 1 validation, 2 to 9
train. test/vectors/folds.json holds examples that every implementation must reproduce.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.columns import Floats, Texts, texts, values_at
from ..data.groups import EPISODE, own_groups

TEST = 0
VALIDATION = 1
FIRST_TRAIN = 2
FOLDS = 10


def fold_of(salt: str, group: str) -> int:
    """Fold, 0 to 9, of a group under a salt; both are hashed as UTF-8."""
    digest = hashlib.sha256(salt.encode() + b"\x00" + group.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % FOLDS


def folds_of(salt: str, groups: Texts) -> NDArray[np.int64]:
    """The fold of each row's group."""
    known = {group: fold_of(salt, group) for group in set(groups)}
    return np.array([known[group] for group in groups], np.int64)


def groups_of(ldos: Sequence[Any], timestamps: Floats, paths: Sequence[str]) -> tuple[Texts, Texts]:
    """The group of each record, and what it was taken from.

    That is the first of `paths` ("context.batch", "scan.gs1.batch") at which the record has a value, else its asset and
    UTC day. Rows of one batch share material, settings and often the fault: on both sides of a split they would flatter
    the model. An episode, whose rows resemble each other, takes the group of its earliest record:
    of these here, where no snapshot has seen all that the store has.
    """
    groups, taken_from = own_groups(ldos, timestamps, paths)
    return _episodes(ldos, timestamps, groups), taken_from


def _episodes(ldos: Sequence[Any], timestamps: Floats, groups: Texts) -> Texts:
    """The groups, with that of the earliest of its episode for each record that belongs to one."""
    named = texts(values_at(ldos, EPISODE))
    rows = [int(row) for row in np.flatnonzero(named != "")]
    first: dict[tuple[str, str], int] = {}
    episode = {row: (str(ldos[row].get("device")), str(named[row])) for row in rows}
    for row, key in episode.items():
        if key not in first or timestamps[row] < timestamps[first[key]]:
            first[key] = row
    own = groups.copy()
    for row, key in episode.items():
        groups[row] = own[first[key]]
    return groups
