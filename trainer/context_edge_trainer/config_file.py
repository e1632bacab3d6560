"""Reads the TOML file that says what to learn from. Every complaint names the table, the key and the value."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .config import (
    LABEL_SOURCES,
    Channel,
    Config,
    Data,
    Export,
    Folds,
    Gates,
    IdField,
    Label,
    Leakage,
    Network,
    NumericInput,
    Policy,
    Training,
    Waiver,
)
from .errors import TrainerError
from .toml_table import Table, tables

TRUTH = "ground_truth_label"
MOTOR_FAULTS = Path(__file__).parent / "configs" / "motor-faults.toml"
SENSORS = "sensors"
# What a graph may call an input: plain enough for ONNX, TensorRT and a file name.
INPUT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
SEVERITY = {"normal": "low", "fault": "high", "other": "medium"}
ACTION = {"normal": "None.", "fault": "Inspect the asset.", "other": "Inspect the asset and have the run reviewed."}


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
    document = Table(raw, "", "")
    model = document.table("model")
    name = model.name("name")
    config = Config(
        name=name,
        version=model.name("version") if "version" in model else None,
        channels=tuple(_channel(table) for table in tables(document, "channels", least=1)),
        ids=tuple(_id(table) for table in tables(document, "ids")),
        numeric=tuple(_numeric(table) for table in tables(document, "numeric")),
        labels=tuple(_label(table) for table in tables(document, "labels", least=2)),
        folds=_folds(document.table("folds", optional=True), name),
        data=_data(document.table("data", optional=True)),
        leakage=_leakage(document.table("leakage", optional=True)),
        network=_network(document.table("network", optional=True)),
        training=_training(document.table("training", optional=True)),
        policy=_policy(document.table("policy", optional=True)),
        gates=_gates(document.table("gates", optional=True)),
        export=_export(document.table("export", optional=True)),
        waivers=tuple(_waiver(table) for table in tables(document, "waivers")),
    )
    model.done()
    document.done()
    _check(config)
    return config


def _check(config: Config) -> None:
    _distinct("channels", [channel.name for channel in config.channels])
    _distinct("labels", [label.name for label in config.labels])
    inputs = [SENSORS, *(entry.input for entry in config.ids), *(entry.input for entry in config.numeric)]
    _distinct("ids and numeric", inputs)
    for path in feature_paths(config):
        if TRUTH in path.split("."):
            raise TrainerError(f"{path} is the answer: a model that is told it learns nothing else")
        if any(f"{path}.".startswith(f"{denied}.") for denied in config.leakage.deny):
            raise TrainerError(f"{path} is a feature and stands in [leakage] deny")
    normals = [label.name for label in config.labels if label.kind == "normal"]
    if len(normals) != 1:
        raise TrainerError(f'[[labels]]: exactly one has kind = "normal", not {len(normals)}')


def feature_paths(config: Config) -> list[str]:
    """Every path in the context that the model is told of: ids, numbers and references."""
    paths = [entry.field for entry in config.ids]
    paths += [path for entry in config.numeric for path in entry.fields]
    return paths + [channel.reference for channel in config.channels if channel.reference is not None]


def _distinct(key: str, names: list[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise TrainerError(f"[[{key}]] {', '.join(sorted(twice))}: named more than once")


def _input(table: Table, default: str | None) -> str:
    value = table.text("input", default)
    if not INPUT_NAME.fullmatch(value):
        raise table.complain("input", "letters, digits and '_', 63 at most, not beginning with a digit")
    return value


def _channel(table: Table) -> Channel:
    bounds = None
    if "range" in table:
        low_high = table.numbers("range", (), -1e12, 1e12)
        if len(low_high) != 2 or low_high[0] >= low_high[1]:
            raise table.complain("range", "[low, high] with low < high is needed")
        bounds = (low_high[0], low_high[1])
    return table.checked(
        Channel(
            name=table.text("name"),
            unit=table.text("unit", "", empty=True),
            range=bounds,
            reference=table.text("reference") if "reference" in table else None,
            fill=table.number("fill", None, -1e12, 1e12) if "fill" in table else None,
        )
    )


def _id(table: Table) -> IdField:
    field = table.text("field")
    default = re.sub(r"[^A-Za-z0-9_]", "_", field)
    return table.checked(IdField(_input(table, default), field))


def _numeric(table: Table) -> NumericInput:
    fields = table.texts("fields")
    if not fields or len(set(fields)) != len(fields):
        raise table.complain("fields", "a list of different context paths is needed")
    return table.checked(NumericInput(_input(table, "numbers"), fields))


def _label(table: Table) -> Label:
    kind = table.choice("kind", ("normal", "fault", "other"))
    return table.checked(
        Label(
            name=table.text("name"),
            kind=kind,
            severity=table.choice("severity", ("low", "medium", "high", "critical"), SEVERITY[kind]),
            action=table.text("action", ACTION[kind]),
        )
    )


def _folds(table: Table, model: str) -> Folds:
    group = table.texts("group", Folds.group, single=True)
    return table.checked(Folds(salt=table.text("salt", model), group=group))


def _data(table: Table) -> Data:
    unseen = table.table("unseen", optional=True)
    sources = table.texts("label_sources", Data.label_sources)
    unknown = [source for source in sources if source not in LABEL_SOURCES]
    if unknown:
        raise table.complain("label_sources", f"each one of {', '.join(LABEL_SOURCES)}")
    return table.checked(
        Data(
            simulated=table.flag("simulated", Data.simulated),
            modes=table.texts("modes", Data.modes),
            label_sources=sources,
            unseen={path: unseen.texts(path) for path in unseen},
        )
    )


def _leakage(table: Table) -> Leakage:
    return table.checked(Leakage(deny=table.texts("deny"), allow=table.texts("allow")))


def _network(table: Table) -> Network:
    network = Network(
        embedding=table.integer("embedding", Network.embedding, 1, 1024),
        hidden=tuple(int(width) for width in table.numbers("hidden", Network.hidden, 1, 65536)),
        dropout=table.numbers("dropout", Network.dropout, 0, 0.95),
    )
    if len(network.hidden) != len(network.dropout):
        raise table.complain("dropout", f"one number for each of the {len(network.hidden)} hidden layers is needed")
    return table.checked(network)


def _training(table: Table) -> Training:
    return table.checked(
        Training(
            seed=table.integer("seed", Training.seed, 0, 2**31 - 1),
            threads=table.integer("threads", Training.threads, 1, 256),
            epochs=table.integer("epochs", Training.epochs, 1, 10_000),
            patience=table.integer("patience", Training.patience, 1, 10_000),
            batch=table.integer("batch", Training.batch, 2, 1_000_000),
            learning_rate=table.number("learning_rate", Training.learning_rate, 1e-8, 10),
            weight_decay=table.number("weight_decay", Training.weight_decay, 0, 10),
            class_weight_power=table.number("class_weight_power", Training.class_weight_power, 0, 1),
            id_dropout=table.number("id_dropout", Training.id_dropout, 0, 0.9),
            writer_cap=table.number("writer_cap", Training.writer_cap, 0.01, 1),
        )
    )


def _policy(table: Table) -> Policy:
    return table.checked(Policy(table.number("alert_confidence", Policy.alert_confidence, 0, 1)))


def _gates(table: Table) -> Gates:
    return table.checked(
        Gates(
            accuracy=table.number("accuracy", Gates.accuracy, 0, 1),
            fpr=table.number("fpr", Gates.fpr, 0, 1),
            macro_f1=table.number("macro_f1", Gates.macro_f1, 0, 1),
            recall=table.number("recall", Gates.recall, 0, 1),
            calibration_gap=table.number("calibration_gap", Gates.calibration_gap, 0, 1),
            int8_drop=table.number("int8_drop", Gates.int8_drop, 0, 1),
            latency_ms=table.number("latency_ms", Gates.latency_ms, 0.001, 60_000),
            min_rows=table.integer("min_rows", Gates.min_rows, 1, 1_000_000),
        )
    )


def _export(table: Table) -> Export:
    return table.checked(Export(int8=table.flag("int8", Export.int8)))


def _waiver(table: Table) -> Waiver:
    return table.checked(Waiver(gate=table.text("gate"), by=table.text("by"), reason=table.text("reason")))
