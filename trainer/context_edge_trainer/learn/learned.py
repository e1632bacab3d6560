"""What the rows tell of a channel and the configuration leaves open: its unit, its range, since when it is gone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..config import Channel
from ..data.columns import Flags, Floats, members, utc
from .dataset import Absent, Rows

MIDDLE = (0.05, 0.95)
FAR = 1000.0
"""What lies further from the middle than so many times its span is no reading of that sensor: 65535, 1e38."""
LARGEST = 1e30
"""A device takes no range beyond: differences of such values are still finite as 32-bit numbers."""


def learn_units(channels: Sequence[Channel], quality: Sequence[Any], kept: Flags) -> tuple[Channel, ...]:
    """The channels, each without a unit with the one that most of the records name; "" where none does."""
    return tuple(
        channel if channel.unit else replace(channel, unit=_unit(channel, quality, kept)) for channel in channels
    )


def _unit(channel: Channel, quality: Sequence[Any], kept: Flags) -> str:
    units = members(members(quality, channel.name), "unit")
    named = Counter(units[row] for row in np.flatnonzero(kept) if isinstance(units[row], str) and units[row])
    return named.most_common(1)[0][0] if named else ""


def learn_ranges(channels: Sequence[Channel], rows: Rows) -> tuple[Channel, ...]:
    """The channels, each without a range with the one that the training rows tell.

    It goes from the smallest to the largest of what they say and of what they call normal, and as much further on
    either side. What lies a thousand spans away from the middle (of 90 % of the rows of each label, so that a fault
    counts, however rare) is taken for a broken reading, and not counted.
    """
    train = rows.where(rows.in_train()) if rows.in_train().any() else rows
    return tuple(
        channel if channel.range is not None else replace(channel, range=_range(channel, place, train))
        for place, channel in enumerate(channels)
    )


def _range(channel: Channel, place: int, train: Rows) -> tuple[float, float]:
    there = ~np.isnan(train.readings[:, place])
    if not there.any():
        return _widened(channel.fill or 0.0, channel.fill or 0.0)
    pools = [
        _values(channel, place, train, there & (train.labels == label)) for label in np.unique(train.labels[there])
    ]
    middles = np.array([np.quantile(pool, MIDDLE, method="nearest") for pool in pools])
    low, high = float(middles[:, 0].min()), float(middles[:, 1].max())
    far = FAR * _span(low, high)
    values = np.concatenate(pools)
    near = values[(values >= low - far) & (values <= high + far)]
    return _widened(float(near.min()), float(near.max()))


def _span(low: float, high: float) -> float:
    """Of what never moves its own size, at least 1."""
    return (high - low) or max(abs(low), 1.0)


def _widened(low: float, high: float) -> tuple[float, float]:
    span = _span(low, high)
    return max(low - span, -LARGEST), min(high + span, LARGEST)


def _values(channel: Channel, place: int, train: Rows, mine: Flags) -> Floats:
    """What the rows say of a channel, and what they call normal, within what can be widened."""
    values = train.readings[mine, place]
    if channel.reference is not None:
        values = np.concatenate([values, train.references[mine, place]])
    return np.clip(values, -LARGEST / 10, LARGEST / 10)


def absence(
    channels: Sequence[Channel], readings: Floats, references: Floats, timestamps: Floats
) -> tuple[Absent, ...]:
    """What N labelled records lack: channels without a reading, and references [N, channels] that the context lacks."""
    found = []
    for place, channel in enumerate(channels):
        for name, values in ((channel.name, readings[:, place]), (channel.reference, references[:, place])):
            missing = np.isnan(values)
            if name is not None and missing.any():
                found.append(_absent(name, missing, timestamps, channel.fill is not None))
    return tuple(found)


def _absent(name: str, missing: Flags, timestamps: Floats, filled: bool) -> Absent:
    first = float(timestamps[missing].min())
    last_there = float(timestamps[~missing].max()) if not missing.all() else -np.inf
    after = missing & (timestamps > last_there)
    # One last record without it is no loss; most of what is missing, at the end, is.
    gone = after.sum() * 2 > missing.sum()
    since = float(timestamps[after].min()) if gone else None
    return Absent(name, int(missing.sum()), len(missing), first, since, filled)


def tell_absent(absent: Absent) -> str:
    """A line of progress on a channel that rows lack."""
    done = "its fill stands in" if absent.filled else "those rows are left out"
    when = f"at first {utc(absent.first)}" if absent.since is None else f"all since {utc(absent.since)}"
    line = f"{absent.channel} is missing in {absent.rows:,} of {absent.of:,} labelled records, {when}: {done}"
    if absent.since is None or absent.filled:
        return line
    return f"{line}; if it is gone for good, give the channel a fill or leave it out: a device cannot judge without it"
