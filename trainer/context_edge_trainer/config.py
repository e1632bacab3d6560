"""What to learn from: channels, context fields and labels, read-only. config_file.py reads it from one TOML file.

The vocabulary is that of the release manifest (`model/1`): what stands here for a channel, an id or a label is copied
into it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LABEL_SOURCES = ("context", "engineer", "process", "maintenance")
LIVE = "live"
"""The mode of a record that names none."""


@dataclass(frozen=True)
class Channel:
    """A sensor channel in the order in which the model sees it.

    `range` is [low, high] in `unit`, or None to take it from the training rows; `reference` the path in the context of
    what is normal for this product, which is then subtracted; `fill` what to take where the reading or its reference
    is missing (without it such a row is left out). A unit may be "": a count or a ratio has none.
    """

    name: str
    unit: str = ""
    range: tuple[float, float] | None = None
    reference: str | None = None
    fill: float | None = None


@dataclass(frozen=True)
class IdField:
    """A context field with a vocabulary: `input` names it in the graph, `field` is its path in the context."""

    input: str
    field: str


@dataclass(frozen=True)
class NumericInput:
    """Numbers of the context that the model sees as they are: `input` names them in the graph, `fields` their paths."""

    input: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """A class of the model: its place in the list is its place in the output."""

    name: str
    kind: str
    severity: str
    action: str


@dataclass(frozen=True)
class Folds:
    """Fold of a row = SHA-256(salt, 0x00, group) mod 10: 0 test, 1 validation, 2 to 9 train. Never change the salt.

    `group` are paths in the record ("context.batch", "asset_id"): the first that a record has is its group, and where
    it has none, its asset and UTC day.
    """

    salt: str
    group: tuple[str, ...] = ("context.batch", "scan.gs1.batch")


@dataclass(frozen=True)
class Data:
    """Which records may be learnt from; `unseen` holds values of a context field back, as a slice of their own."""

    simulated: bool = False
    modes: tuple[str, ...] = (LIVE,)
    label_sources: tuple[str, ...] = LABEL_SOURCES
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Leakage:
    """Context fields that may not be features (`deny`), and those that may although they tell the label (`allow`)."""

    deny: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


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
    product". `writer_cap` is the largest share of a class's weight that the rows of one writer (who labelled them) or
    of one device may have.
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
    writer_cap: float = 0.5


@dataclass(frozen=True)
class Policy:
    """What the device will do with the answer: it alerts on a fault above this confidence."""

    alert_confidence: float = 0.8


@dataclass(frozen=True)
class Gates:
    """What a model must reach before it may be released.

    `accuracy`, `macro_f1` and `recall` (of every label that is not normal) are lower bounds, `fpr` (false alerts over
    normal rows), `calibration_gap` (said minus right, where the device would alert), `int8_drop` (accuracy lost by
    INT8) and `latency_ms` (p99 on the device) upper ones. A figure that rests on rows that are worth fewer than
    `min_rows` of equal weight is "not enough rows".
    """

    accuracy: float = 0.92
    fpr: float = 0.05
    macro_f1: float = 0.6
    recall: float = 0.5
    calibration_gap: float = 0.05
    int8_drop: float = 0.01
    latency_ms: float = 100.0
    min_rows: int = 30


@dataclass(frozen=True)
class Export:
    """Which files a release has: without `int8` there is none in 8 bits, and nothing of it is measured or gated."""

    int8: bool = True


@dataclass(frozen=True)
class Waiver:
    """A person who answers for a gate that does not pass: `gate` as the report names it ("recall:other")."""

    gate: str
    by: str
    reason: str


@dataclass(frozen=True)
class Config:
    """Everything that a run depends on besides the data. Without a `version` a release takes its date and time."""

    name: str
    version: str | None
    channels: tuple[Channel, ...]
    ids: tuple[IdField, ...]
    numeric: tuple[NumericInput, ...]
    labels: tuple[Label, ...]
    folds: Folds
    data: Data
    leakage: Leakage
    network: Network
    training: Training
    policy: Policy
    gates: Gates
    export: Export
    waivers: tuple[Waiver, ...]

    @property
    def normal(self) -> int:
        """Index of the label of kind "normal"."""
        return next(i for i, label in enumerate(self.labels) if label.kind == "normal")
