"""Plays LDOs back to the model of a release: what it would have answered, by its `model.json` alone.

The rules are those of a device (lib/inference/encode.ts): what it would refuse is not guessed here either. Nothing of
the configuration in hand is read, so that a release with other channels, fields or labels can be asked as well.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..data.columns import Flags, Floats, members, numbers, texts, values_at
from ..errors import TrainerError

BATCH = 65_536
SENSORS = "sensors"
ASSET = "asset_id"

Feeds = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Answers:
    """`encoded` [N] says which records the model could be asked about; `probabilities` [N, labels], NaN elsewhere."""

    encoded: Flags
    probabilities: Floats
    refused: Mapping[str, int]


def replay(manifest: Mapping[str, Any], onnx: bytes, ldos: Sequence[Mapping[str, Any]]) -> Answers:
    """Calibrated FP32 answers to LDOs. Raises TrainerError when the file and its manifest do not belong together."""
    coder = _Encoder(ldos)
    feeds = coder.encode(manifest)
    probabilities = np.full((len(ldos), len(manifest["labels"])), np.nan)
    kept = coder.kept.copy()
    if kept.any():
        logits = _run(manifest, onnx, {name: column[kept] for name, column in feeds.items()})
        probabilities[kept] = _calibrated(logits, manifest["calibration"]["fp32"])
        coder.refuse(~np.isfinite(probabilities).all(axis=1), "its answer is not a number")
        probabilities[~coder.kept] = np.nan
    return Answers(coder.kept, probabilities, dict(coder.refused.most_common()))


class _Encoder:
    """Columns of a graph's inputs out of records; what a device would refuse is counted by its first reason."""

    def __init__(self, ldos: Sequence[Mapping[str, Any]]) -> None:
        self.kept: Flags = np.ones(len(ldos), np.bool_)
        self.refused: Counter[str] = Counter()
        self._ldos = ldos
        self._data = values_at(ldos, "sensor_data")
        self._quality = values_at(ldos, "sensor_quality")
        self._contexts = values_at(ldos, "context")

    def encode(self, manifest: Mapping[str, Any]) -> Feeds:
        """One array per input; rows that are refused hold anything."""
        sensors = np.stack([self._channel(channel) for channel in manifest["channels"]], axis=1)
        feeds: Feeds = {SENSORS: sensors.astype(np.float32)}
        for entry in manifest.get("numeric", []):
            columns = [self._number(path) for path in entry["fields"]]
            feeds[entry["input"]] = np.stack(columns, axis=1)
        for entry in manifest["ids"]:
            feeds[entry["input"]] = self._rows(entry["field"], entry["vocabulary"])
        return feeds

    def refuse(self, mask: Flags, reason: str) -> None:
        """Leave out what `mask` selects of the records that are left."""
        count = int((mask & self.kept).sum())
        if count > 0:
            self.refused[reason] += count
            self.kept &= ~mask

    def _channel(self, channel: Mapping[str, Any]) -> Floats:
        """What the model sees of a channel: its reading, less its reference where it has one."""
        name, fill = channel["name"], channel.get("fill")
        reading = numbers(members(self._data, name))
        missing = np.isnan(reading)
        self._missing(missing, fill, f"{name} is missing or not a number")
        units = members(members(self._quality, name), "unit")
        for unit in {unit for unit in units if isinstance(unit, str)} - {"", channel["unit"]}:
            other = np.array([found == unit for found in units], np.bool_)
            self.refuse(other & ~missing, f"{name} is in {unit}, not {channel['unit']}")
        self._range(reading, name, channel)
        if "reference" not in channel:
            return np.where(missing, fill or 0.0, reading)
        reference = numbers(values_at(self._contexts, channel["reference"]))
        self._missing(np.isnan(reference) & ~missing, fill, f"the context has no number at {channel['reference']}")
        self._range(np.where(missing, np.nan, reference), channel["reference"], channel)
        missing |= np.isnan(reference)
        # In 64 bits, and rounded once.
        return np.where(missing, fill or 0.0, reading - np.where(missing, 0.0, reference))

    def _missing(self, mask: Flags, fill: float | None, reason: str) -> None:
        if fill is None:
            self.refuse(mask, reason)

    def _range(self, values: Floats, what: str, channel: Mapping[str, Any]) -> None:
        low, high = channel["range"]
        self.refuse((values < low) | (values > high), f"{what} is outside {low:g} to {high:g} {channel['unit']}")

    def _number(self, path: str) -> NDArray[np.float32]:
        with np.errstate(over="ignore"):
            found = numbers(values_at(self._contexts, path)).astype(np.float32)
        self.refuse(~np.isfinite(found), f"the context has no usable number at {path}")
        return found

    def _rows(self, path: str, vocabulary: Mapping[str, int]) -> NDArray[np.int64]:
        """Embedding rows; 0, unknown, for what the vocabulary does not have."""
        found = values_at(self._contexts, path)
        if path == ASSET:
            own = values_at(self._ldos, ASSET)
            found = [asset if asset is not None else other for asset, other in zip(own, found, strict=True)]
        return np.array([vocabulary.get(key, 0) for key in texts(found)], np.int64)


def _run(manifest: Mapping[str, Any], onnx: bytes, feeds: Feeds) -> Floats:
    """Logits [N, labels]."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    output, labels = manifest["output"]["name"], len(manifest["labels"])
    count = len(feeds[SENSORS])
    try:
        session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        parts = [
            session.run([output], {name: column[start : start + BATCH] for name, column in feeds.items()})[0]
            for start in range(0, count, BATCH)
        ]
    # The runtime has a dozen exceptions of its own, for what is wrong with a file and for what does not fit it.
    except Exception as error:
        raise TrainerError(f"its {manifest['files']['fp32']} cannot be run: {str(error)[:300]}") from error
    logits = np.concatenate(parts).astype(np.float64)
    if logits.shape != (count, labels):
        raise TrainerError(
            f"its output {output} has the shape {logits.shape}, {count} rows of {labels} labels are needed"
        )
    return logits


def _calibrated(logits: Floats, calibration: Mapping[str, Any]) -> Floats:
    """softmax((logits + bias) / temperature), with the largest exponent taken out."""
    scaled = (logits + np.array(calibration["bias"], np.float64)) / calibration["temperature"]
    with np.errstate(invalid="ignore"):
        shares = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)
