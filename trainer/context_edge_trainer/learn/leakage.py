"""Finds context fields that carry the answer, and ids that can teach nothing, before a model learns to lean on them.

A field is judged alone, by what can be said of rows of groups that it was not learned from: an id by the class that
its value had, a number (a reference too) by a small tree of thresholds. Balanced accuracy counts every class alike, so
that saying "normal" always is no good. Channels are never judged: a sensor that separates well is what one hopes for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..config import Config
from ..data.columns import Flags, Floats, Integers, Texts
from ..errors import TrainerError
from .dataset import Rows
from .folds import TEST

TELLS = 0.98
"""Balanced accuracy from which a field alone tells the label."""
ENOUGH = 10
"""Rows that a class needs to be judged by."""
PARTS = 3
MOST_ROWS = 20_000
"""Of more rows than this a number is judged by a part."""
FEW = 20
"""With fewer rows an id may have a value of its own in each by chance."""
REFUSED = (
    "A model that is told this learns nothing else. Leave it out, or, if a device knows it before anything has failed, "
    "name it in [leakage] allow"
)


@dataclass(frozen=True)
class Told:
    """What a field alone tells: balanced accuracy over the classes, of normal or not, and the classes it gives away."""

    field: str
    kind: str
    distinct: int
    rows: int
    classes: int
    over_classes: float | None
    normal_or_not: float | None
    gives_away: tuple[str, ...]
    allowed: bool

    @property
    def leaks(self) -> bool:
        """True when the label can be had from this field alone."""
        return any(score is not None and score >= TELLS for score in (self.over_classes, self.normal_or_not))

    @property
    def unique(self) -> bool:
        """True for an id whose values hardly come again."""
        return self.kind == "id" and self.rows >= FEW and self.distinct * 2 > self.rows


def check_leakage(rows: Rows, config: Config) -> list[Told]:
    """What each context field tells, by all rows but those of the test fold. Raises TrainerError naming what leaks."""
    found = [_judge(field, rows, config) for field in _fields(rows, config)]
    wrong = [_complaint(told) for told in found if not told.allowed and (told.unique or told.leaks)]
    if wrong:
        raise TrainerError("; ".join(wrong))
    return found


def tell_leakage(found: Sequence[Told]) -> list[str]:
    """Lines on fields that were let through and should be known."""
    lines = [f"{told.field} is allowed by name, and alone tells the label" for told in found if told.leaks]
    for told in found:
        if told.gives_away and not told.leaks:
            lines.append(f"{told.field} alone tells {', '.join(told.gives_away)} from all else: is it known before?")
    return lines


@dataclass(frozen=True)
class _Field:
    path: str
    texts: Texts | None
    numbers: Floats | None


def _fields(rows: Rows, config: Config) -> list[_Field]:
    """The context fields that the model is told of."""
    paths = [path for entry in config.numeric for path in entry.fields]
    fields = [_Field(entry.field, column, None) for entry, column in zip(config.ids, rows.ids, strict=True)]
    fields += [_Field(path, None, rows.numeric[:, place]) for place, path in enumerate(paths)]
    for place, channel in enumerate(config.channels):
        if channel.reference is not None and channel.reference not in [field.path for field in fields]:
            fields.append(_Field(channel.reference, None, rows.references[:, place]))
    return fields


def _judge(field: _Field, rows: Rows, config: Config) -> Told:
    learns = (rows.folds != TEST) & ~rows.held_back()
    if field.texts is not None:
        values, distinct = field.texts[learns], len(set(field.texts[rows.in_train()]) - {""})
        filled = int((field.texts[rows.in_train()] != "").sum())
        codes: Integers | Floats = np.unique(values.astype(str), return_inverse=True)[1]
    else:
        assert field.numbers is not None
        learns &= _some_groups(rows.groups, learns)
        codes, distinct = field.numbers[learns], len(np.unique(field.numbers[rows.in_train()]))
        filled = int(rows.in_train().sum())
    labels, parts = rows.labels[learns], rows.folds[learns] % PARTS
    said = _out_of_part(codes, labels, parts, len(config.labels))
    normal = (labels == config.normal).astype(np.int64)
    recalls = _recalls(labels, said, len(config.labels))
    return Told(
        field=field.path,
        kind="number" if field.texts is None else "id",
        distinct=distinct,
        rows=filled,
        classes=len(recalls),
        over_classes=_balanced(recalls),
        normal_or_not=_balanced(_recalls(normal, _out_of_part(codes, normal, parts, 2), 2)),
        gives_away=tuple(config.labels[label].name for label in recalls if _alone(labels, said, label) >= TELLS),
        allowed=field.path in config.leakage.allow,
    )


def _complaint(told: Told) -> str:
    if told.unique:
        return (
            f"{told.field} has {told.distinct:,} different values in {told.rows:,} training rows: an id that hardly "
            "comes again teaches nothing about the next one. Leave it out"
        )
    scores = []
    if told.over_classes is not None and told.over_classes >= TELLS:
        scores.append(f"{told.over_classes:.3f} over {told.classes} classes")
    if told.normal_or_not is not None and told.normal_or_not >= TELLS:
        scores.append(f"{told.normal_or_not:.3f} of normal or not")
    found = f"{told.field} alone tells the label (balanced accuracy {', '.join(scores)}, limit {TELLS})"
    return f'{found}. {REFUSED} = ["{told.field}"]'


def _some_groups(groups: Integers, learns: Flags) -> Flags:
    """Whole groups of at most MOST_ROWS rows in all, more or less, spread over the groups."""
    every = -(-int(learns.sum()) // MOST_ROWS)
    return np.asarray(groups % max(every, 1) == 0, np.bool_)


def _out_of_part(values: Integers | Floats, labels: Integers, parts: Integers, count: int) -> Integers:
    """The class of each row by the rows of other parts; -1 for an id that these do not have."""
    said = np.full(len(labels), -1, np.int64)
    for part in range(PARTS):
        here, there = parts == part, parts != part
        if not here.any() or not there.any():
            continue
        # Every class weighs the same, however rare.
        counts = np.bincount(labels[there], minlength=count)
        weights = (1 / np.maximum(counts, 1))[labels[there]]
        predict = _by_value if values.dtype.kind == "i" else _by_threshold
        said[here] = predict(values[there], labels[there], weights, values[here], count)
    return said


def _by_value(known: Integers, labels: Integers, weights: Floats, asked: Integers, count: int) -> Integers:
    """The heaviest class of each value's rows."""
    size = int(max(known.max(), asked.max())) + 1
    table = np.bincount(known * count + labels, weights, size * count).reshape(size, count)
    return np.where(table.sum(axis=1) > 0, table.argmax(axis=1), -1)[asked]


def _by_threshold(known: Floats, labels: Integers, weights: Floats, asked: Floats, count: int) -> Integers:
    """The heaviest class of each interval that a tree of thresholds makes."""
    order = np.argsort(known, kind="stable")
    values = known[order]
    heaps = np.zeros((len(known) + 1, count))
    heaps[np.arange(1, len(known) + 1), labels[order]] = weights[order]
    heaps = heaps.cumsum(axis=0)
    depth = int(np.ceil(np.log2(count))) + 2
    cuts = sorted(_cuts(values, heaps, 0, len(values), depth))
    edges = [0, *cuts, len(values)]
    classes = np.array([(heaps[high] - heaps[low]).argmax() for low, high in pairwise(edges)])
    thresholds = np.array([values[cut - 1] / 2 + values[cut] / 2 for cut in cuts])
    return np.asarray(classes[np.searchsorted(thresholds, asked)], np.int64)


def _cuts(values: Floats, heaps: Floats, low: int, high: int, depth: int) -> list[int]:
    """Where to cut the sorted rows low to high so that each piece has as few classes as it can (Gini impurity)."""
    places = low + 1 + np.flatnonzero(np.diff(values[low:high]) > 0)
    if depth == 0 or len(places) == 0 or np.count_nonzero(heaps[high] - heaps[low] > 1e-12) < 2:
        return []
    left, right = heaps[places] - heaps[low], heaps[high] - heaps[places]
    purity = (left**2).sum(axis=1) / left.sum(axis=1) + (right**2).sum(axis=1) / right.sum(axis=1)
    best = int(places[purity.argmax()])
    return [*_cuts(values, heaps, low, best, depth - 1), best, *_cuts(values, heaps, best, high, depth - 1)]


def _recalls(labels: Integers, said: Integers, count: int) -> dict[int, float]:
    """Recall of each class that has enough rows."""
    truly = np.bincount(labels, minlength=count)
    hits = np.bincount(labels[labels == said], minlength=count)
    return {label: float(hits[label] / truly[label]) for label in range(count) if truly[label] >= ENOUGH}


def _balanced(recalls: dict[int, float]) -> float | None:
    """Mean recall; None where fewer than two classes can be judged."""
    return round(float(np.mean(list(recalls.values()))), 4) if len(recalls) > 1 else None


def _alone(labels: Integers, said: Integers, label: int) -> float:
    """Balanced accuracy of one class against all others."""
    mine = labels == label
    if mine.all():
        return 0.0
    return float(((said[mine] == label).mean() + (said[~mine] != label).mean()) / 2)
