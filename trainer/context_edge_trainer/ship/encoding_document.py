"""encoding.json: the part of a release manifest that is fixed with the network, written by the export."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..config import Channel
from ..config_file import SENSORS
from ..learn.calibrate import Calibration
from ..learn.encode import Encoding
from .graph_files import OUTPUT
from .manifest import FP32, GOLDEN, INT8, REPORT
from .onnx_graph import OPSET


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


def _channel(channel: Channel) -> dict[str, Any]:
    known = {
        "name": channel.name,
        "unit": channel.unit,
        "range": None if channel.range is None else list(channel.range),
        "reference": channel.reference,
        "fill": channel.fill,
    }
    return {key: value for key, value in known.items() if value is not None}
