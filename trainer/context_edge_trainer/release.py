"""The files a device reads: model.onnx, model.json (`model/1`), golden.json (`golden/1`) and report.json.

The release carries its own encoding, so that a device needs nothing but these files to make the same tensors.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .calibrate import Calibration
from .config import Channel, Config
from .encode import Encoding
from .export import LOGITS, OPSET, SENSORS, run_onnx
from .rows import Rows

FILES = {"fp32": "model.onnx", "golden": "golden.json", "report": "report.json"}
MANIFEST = "model.json"
# Room for another runtime's order of summation and for TF32; far below what any other model would answer.
TOLERANCE = 0.002


def created_at() -> str:
    """Now, or SOURCE_DATE_EPOCH where it is set, as ISO 8601 UTC with milliseconds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def manifest(encoding: Encoding, calibration: Calibration, created: str, training: Mapping[str, Any]) -> dict[str, Any]:
    """`model/1`: how to encode a sample for the graph and how to read its answer."""
    config = encoding.config
    ids = zip(config.ids, encoding.vocabularies, strict=True)
    return {
        "schema": "model/1",
        "name": config.name,
        "version": config.version or created_at()[:19].replace("-", "").replace(":", "").replace("T", "-"),
        "created_at": created,
        "files": FILES,
        "channels": [_channel(channel) for channel in config.channels],
        "ids": [
            {"input": entry.input, "field": entry.field, "vocabulary": dict(vocabulary)} for entry, vocabulary in ids
        ],
        "inputs": {
            SENSORS: {"dtype": "float32", "shape": [None, len(config.channels)]},
            **{entry.input: {"dtype": "int64", "shape": [None]} for entry in config.ids},
        },
        "output": {"name": LOGITS, "shape": [None, len(config.labels)]},
        "labels": [
            {"name": label.name, "kind": label.kind, "severity": label.severity, "action": label.action}
            for label in config.labels
        ],
        "calibration": {"fp32": {"temperature": calibration.temperature, "bias": list(calibration.bias)}},
        "build": {"opset": OPSET},
        "training": dict(training),
    }


def golden(file: bytes, encoding: Encoding, calibration: Calibration, rows: Rows) -> dict[str, Any]:
    """`golden/1`: samples as they arrive at a device, with the probabilities that the exported file gives them."""
    logits = run_onnx(file, encoding.encode(rows), encoding.config)
    probabilities = calibration.probabilities(torch.from_numpy(logits))
    names = [label.name for label in encoding.config.labels]
    return {
        "schema": "golden/1",
        "tolerance": TOLERANCE,
        "rows": [
            {
                **_sample(encoding.config, rows, index),
                "probabilities": {name: round(value, 8) for name, value in zip(names, answer, strict=True)},
            }
            for index, answer in enumerate(probabilities.tolist())
        ],
    }


def golden_rows(test: Rows, never_seen: list[Rows], config: Config, each: int = 5) -> Rows:
    """`each` test rows of every label, and as many with each kind of value that no vocabulary has."""
    random = np.random.default_rng(config.training.seed)
    parts = [test.where(_some(random, test.labels == label, each)) for label in range(len(config.labels))]
    parts += [rows.where(_some(random, np.ones(len(rows), np.bool_), each)) for rows in never_seen]
    return Rows.joined([part for part in parts if len(part) > 0])


def write_release(out: Path, file: bytes, documents: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the files into a folder, each whole or not at all, the manifest last: it is what makes them a release."""
    out.mkdir(parents=True, exist_ok=True)
    contents = {FILES["fp32"]: file}
    for name in sorted(documents, key=lambda name: name == MANIFEST):
        contents[name] = (json.dumps(documents[name], indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    partial = [(out / f".{name}.partial", out / name, content) for name, content in contents.items()]
    try:
        for temporary, _, content in partial:
            temporary.write_bytes(content)
        for temporary, final, _ in partial:
            temporary.replace(final)
    finally:
        for temporary, _, _ in partial:
            temporary.unlink(missing_ok=True)


def _channel(channel: Channel) -> dict[str, Any]:
    known = {
        "name": channel.name,
        "unit": channel.unit,
        "range": None if channel.range is None else list(channel.range),
        "reference": channel.reference,
        "fill": channel.fill,
    }
    return {key: value for key, value in known.items() if value is not None}


def _sample(config: Config, rows: Rows, index: int) -> dict[str, Any]:
    """sensor_data and context of a row, rebuilt from the columns; nothing of the context but what the model reads."""
    sensors: dict[str, float] = {}
    context: dict[str, Any] = {}
    for entry, column in zip(config.ids, rows.ids, strict=True):
        if column[index]:
            _put(context, entry.field, column[index])
    for place, channel in enumerate(config.channels):
        if np.isnan(rows.readings[index, place]):
            continue
        sensors[channel.name] = float(rows.readings[index, place])
        if channel.reference is not None:
            _put(context, channel.reference, float(rows.references[index, place]))
    return {"sensor_data": sensors, "context": context}


def _put(root: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for step in parents:
        root = root.setdefault(step, {})
    root[last] = value


def _some(random: np.random.Generator, mask: np.ndarray, count: int) -> np.ndarray:
    """A mask of at most `count` of the rows that `mask` selects."""
    found = np.flatnonzero(mask)
    chosen = np.zeros(len(mask), np.bool_)
    chosen[random.permutation(found)[:count]] = True
    return chosen
