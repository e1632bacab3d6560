"""A device in a few lines: from samples to probabilities by what stands in a release manifest, and nothing else.

It shares no code with the training side (but for how a number is spelt as an id), so that what it answers proves the
manifest, not the encoder.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.columns import id_text
from .onnx_graph import Array, run_onnx

Sample = Mapping[str, Any]
"""{sensor_data, context} as they arrive in a message."""


def answers(
    manifest: Mapping[str, Any], file: bytes, samples: Sequence[Sample], precision: str = "fp32"
) -> NDArray[np.float64]:
    """Calibrated probabilities [N, labels] of samples, each run alone."""
    calibration = manifest["calibration"][precision]
    logits = run_onnx(file, encode(manifest, samples), rows_at_once=1).astype(np.float64)
    scores = (logits + np.array(calibration["bias"])) / calibration["temperature"]
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def encode(manifest: Mapping[str, Any], samples: Sequence[Sample]) -> dict[str, Array]:
    """The inputs of the graph for samples that are usable: channels, ids and numbers as the manifest says."""
    feeds: dict[str, Array] = {
        "sensors": np.array([[_seen(channel, s) for channel in manifest["channels"]] for s in samples], np.float32)
    }
    for entry in manifest["ids"]:
        known = entry["vocabulary"]
        feeds[entry["input"]] = np.array([known.get(id_text(_at(s, entry["field"])), 0) for s in samples], np.int64)
    for entry in manifest.get("numeric", []):
        feeds[entry["input"]] = np.array([[_at(s, path) for path in entry["fields"]] for s in samples], np.float32)
    return feeds


def _seen(channel: Mapping[str, Any], sample: Sample) -> float:
    """What the model sees of a channel: the reading, less what is normal; `fill` where one of them is missing."""
    value = sample["sensor_data"].get(channel["name"])
    normal = _at(sample, channel["reference"]) if "reference" in channel else 0.0
    return channel["fill"] if value is None or normal is None else value - normal


def _at(sample: Sample, path: str) -> Any:  # noqa: ANN401 - a context holds anything
    value: Any = sample["context"]
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
