"""model.json (`model/1`): how a device encodes a sample for the graph, and reads its answer."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from .calibrate import Calibration
from .config import Channel
from .config_file import SENSORS
from .encode import Encoding
from .errors import TrainerError
from .graph_files import OUTPUT
from .onnx_graph import OPSET

MANIFEST = "model.json"
FP32 = {"fp32": "model.onnx"}
INT8 = {"int8": "model.int8.onnx"}
ENCODING = "encoding.json"
EXPORT = "export.json"
GOLDEN = "golden.json"
REPORT = "report.json"
SCHEMAS = Path(__file__).parent / "schemas"


def encoding_of(encoding: Encoding, calibration: Mapping[str, Calibration]) -> dict[str, Any]:
    """What a device must know to ask the network and to read its answer: the parts of `model/1` that are fixed with it.

    It has a file for every precision ("fp32", "int8") that has a calibration.
    """
    config = encoding.config
    ids = zip(config.ids, encoding.vocabularies, strict=True)
    return {
        "files": FP32 | (INT8 if "int8" in calibration else {}) | {"golden": GOLDEN, "report": REPORT},
        "channels": [_channel(channel) for channel in config.channels],
        "ids": [
            {"input": entry.input, "field": entry.field, "vocabulary": dict(vocabulary)} for entry, vocabulary in ids
        ],
        **(
            {"numeric": [{"input": entry.input, "fields": list(entry.fields)} for entry in config.numeric]}
            if config.numeric
            else {}
        ),
        "inputs": {
            SENSORS: {"dtype": "float32", "shape": [None, len(config.channels)]},
            **{entry.input: {"dtype": "int64", "shape": [None]} for entry in config.ids},
            **{entry.input: {"dtype": "float32", "shape": [None, len(entry.fields)]} for entry in config.numeric},
        },
        "output": {"name": OUTPUT, "shape": [None, len(config.labels)]},
        "labels": [asdict(label) for label in config.labels],
        "calibration": {
            precision: {"temperature": found.temperature, "bias": list(found.bias)}
            for precision, found in calibration.items()
        },
        "build": {"opset": OPSET},
    }


def manifest(
    name: str, version: str, created: str, encoding: Mapping[str, Any], training: Mapping[str, Any]
) -> dict[str, Any]:
    """`model/1`. Raises TrainerError when it breaks the message contract."""
    made = {"schema": "model/1", "name": name, "version": version, "created_at": created, **encoding}
    conforming(made | {"training": training})
    return made | {"training": dict(training)}


def conforming(document: Mapping[str, Any]) -> None:
    """Raise TrainerError unless a document follows the message contract's schema for its kind."""
    kind = str(document["schema"])
    try:
        _validator(kind.replace("/", "-")).validate(document)
    except jsonschema_rs.ValidationError as error:
        at = "/".join(str(step) for step in error.instance_path)
        raise TrainerError(f"what was made is no {kind}, a defect: {at or 'the document'}: {error.message}") from error


@cache
def _validator(name: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(orjson.loads((SCHEMAS / f"{name}.json").read_bytes()))


def _channel(channel: Channel) -> dict[str, Any]:
    known = {
        "name": channel.name,
        "unit": channel.unit,
        "range": None if channel.range is None else list(channel.range),
        "reference": channel.reference,
        "fill": channel.fill,
    }
    return {key: value for key, value in known.items() if value is not None}
