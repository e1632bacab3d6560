"""golden.json (`golden/1`): samples as they arrive at a device, with the answers that it must give before it may serve.

Every label has some, and so has everything that is easily got wrong: ids that no vocabulary has, and readings for
which a `fill` stands in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import Config
from ..data.columns import text_array
from ..errors import TrainerError
from ..learn.dataset import Rows
from ..learn.encode import Encoding
from .device import answers

# Room for another runtime's order of summation and for TF32; far below what any other model would answer.
TOLERANCE = 0.002
# And for one step of 256 that another runtime rounds the other way.
INT8_TOLERANCE = 0.05
EACH = 5

Answers = NDArray[np.float64]
"""Probabilities [N, labels]"""


def golden_rows(rows: Rows, encoding: Encoding, each: int = EACH) -> Rows:
    """`each` rows of every label (of the test fold where it has any), and as many with each thing missing or new."""
    config = encoding.config
    random = np.random.default_rng(config.training.seed)
    test = rows.test()
    parts = [
        _some(random, rows if not (test.labels == label).any() else test, label, each) for label in _labels(config)
    ]
    parts += [_draw(random, rows.never_seen(column), each) for column in range(len(config.data.unseen))]
    some = Rows.joined([part for part in parts if len(part) > 0])
    parts += [
        _renamed(_draw(random, some, each), column, encoding)
        for column, entry in enumerate(config.ids)
        # A number of the context cannot be replaced by a name: nor one that says what is normal of a channel.
        if entry.field not in {*_number_paths(config), *(channel.reference for channel in config.channels)}
    ]
    parts += [
        _without(_draw(random, some, each), place)
        for place, channel in enumerate(config.channels)
        if channel.fill is not None
    ]
    return Rows.joined([part for part in parts if len(part) > 0])


def golden(rows: Rows, config: Config, fp32: Answers, int8: Answers | None) -> dict[str, Any]:
    """`golden/1` of rows with the answers to them, [N, labels] each."""
    names = [label.name for label in config.labels]
    samples: list[dict[str, Any]] = []
    for index in range(len(rows)):
        entry = sample_of(config, rows, index) | {"probabilities": _named(names, fp32[index])}
        samples.append(entry if int8 is None else entry | {"int8": _named(names, int8[index])})
    tolerances = {"tolerance": TOLERANCE} | ({} if int8 is None else {"int8_tolerance": INT8_TOLERANCE})
    return {"schema": "golden/1", **tolerances, "rows": samples}


def check_golden(golden: Mapping[str, Any], manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Ask every file of a release ("fp32", "int8") its golden samples, as a device would. Raises TrainerError."""
    for precision, file in files.items():
        answer, tolerance = ("probabilities", "tolerance") if precision == "fp32" else ("int8", "int8_tolerance")
        found = answers(manifest, file, golden["rows"], precision)
        names = [label["name"] for label in manifest["labels"]]
        expected = np.array([[row[answer][name] for name in names] for row in golden["rows"]])
        worst = float(np.abs(found - expected).max())
        if not worst <= golden[tolerance]:
            raise TrainerError(
                f"the {precision} file answers a golden sample otherwise than the network does, by {worst:.4f} "
                f"(limit {golden[tolerance]}): what model.json says of its inputs is not what it was trained on"
            )


def sample_of(config: Config, rows: Rows, index: int) -> dict[str, Any]:
    """sensor_data and context of a row, rebuilt from the columns; nothing of the context but what the model reads."""
    sensors: dict[str, float] = {}
    context: dict[str, Any] = {}
    for entry, column in zip(config.ids, rows.ids, strict=True):
        if column[index]:
            _put(context, entry.field, column[index])
    # After the ids: a field that is both is a number, which a device spells as the id.
    for path, value in zip(_number_paths(config), rows.numeric[index].tolist(), strict=True):
        _put(context, path, value)
    for place, channel in enumerate(config.channels):
        if np.isnan(rows.readings[index, place]):
            continue
        sensors[channel.name] = float(rows.readings[index, place])
        if channel.reference is not None:
            _put(context, channel.reference, float(rows.references[index, place]))
    return {"sensor_data": sensors, "context": context}


def _number_paths(config: Config) -> list[str]:
    return [path for entry in config.numeric for path in entry.fields]


def _labels(config: Config) -> range:
    return range(len(config.labels))


def _some(random: np.random.Generator, rows: Rows, label: int, count: int) -> Rows:
    return _draw(random, rows.where(rows.labels == label), count)


def _draw(random: np.random.Generator, rows: Rows, count: int) -> Rows:
    """At most `count` of the rows."""
    chosen = np.zeros(len(rows), np.bool_)
    chosen[random.permutation(len(rows))[:count]] = True
    return rows.where(chosen)


def _renamed(rows: Rows, column: int, encoding: Encoding) -> Rows:
    """The rows with an id that the vocabulary does not know."""
    name = "never seen"
    while name in encoding.vocabularies[column]:
        name += "!"
    ids = [*rows.ids]
    ids[column] = text_array([name] * len(rows))
    return replace(rows, ids=tuple(ids))


def _without(rows: Rows, place: int) -> Rows:
    """The rows without the reading of a channel."""
    readings = rows.readings.copy()
    readings[:, place] = np.nan
    return replace(rows, readings=readings)


def _named(names: Sequence[str], answer: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(value, 8) for name, value in zip(names, answer.tolist(), strict=True)}


def _put(root: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for step in parents:
        root = root.setdefault(step, {})
    root[last] = value
