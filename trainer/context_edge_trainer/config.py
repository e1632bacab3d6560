"""What to learn from: channels, context fields and labels, from one TOML file, checked once and then read-only.

The vocabulary is that of the release manifest (`model/1`): what stands here for a channel, an id or a label is copied
into it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import TrainerError

SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
TRUTH = "ground_truth_label"
MOTOR_FAULTS = Path(__file__).parent / "configs" / "motor-faults.toml"


@dataclass(frozen=True)
class Channel:
    """A sensor channel in the order in which the model sees it.

    `range` is [low, high] in `unit`; `reference` the path in the context of what is normal for this product, which is
    then subtracted; `fill` what to take where the reading or its reference is missing (without it such a row is left
    out).
    """

    name: str
    unit: str
    range: tuple[float, float]
    reference: str | None = None
    fill: float | None = None


@dataclass(frozen=True)
class IdField:
    """A context field with a vocabulary: `input` names it in the graph, `field` is its path in the context."""

    input: str
    field: str


@dataclass(frozen=True)
class Label:
    """A class of the model: its place in the list is its place in the output."""

    name: str
    kind: str
    severity: str
    action: str


@dataclass(frozen=True)
class Folds:
    """Fold of a row = SHA-256(salt, 0x00, group) mod 10: 0 test, 1 validation, 2 to 9 train. Never change the salt."""

    salt: str


@dataclass(frozen=True)
class Data:
    """Which records may be learnt from; `unseen` holds values of a context field back, as a slice of their own."""

    simulated: bool = False
    modes: tuple[str, ...] = ("live",)
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """Width of each embedding, of the hidden layers, and the dropout after each of these."""

    embedding: int = 16
    hidden: tuple[int, ...] = (128, 64, 32)
    dropout: tuple[float, ...] = (0.3, 0.2, 0.0)


@dataclass(frozen=True)
class Training:
    """How long and how to learn.

    `class_weight_power` is the exponent of the inverse class frequency that weighs the loss: 0 is none, 1 makes every
    class count the same. `id_dropout` is the share of ids that training replaces by UNK, so that UNK means "any
    product".
    """

    seed: int = 1
    threads: int = 1
    epochs: int = 50
    patience: int = 10
    batch: int = 512
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    class_weight_power: float = 0.5
    id_dropout: float = 0.15


@dataclass(frozen=True)
class Policy:
    """What the device will do with the answer: it alerts on a fault above this confidence."""

    alert_confidence: float = 0.8


@dataclass(frozen=True)
class Goals:
    """What the report is held against."""

    accuracy: float = 0.92
    fpr: float = 0.05


@dataclass(frozen=True)
class Config:
    """Everything that a run depends on besides the data."""

    name: str
    version: str
    channels: tuple[Channel, ...]
    ids: tuple[IdField, ...]
    labels: tuple[Label, ...]
    folds: Folds
    data: Data
    network: Network
    training: Training
    policy: Policy
    goals: Goals

    @property
    def normal(self) -> int:
        """Index of the label of kind "normal"."""
        return next(i for i, label in enumerate(self.labels) if label.kind == "normal")


def load_config(path: Path = MOTOR_FAULTS) -> Config:
    """Read and check a TOML file. Raises TrainerError that names the table, the key and the value."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainerError(f"{path}: {error}") from error
    try:
        return parse_config(raw)
    except TrainerError as error:
        raise TrainerError(f"{path}: {error}") from error


def parse_config(raw: Mapping[str, Any]) -> Config:
    """Check a parsed TOML document. Raises TrainerError."""
    model = _Table(raw, "model")
    channels = tuple(_channel(table) for table in _tables(raw, "channels"))
    ids = tuple(IdField(table.text("input"), table.text("field")) for table in _tables(raw, "ids", least=0))
    labels = tuple(_label(table) for table in _tables(raw, "labels", least=2))
    _distinct("channels", [channel.name for channel in channels])
    _distinct("ids", ["sensors", *(entry.input for entry in ids)])
    _distinct("labels", [label.name for label in labels])
    for path in [entry.field for entry in ids] + [channel.reference for channel in channels]:
        if path is not None and path.split(".")[-1] == TRUTH:
            raise TrainerError(f"{path} is the answer: a model that is told it learns nothing else")
    normals = [label.name for label in labels if label.kind == "normal"]
    if len(normals) != 1:
        raise TrainerError(f'[[labels]]: exactly one has kind = "normal", not {len(normals)}')
    return Config(
        name=model.name("name"),
        version=model.name("version"),
        channels=channels,
        ids=ids,
        labels=labels,
        folds=Folds(salt=_Table(raw, "folds").text("salt")),
        data=_data(_Table(raw, "data", optional=True)),
        network=_network(_Table(raw, "network", optional=True)),
        training=_training(_Table(raw, "training", optional=True)),
        policy=Policy(_Table(raw, "policy", optional=True).number("alert_confidence", Policy.alert_confidence, 0, 1)),
        goals=_goals(_Table(raw, "goals", optional=True)),
    )


class _Table:
    """One TOML table, read key by key; every complaint names table and key."""

    def __init__(self, raw: Mapping[str, Any], where: str, *, optional: bool = False) -> None:
        found = raw.get(where, {} if optional else None)
        if not isinstance(found, Mapping):
            raise TrainerError(f"[{where}] is missing or not a table")
        self.raw = found
        self.where = f"[{where}]"

    def complain(self, key: str, wanted: str) -> TrainerError:
        return TrainerError(f"{self.where} {key} = {self.raw.get(key)!r}: {wanted}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.raw.get(key, default)
        if not isinstance(value, str) or value == "":
            raise self.complain(key, "a text is needed")
        return value

    def name(self, key: str) -> str:
        value = self.text(key)
        if not SAFE_NAME.fullmatch(value) or ".." in value:
            raise self.complain(
                key, "lower-case letters, digits, '.', '_' and '-', 63 at most, beginning with a letter or digit"
            )
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in choices:
            raise self.complain(key, f"one of {', '.join(choices)}")
        return value

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        value = self.raw.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.complain(key, f"a number from {low:g} to {high:g} is needed")
        return float(value)

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        value = self.number(key, default, low, high)
        if value != int(value):
            raise self.complain(key, "a whole number is needed")
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.raw.get(key, default)
        if not isinstance(value, bool):
            raise self.complain(key, "true or false")
        return value

    def numbers(self, key: str, default: tuple[float, ...], low: float, high: float) -> tuple[float, ...]:
        value = self.raw.get(key, list(default))
        if not isinstance(value, list) or not all(_is_number(entry) and low <= entry <= high for entry in value):
            raise self.complain(key, f"a list of numbers from {low:g} to {high:g} is needed")
        return tuple(float(entry) for entry in value)

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.raw.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.complain(key, "a list of texts is needed")
        return tuple(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tables(raw: Mapping[str, Any], key: str, *, least: int = 1) -> list[_Table]:
    entries = raw.get(key, [])
    if not isinstance(entries, list) or len(entries) < least:
        raise TrainerError(f"[[{key}]] is needed at least {least} times")
    return [_Table({f"{key}.{i}": entry}, f"{key}.{i}") for i, entry in enumerate(entries)]


def _distinct(key: str, names: list[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise TrainerError(f"[[{key}]] {', '.join(sorted(twice))}: named more than once")


def _channel(table: _Table) -> Channel:
    bounds = table.numbers("range", (), -1e12, 1e12)
    if len(bounds) != 2 or bounds[0] >= bounds[1]:
        raise table.complain("range", "[low, high] with low < high is needed")
    return Channel(
        name=table.text("name"),
        unit=table.text("unit"),
        range=(bounds[0], bounds[1]),
        reference=table.text("reference") if "reference" in table.raw else None,
        fill=table.number("fill", None, -1e12, 1e12) if "fill" in table.raw else None,
    )


def _label(table: _Table) -> Label:
    return Label(
        name=table.text("name"),
        kind=table.choice("kind", ("normal", "fault", "other")),
        severity=table.choice("severity", ("low", "medium", "high", "critical")),
        action=table.text("action"),
    )


def _data(table: _Table) -> Data:
    unseen = table.raw.get("unseen", {})
    if not isinstance(unseen, Mapping):
        raise table.complain("unseen", "a table of context field = [values] is needed")
    values = _Table({"data.unseen": unseen}, "data.unseen")
    return Data(
        simulated=table.flag("simulated", Data.simulated),
        modes=table.texts("modes", Data.modes),
        unseen={path: values.texts(path) for path in unseen},
    )


def _network(table: _Table) -> Network:
    network = Network(
        embedding=table.integer("embedding", Network.embedding, 1, 1024),
        hidden=tuple(int(width) for width in table.numbers("hidden", Network.hidden, 1, 65536)),
        dropout=table.numbers("dropout", Network.dropout, 0, 0.95),
    )
    if len(network.hidden) != len(network.dropout):
        raise table.complain("dropout", f"one number for each of the {len(network.hidden)} hidden layers is needed")
    return network


def _training(table: _Table) -> Training:
    return Training(
        seed=table.integer("seed", Training.seed, 0, 2**31 - 1),
        threads=table.integer("threads", Training.threads, 1, 256),
        epochs=table.integer("epochs", Training.epochs, 1, 10_000),
        patience=table.integer("patience", Training.patience, 1, 10_000),
        batch=table.integer("batch", Training.batch, 2, 1_000_000),
        learning_rate=table.number("learning_rate", Training.learning_rate, 1e-8, 10),
        weight_decay=table.number("weight_decay", Training.weight_decay, 0, 10),
        class_weight_power=table.number("class_weight_power", Training.class_weight_power, 0, 1),
        id_dropout=table.number("id_dropout", Training.id_dropout, 0, 0.9),
    )


def _goals(table: _Table) -> Goals:
    return Goals(table.number("accuracy", Goals.accuracy, 0, 1), table.number("fpr", Goals.fpr, 0, 1))
