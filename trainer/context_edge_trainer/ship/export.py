"""The export stage: the files that a device runs, what it must know to feed them, and the samples that prove both.

What is written here is all that a release is made of, so that releasing needs neither rows nor network.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..config import Config
from ..data.columns import Floats
from ..figures.measures import Scheme, judge, measure
from ..files import start_clean, write_bytes, write_json
from ..judge.report import EVALUATION, write
from ..judge.together import check_same_snapshot, model_of
from ..judge.words import line_of
from ..learn.calibrate import Calibration, natural_weights
from ..learn.dataset import Rows
from ..learn.encode import Encoding, graph_inputs
from ..learn.mark import WITH_CONTEXT
from ..learn.trained import load_candidates, read_rows
from ..moment import created_at
from ..progress import Progress, told
from ..stages import forget
from .encoding_document import encoding_of
from .golden import check_golden, golden, golden_rows
from .graph_files import Int8, Part, export_files
from .manifest import ENCODING, EXPORT, FP32, GOLDEN, INT8
from .onnx_graph import Array, run_onnx

FOLDER = "export"
# Those that are judged here; the others were judged with the evaluation.
GATES = ("int8_drop", "onnx_difference")


def export(out: Path, config: Config, progress: Progress) -> dict[str, Any]:
    """Write DIR/export of the network that ships. Returns export.json. Raises TrainerError."""
    shipped = load_candidates(out, config)[WITH_CONTEXT]
    snapshot, rows, _ = read_rows(out, config)
    check_same_snapshot(out, snapshot)
    model = model_of(out, snapshot)
    forget(out, FOLDER)
    folder = start_clean(out / FOLDER)
    encoding = shipped.encoding
    progress("exporting: ONNX" + (" and INT8" if config.export.int8 else ""))
    exported = export_files(
        shipped.model,
        feeds_of(encoding, rows.train()),
        _part(encoding, rows.validation(), natural_weights(rows.validation())[0]),
        _part(encoding, rows.test(), rows.test().test_weight),
        seed=config.training.seed,
        with_int8=config.export.int8,
    )
    files, calibration = {"fp32": exported.fp32}, {"fp32": shipped.calibration}
    if exported.int8 is not None:
        files["int8"], calibration["int8"] = exported.int8.file, exported.int8.calibration
        exported.document["int8"]["figures"] = _figures(exported.int8, encoding, rows.test())
    described = encoding_of(encoding, calibration)
    proof = _prove(encoding, rows, files, calibration)
    check_golden(proof, described, files)
    for precision, file in files.items():
        write_bytes(folder / (FP32 | INT8)[precision], file)
    write_json(folder / GOLDEN, proof)
    write_json(folder / ENCODING, described)
    level = config.policy.alert_confidence
    document = {"created_at": created_at(), **model, "alert_confidence": level, **exported.document}
    write_json(folder / EXPORT, document)
    for line in tell(document):
        progress(line)
    _tell_gates(out, config, progress)
    return document


def _figures(int8: Int8, encoding: Encoding, test: Rows) -> dict[str, Any]:
    """What the INT8 file's calibrated answers to the test fold are worth, as the network's were measured."""
    logits = torch.from_numpy(run_onnx(int8.file, feeds_of(encoding, test)))
    answers = judge(int8.calibration.probabilities(logits).numpy(), test.labels, test.groups, test.test_weight)
    figures: dict[str, Any] = measure(answers, Scheme.of(encoding.config))["figures"]
    return figures


def _tell_gates(out: Path, config: Config, progress: Progress) -> None:
    """Write the report again where there is one: it now has the gates of the files too."""
    if not (out / EVALUATION).exists():
        return
    report = write(out, config)
    for gate in report["gates"]:
        if gate["name"] in GATES:
            facts = {"gate": gate["name"], "value": gate["value"], "result": gate["result"]}
            progress(told(line_of(gate, config.gates.min_rows), **facts))
    progress(told(report["verdict"]["title"], verdict=report["verdict"]["result"]))


def feeds_of(encoding: Encoding, rows: Rows) -> dict[str, Array]:
    """Rows under the names of the graph's inputs, in its order."""
    inputs = encoding.encode(rows).graph()
    names = graph_inputs(encoding.config)
    return {name: np.ascontiguousarray(values.numpy()) for name, values in zip(names, inputs, strict=True)}


def _part(encoding: Encoding, rows: Rows, weights: Floats) -> Part:
    return Part(feeds_of(encoding, rows), rows.labels, weights)


def _prove(
    encoding: Encoding, rows: Rows, files: Mapping[str, bytes], calibration: Mapping[str, Calibration]
) -> dict[str, Any]:
    """`golden/1`: the samples, and what each file answers to them."""
    samples = golden_rows(rows, encoding)
    feeds = feeds_of(encoding, samples)
    answers = {
        precision: calibration[precision].probabilities(torch.from_numpy(run_onnx(file, feeds))).numpy()
        for precision, file in files.items()
    }
    return golden(samples, encoding.config, answers["fp32"], answers.get("int8"))


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
