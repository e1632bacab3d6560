"""From labelled records to rows, under the same rules by which the device judges a sample.

A record that cannot be a row (no label, a reading out of range, a reference that is missing) is left out and counted
by reason, a column at a time: the first reason that holds is the one that counts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import LABEL_SOURCES, LIVE, Channel, Config
from ..data.columns import (
    Flags,
    Floats,
    Texts,
    id_text,
    members,
    numbers,
    plausible_times,
    text_array,
    texts,
    values_at,
)
from ..data.segments import Labelled, Rejections
from ..errors import TrainerError
from .dataset import Rows
from .fields import check_fields, tell_strange
from .folds import folds_of, groups_of
from .label_names import UNKNOWN
from .lean import lean
from .learned import absence, learn_ranges, learn_units

__all__ = ["Rows", "collect", "id_text"]

ASSET = "asset_id"
UNKNOWN_LABELS_NAMED = 20
REASONS_SHOWN = 5
NAMES_FROM = 1000
LEARNED = ", learned from the training rows"


def collect(records: Iterable[Labelled], config: Config, rejections: Rejections) -> Rows:
    """Turn records into rows. Raises TrainerError when no row is left, with the reasons."""
    found = lean(records, config)
    sieve = _Sieve([record.place for record in found], rejections)
    ldos = [record.ldo for record in found]
    timestamps = plausible_times(values_at(ldos, "timestamp"))
    _refuse_not_meant(sieve, ldos, timestamps, config)
    labels = _labels(sieve, [record.label for record in found], config)
    _refuse_sources(sieve, found, config)
    quality = values_at(ldos, "sensor_quality")
    channels = learn_units(config.channels, quality, sieve.kept)
    readings, references = _channels(ldos, channels)
    absent = absence(channels, readings[sieve.kept], references[sieve.kept], timestamps[sieve.kept])
    _refuse_channels(sieve, channels, readings, references, quality)
    whole = _rows(found, ldos, timestamps, labels, config, channels)
    whole = replace(whole, readings=readings, references=_unfilled(readings, references, channels), absent=absent)
    _refuse_numbers(sieve, whole.numeric, config)
    rows = whole.where(sieve.kept)
    _some(rows, ldos, config, rejections)
    # Once it is known what trains, from training rows alone; then a learned range holds for all.
    learned = learn_ranges(channels, rows)
    for place, channel in enumerate(learned):
        if channels[place].range is None:
            _refuse_range(sieve, channel, channel.name, readings[:, place], LEARNED)
            _refuse_range(sieve, channel, channel.reference, references[:, place], LEARNED)
    rows = replace(whole.where(sieve.kept), channels=learned)
    _some(rows, ldos, config, rejections)
    check_fields([ldos[index] for index in np.flatnonzero(sieve.kept).tolist()], config)
    return rows


class _Sieve:
    """Which records are still to become rows; every refusal is counted, with the place of its first."""

    def __init__(self, places: Sequence[str], rejections: Rejections) -> None:
        self.kept: Flags = np.ones(len(places), np.bool_)
        self._places = places
        self._rejections = rejections

    def refuse(self, mask: Flags, reason: str) -> None:
        """Leave out what `mask` selects of the records that are left."""
        for index in np.flatnonzero(mask & self.kept).tolist():
            self._rejections.add(f"row: {reason}", self._places[index])
        self.kept &= ~mask


def _refuse_not_meant(sieve: _Sieve, ldos: Sequence[Any], timestamps: Floats, config: Config) -> None:
    """What is simulated, not live, or from no plausible time."""
    if not config.data.simulated:
        sieve.refuse(_flags(value is not False for value in _given(ldos, "simulated", False)), "simulated")
    modes = set(config.data.modes)
    wrong = _flags(not isinstance(mode, str) or mode not in modes for mode in _given(ldos, "mode", LIVE))
    sieve.refuse(wrong, f"mode is not {' or '.join(config.data.modes)}")
    sieve.refuse(np.isnan(timestamps), "no plausible timestamp")


def _given(ldos: Sequence[Any], name: str, absent: object) -> list[Any]:
    return [ldo.get(name, absent) for ldo in ldos]


def _labels(sieve: _Sieve, said: Sequence[str | None], config: Config) -> NDArray[np.int64]:
    """Indices of labels; what has none is left out, and each name that the configuration lacks is counted."""
    known = {label.name: index for index, label in enumerate(config.labels)}
    sieve.refuse(_flags(label is None for label in said), "no label")
    labels = np.array([-1 if label is None else known.get(label, -1) for label in said], np.int64)
    strange = Counter(said[index] for index in np.flatnonzero((labels < 0) & sieve.kept).tolist())
    for name, _ in strange.most_common(UNKNOWN_LABELS_NAMED):
        called = _flags(label == name for label in said)
        sieve.refuse(called, f'{UNKNOWN}{str(name)[:80]}"')
    sieve.refuse(labels < 0, "labels that the configuration does not name, all others")
    return labels


def _refuse_sources(sieve: _Sieve, found: Sequence[Labelled], config: Config) -> None:
    for source in LABEL_SOURCES:
        if source not in config.data.label_sources:
            mask = _flags(record.source == source for record in found)
            sieve.refuse(mask, f"[data] label_sources leaves out what is labelled by {source}")


def _channels(ldos: Sequence[Any], channels: Sequence[Channel]) -> tuple[Floats, Floats]:
    """Readings and references [N, channels], NaN where there is none; reference 0 where a channel has none."""
    data, contexts = values_at(ldos, "sensor_data"), values_at(ldos, "context")
    readings = np.empty((len(ldos), len(channels)), np.float64)
    references = np.zeros((len(ldos), len(channels)), np.float64)
    for place, channel in enumerate(channels):
        readings[:, place] = numbers(members(data, channel.name))
        if channel.reference is not None:
            references[:, place] = numbers(values_at(contexts, channel.reference))
    return readings, references


def _unfilled(readings: Floats, references: Floats, channels: Sequence[Channel]) -> Floats:
    """References with 0 where fill stands in, and `readings` (changed here) with NaN where its reference is missing."""
    filled = np.isnan(readings) | np.isnan(references)
    readings[filled] = np.nan
    return np.where(filled, 0.0, references)


def _refuse_channels(
    sieve: _Sieve, channels: Sequence[Channel], readings: Floats, references: Floats, quality: Sequence[Any]
) -> None:
    """As the device: a reading that is missing, in another unit or out of range; then the same of its reference."""
    for place, channel in enumerate(channels):
        reading, reference = readings[:, place], references[:, place]
        missing = np.isnan(reading)
        if channel.fill is None:
            sieve.refuse(missing, f"{channel.name} is missing or not a number")
        units = members(members(quality, channel.name), "unit")
        for unit in {unit for unit in units if isinstance(unit, str)} - {"", channel.unit}:
            mask = _flags(found == unit for found in units)
            sieve.refuse(mask & ~missing, f"{channel.name} is in {unit}, not {channel.unit}")
        _refuse_range(sieve, channel, channel.name, reading)
        if channel.fill is None:
            sieve.refuse(np.isnan(reference), f"the context has no number at {channel.reference}")
        _refuse_range(sieve, channel, channel.reference, np.where(missing, np.nan, reference))


def _refuse_range(sieve: _Sieve, channel: Channel, what: str | None, values: Floats, why: str = "") -> None:
    """Values outside the channel's range; NaN is not outside."""
    if channel.range is None or what is None:
        return
    low, high = channel.range
    sieve.refuse(
        (values < low) | (values > high), f"{what} is outside {low:g} to {high:g} {channel.unit}".rstrip() + why
    )


def _refuse_numbers(sieve: _Sieve, numeric: Floats, config: Config) -> None:
    """As the device: a number of the context that is missing, or that 32 bits would turn into an infinity."""
    paths = [path for entry in config.numeric for path in entry.fields]
    for place, path in enumerate(paths):
        with np.errstate(over="ignore"):
            usable = np.isfinite(numeric[:, place].astype(np.float32))
        sieve.refuse(~usable, f"the context has no usable number at {path}")


def _rows(
    found: Sequence[Labelled],
    ldos: Sequence[Any],
    timestamps: Floats,
    labels: NDArray[np.int64],
    config: Config,
    channels: tuple[Channel, ...],
) -> Rows:
    """The columns of all records, those that are left out too, but for readings and references."""
    contexts = values_at(ldos, "context")
    assets = texts(values_at(ldos, ASSET))
    groups, grouping = groups_of(ldos, timestamps, config.folds.group)
    for place, record in enumerate(found):
        if record.group is not None and record.group[1] == list(config.folds.group):
            groups[place] = record.group[0]
    number = {group: index for index, group in enumerate(dict.fromkeys(groups))}
    columns = [numbers(values_at(contexts, path)) for entry in config.numeric for path in entry.fields]
    probability = np.array([record.probability or np.nan for record in found], np.float64)
    return Rows(
        ldo_ids=texts(values_at(ldos, "ldo_id")),
        timestamps=timestamps,
        devices=texts(values_at(ldos, "device")),
        assets=assets,
        readings=np.empty((len(found), 0)),
        references=np.empty((len(found), 0)),
        numeric=np.stack(columns, axis=1) if columns else np.empty((len(found), 0)),
        ids=tuple(_ids(contexts, assets, entry.field) for entry in config.ids),
        labels=labels,
        sources=text_array([record.source for record in found]),
        writers=text_array([record.writer for record in found]),
        probability=probability,
        test_weight=_test_weights(found, probability),
        groups=np.array([number[group] for group in groups], np.int64),
        grouping=grouping,
        folds=folds_of(config.folds.salt, groups),
        unseen=_unseen(contexts, assets, config),
        channels=channels,
    )


def _ids(contexts: Sequence[Any], assets: Texts, path: str) -> Texts:
    """The keys of a context field; for "asset_id" the record's own asset comes first, as on the device."""
    keys = texts(values_at(contexts, path))
    return np.where(assets != "", assets, keys) if path == ASSET else keys


def _unseen(contexts: Sequence[Any], assets: Texts, config: Config) -> Flags:
    """[N, fields held back]: true where a row has one of the values."""
    unseen = np.zeros((len(contexts), len(config.data.unseen)), np.bool_)
    for place, (path, values) in enumerate(config.data.unseen.items()):
        keys, held = _ids(contexts, assets, path), set(values)
        unseen[:, place] = _flags(key in held for key in keys)
    return unseen


def _test_weights(found: Sequence[Labelled], probability: Floats) -> Floats:
    """How many rows of the natural stream each stands for; 0 for answers that were not drawn, or by nobody known.

    An answer that changed a label which the record carried anyway is of no stream, and its row stands for itself.
    """
    engineer = _flags(record.source == "engineer" for record in found)
    drawn = _flags(record.stream == "evaluation" and record.identity == "authenticated" for record in found)
    usable = (probability > 0) & (probability <= 1)
    engineer &= ~(_flags(record.stream == "" for record in found) & (probability == 1))
    return np.where(engineer, np.where(drawn & usable, 1 / np.where(usable, probability, 1), 0.0), 1.0)


def _flags(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, np.bool_)


def _some(rows: Rows, ldos: Sequence[Any], config: Config, rejections: Rejections) -> None:
    if len(rows) > 0:
        return
    why = "; ".join(f"{reason} ({count:,})" for reason, count in rejections.counts.most_common(REASONS_SHOWN))
    raise TrainerError(f"no record can be learnt from: {why or 'there are none'}{_strangers(rows, ldos, config)}")


def _strangers(rows: Rows, ldos: Sequence[Any], config: Config) -> str:
    """What to say of channels and context fields that no record has: most often they are called otherwise there."""
    named = set().union(*(data for data in values_at(ldos[:NAMES_FROM], "sensor_data") if type(data) is dict))
    unknown = [channel.name for channel in rows.channels if channel.name not in named]
    said = ""
    if unknown and named:
        said = f". No record has the channel {' or '.join(unknown)}; the records have {', '.join(sorted(named))}"
    strange = tell_strange(ldos, config) if len(ldos) > 0 else ""
    return f"{said}. {strange[0].upper()}{strange[1:]}" if strange else said
