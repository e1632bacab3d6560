"""From LDOs to rows: the columns a model is trained on, under the same rules by which the device judges a sample.

A record that cannot be a row (no label, a reading out of range, a reference that is missing) is left out and counted
by reason.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .config import Channel, Config
from .errors import TrainerError
from .folds import FIRST_TRAIN, TEST, VALIDATION, fold_of, group_of
from .segments import Rejections

ASSET = "asset_id"


class LeftOutError(Exception):
    """Why a record is no row; its text is the reason that is counted."""


@dataclass(frozen=True)
class Rows:
    """N rows in columns.

    `readings` and `references` are [N, channels] in the channels' units, NaN where `fill` stands in and reference 0
    where a channel has none; `ids` one list of N texts per id field ("" where there is none); `labels` indices into
    the configuration's labels; `groups` indices of batches; `unseen` is [N, fields of config.data.unseen], true where
    a row is kept out of training for its value of that field.
    """

    readings: NDArray[np.float64]
    references: NDArray[np.float64]
    ids: tuple[tuple[str, ...], ...]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    folds: NDArray[np.int64]
    unseen: NDArray[np.bool_]
    grouped_by: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, mask: NDArray[np.bool_]) -> "Rows":
        """The rows that a mask selects."""
        index = np.flatnonzero(mask)
        return Rows(
            self.readings[index],
            self.references[index],
            tuple(tuple(column[i] for i in index) for column in self.ids),
            self.labels[index],
            self.groups[index],
            self.folds[index],
            self.unseen[index],
        )

    @staticmethod
    def joined(parts: "Sequence[Rows]") -> "Rows":
        """Rows of several sets, one behind the other."""
        return Rows(
            np.concatenate([part.readings for part in parts]),
            np.concatenate([part.references for part in parts]),
            tuple(
                tuple(value for column in columns for value in column)
                for columns in zip(*(part.ids for part in parts), strict=True)
            ),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.groups for part in parts]),
            np.concatenate([part.folds for part in parts]),
            np.concatenate([part.unseen for part in parts]),
        )

    def train(self) -> "Rows":
        """Folds 2 to 9."""
        return self.where((self.folds >= FIRST_TRAIN) & ~self.unseen.any(axis=1))

    def validation(self) -> "Rows":
        """Fold 1."""
        return self.where((self.folds == VALIDATION) & ~self.unseen.any(axis=1))

    def test(self) -> "Rows":
        """Fold 0."""
        return self.where((self.folds == TEST) & ~self.unseen.any(axis=1))

    def never_seen(self, column: int) -> "Rows":
        """All rows with a held-out value of the `column`-th field of config.data.unseen, and of no other."""
        return self.where(self.unseen[:, column] & (self.unseen.sum(axis=1) == 1))


@dataclass(frozen=True)
class _Row:
    readings: list[float]
    references: list[float]
    ids: list[str]
    label: int
    group: str
    grouped_by: str
    episode: str
    timestamp: float
    unseen: list[bool]


def collect(records: Iterable[tuple[str, Mapping[str, Any]]], config: Config, rejections: Rejections) -> Rows:
    """Turn (place, LDO) pairs into rows. Raises TrainerError when no row is left."""
    labels = {label.name: index for index, label in enumerate(config.labels)}
    found: list[_Row] = []
    for place, ldo in records:
        try:
            found.append(_row(ldo, config, labels))
        except LeftOutError as reason:
            rejections.add(f"row: {reason}", place)
    if not found:
        why = "; ".join(f"{reason} ({count})" for reason, count in rejections.counts.most_common(3))
        raise TrainerError(f"no record can be learnt from: {why or 'there are none'}")
    groups = _groups(found)
    names = {name: index for index, name in enumerate(dict.fromkeys(groups))}
    fold = {name: fold_of(config.folds.salt, name) for name in names}
    return Rows(
        readings=np.array([row.readings for row in found], np.float64),
        references=np.array([row.references for row in found], np.float64),
        ids=tuple(tuple(row.ids[i] for row in found) for i in range(len(config.ids))),
        labels=np.array([row.label for row in found], np.int64),
        groups=np.array([names[name] for name in groups], np.int64),
        folds=np.array([fold[name] for name in groups], np.int64),
        unseen=np.array([row.unseen for row in found], np.bool_).reshape(len(found), len(config.data.unseen)),
        grouped_by=Counter(row.grouped_by for row in found),
    )


def value_at(root: object, path: str) -> object:
    """The value at a dotted path ("normal.temperature") in nested JSON objects, or None."""
    value = root
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


def id_text(value: object) -> str:
    """A context value as the key of a vocabulary, spelt as the device spells it; "" for what cannot be one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return ""


def _row(ldo: Mapping[str, Any], config: Config, labels: Mapping[str, int]) -> _Row:
    if ldo.get("simulated") is not False and not config.data.simulated:
        raise LeftOutError("simulated")
    if ldo.get("mode") not in config.data.modes:
        raise LeftOutError(f"mode is not {' or '.join(config.data.modes)}")
    timestamp = _number(ldo.get("timestamp"))
    if timestamp is None or not 0 <= timestamp < 1e11:
        raise LeftOutError("no plausible timestamp")
    label = ldo.get("ground_truth_label")
    if label is None:
        raise LeftOutError("no label")
    if not isinstance(label, str) or label not in labels:
        raise LeftOutError("a label that the configuration does not name")
    context = ldo.get("context")
    pairs = [_reading(channel, ldo, context) for channel in config.channels]
    group, grouped_by = group_of(ldo, id_text(ldo.get(ASSET)))
    decision = ldo.get("decision")
    episode = decision.get("episode_id") if isinstance(decision, dict) else None
    return _Row(
        readings=[reading for reading, _ in pairs],
        references=[reference for _, reference in pairs],
        ids=[_id(ldo, entry.field) for entry in config.ids],
        label=labels[label],
        group=group,
        grouped_by=grouped_by,
        episode=f"{ldo.get('device')} {episode}" if isinstance(episode, str) and episode else "",
        timestamp=timestamp,
        unseen=[_id(ldo, path) in values for path, values in config.data.unseen.items()],
    )


def _id(ldo: Mapping[str, Any], path: str) -> str:
    """The key of a context field; for "asset_id" the record's own asset comes first, as on the device."""
    own = ldo.get(ASSET) if path == ASSET else None
    return id_text(own if own is not None else value_at(ldo.get("context"), path))


def _reading(channel: Channel, ldo: Mapping[str, Any], context: object) -> tuple[float, float]:
    """Reading and reference of a channel; (NaN, 0) where its `fill` stands in."""
    data = ldo.get("sensor_data")
    value = _number(data.get(channel.name)) if isinstance(data, dict) else None
    if value is None:
        return _filled(channel, f"{channel.name} is missing or not a number")
    quality = ldo.get("sensor_quality")
    state = quality.get(channel.name) if isinstance(quality, dict) else None
    unit = state.get("unit") if isinstance(state, dict) else None
    if isinstance(unit, str) and unit not in ("", channel.unit):
        raise LeftOutError(f"{channel.name} is in {unit}, not {channel.unit}")
    _check_range(channel.name, value, channel)
    if channel.reference is None:
        return value, 0.0
    reference = _number(value_at(context, channel.reference))
    if reference is None:
        return _filled(channel, f"the context has no number at {channel.reference}")
    _check_range(channel.reference, reference, channel)
    return value, reference


def _check_range(what: str, value: float, channel: Channel) -> None:
    if channel.range is not None and not channel.range[0] <= value <= channel.range[1]:
        raise LeftOutError(f"{what} is outside {channel.range[0]:g} to {channel.range[1]:g} {channel.unit}")


def _filled(channel: Channel, reason: str) -> tuple[float, float]:
    if channel.fill is None:
        raise LeftOutError(reason)
    return math.nan, 0.0


def _number(value: object) -> float | None:
    """A finite number, or None: neither true nor "12.5" is one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _groups(rows: Sequence[_Row]) -> list[str]:
    """The group of each row; an episode, whose rows resemble each other, takes the group of its earliest."""
    first: dict[str, _Row] = {}
    for row in rows:
        if row.episode and (row.episode not in first or row.timestamp < first[row.episode].timestamp):
            first[row.episode] = row
    return [first[row.episode].group if row.episode else row.group for row in rows]
