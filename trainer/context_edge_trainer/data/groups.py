"""Which records belong together: what must not stand on both sides of a split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .columns import Floats, Texts, plausible_times, text_array, texts, utc_days, values_at

ASSET_AND_DAY = "asset and UTC day"
EPISODE = "decision.episode_id"


def own_groups(ldos: Sequence[Any], timestamps: Floats, paths: Sequence[str]) -> tuple[Texts, Texts]:
    """The group of each record by itself, and what it was taken from.

    That is the first of `paths` ("context.batch", "scan.gs1.batch") at which the record has a value, else its asset and
    UTC day.
    """
    assets = texts(values_at(ldos, "asset_id"))
    groups = assets + np.full(len(ldos), "|", np.object_) + utc_days(timestamps)
    taken_from = text_array([ASSET_AND_DAY] * len(ldos))
    for path in reversed(paths):
        found = texts(values_at(ldos, path))
        has = found != ""
        groups[has] = found[has]
        taken_from[has] = path
    return groups, taken_from


def episode_of(ldo: Mapping[str, Any]) -> tuple[str, str] | None:
    """Device and id of the episode that a record belongs to; None for one of no episode."""
    episode = str(texts(values_at([ldo], EPISODE))[0])
    return (str(ldo.get("device")), episode) if episode else None


@dataclass
class Episodes:
    """The group of each episode: that of its first record, whether that is a row or not."""

    first: dict[tuple[str, str], tuple[float, str, str]] = field(default_factory=dict)
    mixed: set[tuple[str, str]] = field(default_factory=set)

    def see(self, ldo: Mapping[str, Any], paths: Sequence[str]) -> None:
        """One record, in any order; what has no plausible time is nobody's first."""
        episode = episode_of(ldo)
        time = plausible_times([ldo["timestamp"]])
        if episode is None or np.isnan(time[0]):
            return
        entry = (float(time[0]), str(ldo["ldo_id"]), str(own_groups([ldo], time, paths)[0][0]))
        before = self.first.setdefault(episode, entry)
        if entry[2] != before[2]:
            self.mixed.add(episode)
        self.first[episode] = min(entry, before)

    def moved(self) -> list[list[str]]:
        """[[device, episode, group], …] of those whose records name several groups."""
        return [[*episode, self.first[episode][2]] for episode in sorted(self.mixed)]
