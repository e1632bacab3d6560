"""The export stage: the files that a device runs, what it must know to feed them, and the samples that prove both.

What is written here is all that a release is made of, so that releasing needs neither rows nor network.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .config import Config
from .dataset import Rows
from .encode import Encoding, Inputs
from .files import json_bytes, start_clean, write_bytes, write_json
from .golden import check_golden, golden, golden_rows
from .graph_files import Part, export_files
from .manifest import ENCODING, FP32, GOLDEN, INT8, SENSORS, encoding_of
from .onnx_graph import Array, run_onnx
from .progress import Progress
from .report import Candidate

EXPORT = "export.json"


def export_candidate(out: Path, shipped: Candidate, rows: Rows, config: Config, progress: Progress) -> dict[str, Any]:
    """Write DIR/export of the candidate that ships. Returns export.json. Raises TrainerError."""
    folder = start_clean(out / "export")
    # With the ranges and units that the rows have taught.
    encoding = replace(shipped.encoding, config=replace(shipped.encoding.config, channels=rows.channels))
    train, validation, test = (_part(encoding, part) for part in (rows.train(), rows.validation(), rows.test()))
    progress("exporting: ONNX" + (" and INT8" if config.export.int8 else ""))
    exported = export_files(
        shipped.fitted.model,
        train.feeds,
        validation,
        test,
        seed=config.training.seed,
        with_int8=config.export.int8,
    )
    files = {"fp32": exported.fp32}
    calibration = {"fp32": shipped.calibration}
    if exported.int8 is not None:
        files["int8"] = exported.int8.file
        calibration["int8"] = exported.int8.calibration
    described = encoding_of(encoding, calibration)
    samples = golden_rows(rows, encoding)
    inputs = feeds_of(encoding.encode(samples), config)
    answers = {
        precision: calibration[precision].probabilities(torch.from_numpy(run_onnx(file, inputs))).numpy()
        for precision, file in files.items()
    }
    proof = golden(samples, encoding.config, answers["fp32"], answers.get("int8"))
    check_golden(proof, described, files)
    for precision, file in files.items():
        write_bytes(folder / (FP32 | INT8)[precision], file)
    write_bytes(folder / GOLDEN, json_bytes(proof))
    write_bytes(folder / ENCODING, json_bytes(described))
    write_json(folder / EXPORT, exported.document)
    for line in tell(exported.document):
        progress(line)
    return exported.document


def feeds_of(inputs: Inputs, config: Config) -> dict[str, Array]:
    """Encoded rows under the names of the graph's inputs, in its order."""
    ids = {entry.input: np.ascontiguousarray(inputs.ids[:, i].numpy()) for i, entry in enumerate(config.ids)}
    return {SENSORS: inputs.sensors.numpy(), **ids}


def tell(document: dict[str, Any]) -> list[str]:
    """Lines of progress on what came of it."""
    fp32, int8 = document["fp32"], document["int8"]
    compared = f"{fp32['largest_difference']:.1e} off the network on {fp32['rows_compared']:,} rows"
    made = f" ({fp32['rows_made_up']:,} of them made up)" if fp32["rows_made_up"] else ""
    lines = [f"ONNX: {fp32['bytes']:,} bytes, {_latency(fp32)}at most {compared}{made}"]
    if "skipped" in int8:
        return [*lines, f"INT8: left out, {int8['skipped']}"]
    rows = f"calibrated on {int8['calibration_rows']:,} of {int8['train_rows']:,} training rows"
    cost = "" if int8["accuracy_drop"] is None else f", {100 * int8['accuracy_drop']:.2f} points of accuracy lost"
    return [*lines, f"INT8: {int8['bytes']:,} bytes, {_latency(int8)}{rows} ({int8['plan']}){cost}"]


def _latency(found: dict[str, Any]) -> str:
    taken = found["latency_ms"]
    return "" if taken is None else f"{taken['p50']:.3f} ms a row (p99 {taken['p99']:.3f}), "


def _part(encoding: Encoding, rows: Rows) -> Part:
    inputs = encoding.encode(rows)
    return Part(feeds_of(inputs, encoding.config), rows.labels, rows.test_weight)
