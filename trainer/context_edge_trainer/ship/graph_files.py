"""From any trained classifier to the two files that a device runs, each proved on rows before anybody trusts it.

The ONNX file is compared with the network it came from, and the INT8 file with both; INT8 has a calibration of its own,
because rounding changes what a confidence means.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from ..errors import TrainerError
from ..figures.bootstrap import worth
from ..learn.calibrate import Calibration, calibrate
from ..moment import as_before
from .int8 import PLANS, Plan, quantize
from .onnx_graph import OPSET, Array, Feeds, latency_ms, run_network, run_onnx, some_rows, to_onnx

OUTPUT = "logits"
ROWS_COMPARED = 1_000
CALIBRATION_ROWS = 4_096
# Nats a row: a thousandth is beyond what a hundred thousand rows could tell from chance.
NOTHING = 1e-3

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """Rows of a fold as the graph takes them, with the index of each one's label, and what each counts in a figure."""

    feeds: Feeds
    labels: Labels
    weights: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Int8:
    """The INT8 file with the calibration of its own logits, and how it was made."""

    file: bytes
    calibration: Calibration
    plan: Plan


@dataclass(frozen=True)
class Exported:
    """The files, and what export.json says of them; without INT8 where that was left out."""

    fp32: bytes
    int8: Int8 | None
    document: dict[str, Any]


def export_files(
    network: nn.Module, train: Feeds, validation: Part, test: Part, *, seed: int, with_int8: bool = True
) -> Exported:
    """Both files of any classifier, and what they were found to be. Raises TrainerError when one cannot be made."""
    random = np.random.default_rng(seed)
    fp32 = to_onnx(network, test.feeds, OUTPUT)
    compared, made_up = comparison_rows(test.feeds, train, random)
    document: dict[str, Any] = {
        "opset": OPSET,
        "runtime": f"onnxruntime {onnxruntime.__version__}, CPU, one thread, one row",
        "fp32": {
            "bytes": len(fp32),
            "rows_compared": _count(compared),
            "rows_made_up": made_up,
            "largest_difference": largest_difference(run_onnx(fp32, compared), run_network(network, compared)),
            "latency_ms": _latency(fp32, test.feeds),
        },
    }
    if not with_int8:
        return Exported(fp32, None, document | {"int8": {"skipped": "int8 = false in [export]"}})
    rows = some_rows(train, np.sort(random.permutation(_count(train))[:CALIBRATION_ROWS]))
    int8 = make_int8(fp32, rows, validation)
    said, said_int8 = run_onnx(fp32, test.feeds).argmax(axis=1), run_onnx(int8.file, test.feeds).argmax(axis=1)
    document["int8"] = {
        "bytes": len(int8.file),
        "plan": str(int8.plan),
        "calibration_rows": _count(rows),
        "train_rows": _count(train),
        "rows_compared": int((test.weights > 0).sum()),
        "worth": round(worth(test.weights), 1),
        "accuracy_drop": accuracy_drop(said, said_int8, test),
        "agreement": round(float((said == said_int8).mean()), 6),
        "latency_ms": _latency(int8.file, test.feeds),
        "calibration": {"temperature": int8.calibration.temperature, "bias": list(int8.calibration.bias)},
    }
    return Exported(fp32, int8, document)


def make_int8(fp32: bytes, rows: Feeds, validation: Part) -> Int8:
    """The INT8 file of the first plan that costs the validation fold nothing, else of the one that costs least.

    Cost is what the calibrated answers lose in log-likelihood: accuracy on few rows is too coarse to choose by.
    """
    labels, weights = torch.from_numpy(validation.labels), torch.from_numpy(validation.weights)

    def calibrated(file: bytes) -> tuple[Calibration, float]:
        logits = torch.from_numpy(run_onnx(file, validation.feeds))
        found = calibrate(logits, labels, weights)
        return found, found.loss(logits, labels, weights)

    _, loss = calibrated(fp32)
    best: tuple[float, Int8] | None = None
    for plan in PLANS:
        file = quantize(fp32, rows, plan)
        calibration, int8_loss = calibrated(file)
        if best is None or int8_loss < best[0]:
            best = int8_loss, Int8(file, calibration, plan)
        if best[0] <= loss + NOTHING:
            break
    assert best is not None
    return best[1]


def comparison_rows(test: Feeds, train: Feeds, random: np.random.Generator) -> tuple[dict[str, Array], int]:
    """All test rows, made up to ROWS_COMPARED where there are fewer; and how many of them were made up.

    A row is made up of values that training rows have, each drawn for itself: none is outside what the network knows.
    """
    missing = max(0, ROWS_COMPARED - _count(test))
    made: dict[str, Array] = {}
    for name, values in train.items():
        flat = values.reshape(len(values), -1)
        drawn = np.take_along_axis(flat, random.integers(0, len(flat), (missing, flat.shape[1])), axis=0)
        made[name] = np.concatenate([test[name], drawn.reshape(missing, *values.shape[1:])])
    return made, missing


def largest_difference(file: NDArray[np.float32], network: NDArray[np.float32]) -> float:
    """The largest difference between the logits of a file and of the network it came from, [N, labels] both.

    Relative to the largest logit of a row where that is above 1: 32 bits have seven digits, wherever the point is.
    """
    if not np.isfinite(network).all() or not np.isfinite(file).all():
        raise TrainerError("the network answers values that are not finite: is a channel's range in the right unit?")
    size = np.maximum(1.0, np.abs(network).max(axis=1, keepdims=True))
    return float((np.abs(file.astype(np.float64) - network) / size).max())


def accuracy_drop(said: Labels, said_int8: Labels, test: Part) -> float | None:
    """Accuracy that INT8 loses on the test fold, weighted as every figure of it; None when no row counts."""
    total = float(test.weights.sum())
    if total <= 0:
        return None
    right, right_int8 = ((answers == test.labels) @ test.weights / total for answers in (said, said_int8))
    return round(float(right - right_int8), 6)


def _count(feeds: Feeds) -> int:
    return len(next(iter(feeds.values())))


def _latency(file: bytes, feeds: Feeds) -> dict[str, float] | None:
    """p50 and p99 of one row; None where the same bytes are wanted every time: no two measurements are alike."""
    return None if as_before() else latency_ms(file, feeds)
