"""Whether rows are enough to learn from, said before an hour is spent on them, with numbers and what would help."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..config import Config
from ..data.columns import Flags, Floats, Integers, texts, values_at
from ..data.groups import ASSET_AND_DAY
from ..errors import TrainerError
from .dataset import Rows
from .folds import FIRST_TRAIN, TEST, VALIDATION, folds_of, groups_of

LACKING = {
    "train": "the model cannot learn it",
    "validation": "confidence in it cannot be calibrated",
    "test": "how well it is found is not measured",
}
WORTH_NAMING = 3
COMMON = 0.9
"""A field groups rows only where nearly all records have it."""


def check_enough(rows: Rows, config: Config, alternatives: Callable[[], Sequence[str]]) -> list[str]:
    """Lines on labels that some fold lacks. Raises TrainerError when there are too few rows, groups or classes.

    `alternatives` is asked for what else could group the rows, when a fold is empty.
    """
    folds = {"train": rows.train(), "validation": rows.validation(), "test": rows.test()}
    counts = _counts(rows, config)
    if len(rows) < len(config.labels):
        labels = len(config.labels)
        raise TrainerError(f"{len(rows)} rows for {labels} labels are too few to learn from: {_listed(counts, config)}")
    if np.count_nonzero(counts) < 2:
        raise TrainerError(f"the {len(rows):,} rows are of one class, two are needed: {_listed(counts, config)}")
    if any(len(fold) == 0 for fold in folds.values()):
        raise TrainerError(_too_few_groups(rows, folds, alternatives()))
    if np.count_nonzero(_counts(folds["train"], config)) < 2:
        said = "; ".join(f"{name}: {_listed(_counts(fold, config), config)}" for name, fold in folds.items())
        raise TrainerError(f"the train fold has rows of one class, two are needed ({said})")
    lines = [f"no row is labelled {_names(counts == 0, config)}: the model cannot learn it"] if not counts.all() else []
    for name, fold in folds.items():
        lacking = (_counts(fold, config) == 0) & (counts > 0)
        if lacking.any():
            lines.append(f"the {name} fold has no row of {_names(lacking, config)}: {LACKING[name]}")
    return lines


def _too_few_groups(rows: Rows, folds: Mapping[str, Rows], alternatives: Sequence[str]) -> str:
    """What to say when a fold is empty: how many groups there are, where they went and what would make more."""
    sizes = {name: len(np.unique(fold.groups)) for name, fold in folds.items()}
    empty = [name for name, size in sizes.items() if size == 0]
    held = int(rows.held_back().sum())
    if held == len(rows):
        return f"all {held:,} rows have a value that [data.unseen] holds back: nothing is left to learn from"
    choice = (
        f"in these records [folds] group could be {', or '.join(alternatives)}"
        if alternatives
        else "no field of these records makes enough groups, so more batches are needed: twenty or so"
    )
    count = sum(sizes.values())
    groups = f"{count} group{'' if count == 1 else 's'}"
    return (
        f"the {len(rows) - held:,} rows make {groups} (by {', '.join(rows.grouped_by)}), "
        f"and none is in the {' or the '.join(empty)} fold: one group in ten tests, one in ten validates (here "
        f"{', '.join(f'{size} {name}' for name, size in sizes.items())}"
        f"{f'; {held:,} rows are held back as never seen' if held else ''}): {choice}"
    )


def alternatives(ldos: Sequence[Any], timestamps: Floats, config: Config) -> list[str]:
    """What [folds] group could be so that no fold is empty, the fewest and so largest groups first."""
    found: list[tuple[int, str]] = []
    for path in [None, *_paths(ldos)]:
        groups, taken_from = groups_of(ldos, timestamps, () if path is None else (path,))
        if path is not None and (taken_from == path).mean() < COMMON:
            continue
        count = len(set(groups))
        sides = folds_of(config.folds.salt, groups)
        whole = (sides == TEST).any() and (sides == VALIDATION).any() and (sides >= FIRST_TRAIN).any()
        # A group of one row is no group: what resembles it most would stand on the other side.
        if whole and count * 2 <= len(ldos):
            written = f"[] ({ASSET_AND_DAY}, " if path is None else f'["{path}"] ('
            found.append((count, f"{written}{count} groups)"))
    return [text for _, text in sorted(found)[:WORTH_NAMING]]


def _paths(ldos: Sequence[Any]) -> list[str]:
    """Fields of a record that may name a group, as the first thousand records have them."""
    known = ["run_id", "asset_id"]
    for root in ("scan.gs1", "context"):
        for value in values_at(ldos[:1000], root):
            if isinstance(value, dict):
                known += [f"{root}.{name}" for name in value if f"{root}.{name}" not in known]
    return [path for path in known if (texts(values_at(ldos, path)) != "").any()]


def _counts(rows: Rows, config: Config) -> Integers:
    return np.bincount(rows.labels, minlength=len(config.labels))


def _names(mask: Flags, config: Config) -> str:
    return ", ".join(label.name for label, one in zip(config.labels, mask, strict=True) if one)


def _listed(counts: Integers, config: Config) -> str:
    return ", ".join(f"{label.name} {count:,}" for label, count in zip(config.labels, counts.tolist(), strict=True))
