"""From a folder of segments to a release, in one walk: read, split, train, calibrate, measure, export, write.

Beside the model that ships it trains two of the same shape that are told less, on the same rows: what they lose is what
context, and its references, are worth.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .calibrate import Calibration, calibrate, uncalibrated
from .config import Config
from .encode import Encoding, learn_vocabularies
from .errors import TrainerError
from .evaluate import Judged, gain, judge, measure, slices
from .export import export_onnx, largest_difference
from .model import logits_of
from .release import FILES, MANIFEST, created_at, golden, golden_rows, manifest, write_release
from .rows import Rows, collect
from .segments import Rejections, Snapshot, read_ldos
from .train import Fitted, Progress, fit, make_repeatable

WITH_CONTEXT = "with_context"
WITHOUT_REFERENCES = "without_references"
WITHOUT_CONTEXT = "without_context"
VARIANTS: Mapping[str, Mapping[str, bool]] = {
    WITH_CONTEXT: {},
    WITHOUT_REFERENCES: {"references": False},
    WITHOUT_CONTEXT: {"references": False, "identities": False},
}


@dataclass(frozen=True)
class Candidate:
    """A trained and calibrated network with the encoding it was trained under."""

    encoding: Encoding
    fitted: Fitted
    calibration: Calibration
    nll: Mapping[str, float]

    def judge(self, rows: Rows) -> Judged:
        """Its answers to rows."""
        logits = logits_of(self.fitted.model, self.encoding.encode(rows))
        return judge(self.calibration.probabilities(logits).numpy(), rows.labels, rows.groups)


def run(store: Path, out: Path, config: Config, progress: Progress, best_possible: Path | None = None) -> dict[str, Any]:
    """Train on a store and write the release into `out`. Returns the report. Raises TrainerError."""
    make_repeatable(config.training.seed, config.training.threads)
    ceiling = _read_best_possible(best_possible)
    rejections, snapshot = Rejections(), Snapshot()
    rows = collect(read_ldos(store, rejections, snapshot), config, rejections)
    test = rows.test()
    _tell_rows(rows, snapshot, rejections, progress)
    if len(test) == 0:
        raise TrainerError("the test fold is empty: more batches are needed, one in ten is set aside for it")
    vocabularies = learn_vocabularies(rows.train())
    candidates: dict[str, Candidate] = {}
    for name, told in VARIANTS.items():
        progress(f"training: {name.replace('_', ' ')}")
        candidates[name] = _train(Encoding(config, vocabularies, **told), rows, progress)
    shipped = candidates[WITH_CONTEXT]

    progress("exporting: ONNX")
    file = export_onnx(shipped.fitted.model, config)
    inputs = shipped.encoding.encode(test)
    difference = largest_difference(file, inputs, logits_of(shipped.fitted.model, inputs), config)

    progress("measuring: the test fold, and what training never saw")
    created = created_at()
    metrics = _measure_all(candidates, rows, config)
    data = _describe_data(rows, snapshot, rejections, config)
    report = {
        "schema": "report/1",
        "name": config.name,
        "version": config.version,
        "created_at": created,
        "data": data,
        "metrics": metrics,
        "best_possible": ceiling,
        "goals": _goals(metrics["test"][WITH_CONTEXT]["figures"], config),
        "calibration": {name: candidate.nll for name, candidate in candidates.items()},
        "curves": {name: [asdict(epoch) for epoch in candidate.fitted.epochs] for name, candidate in candidates.items()},
        "export": {"bytes": len(file), "rows_compared": len(test), "largest_difference": difference},
        "settings": {"network": asdict(config.network), "training": asdict(config.training), "policy": asdict(config.policy)},
    }
    never_seen = [rows.never_seen(column) for column in range(len(config.data.unseen))]
    documents = {
        FILES["golden"]: golden(file, shipped.encoding, shipped.calibration, golden_rows(test, never_seen, config)),
        FILES["report"]: report,
        MANIFEST: manifest(shipped.encoding, shipped.calibration, created, _provenance(data, metrics, config)),
    }
    write_release(out, file, documents)
    for goal in report["goals"]:
        progress(f"{goal['name']} {goal['value']:.4f}, goal {goal['goal']}: {goal['result']}")
    progress(f"wrote {config.name} {config.version} to {out}: {len(file)} bytes of ONNX, at most {difference:.1g} off the network")
    return report


def _train(encoding: Encoding, rows: Rows, progress: Progress) -> Candidate:
    train, validation = encoding.encode(rows.train()), encoding.encode(rows.validation())
    sizes = [len(vocabulary) for vocabulary in encoding.vocabularies]
    fitted = fit(encoding.config, sizes, train, validation, progress)
    logits = logits_of(fitted.model, validation)
    calibration = calibrate(logits, validation.labels)
    before = uncalibrated(len(encoding.config.labels)).loss(logits, validation.labels)
    after = calibration.loss(logits, validation.labels)
    progress(f"calibrated: temperature {calibration.temperature:.3f}, validation loss {before:.4f} to {after:.4f}")
    nll = {"validation_loss_before": before, "validation_loss_after": after, "best_epoch": fitted.best}
    return Candidate(encoding, fitted, calibration, nll)


def _measure_all(candidates: Mapping[str, Candidate], rows: Rows, config: Config) -> dict[str, Any]:
    """Figures of all candidates on the test fold and on each kind of rows that training never saw, and what context gains."""
    test = rows.test()
    judged = {name: candidate.judge(test) for name, candidate in candidates.items()}
    metrics: dict[str, Any] = {
        "test": {name: measure(answers, config) for name, answers in judged.items()},
        "context_gain": _gain(judged[WITH_CONTEXT], judged[WITHOUT_CONTEXT], config),
        "unseen": {},
        "slices": {
            entry.field: slices(judged[WITH_CONTEXT], values, config) for entry, values in zip(config.ids, test.ids, strict=True)
        },
    }
    for column, path in enumerate(config.data.unseen):
        held_out = rows.never_seen(column)
        if len(held_out) == 0:
            continue
        answers = {name: candidate.judge(held_out) for name, candidate in candidates.items()}
        metrics["unseen"][path] = {
            **{name: measure(answer, config) for name, answer in answers.items()},
            "reference_gain": _gain(answers[WITH_CONTEXT], answers[WITHOUT_REFERENCES], config),
        }
    return metrics


def _gain(better: Judged, worse: Judged, config: Config) -> dict[str, Any]:
    return {figure: gain(better, worse, config, figure) for figure in ("accuracy", "macro_f1")}


def _goals(figures: Mapping[str, Mapping[str, float]], config: Config) -> list[dict[str, Any]]:
    accuracy, fpr = figures["accuracy"]["value"], figures["fpr"]["value"]
    return [
        {
            "name": "accuracy",
            "value": accuracy,
            "goal": f"> {config.goals.accuracy:g}",
            "result": "pass" if accuracy > config.goals.accuracy else "fail",
        },
        {"name": "fpr", "value": fpr, "goal": f"< {config.goals.fpr:g}", "result": "pass" if fpr < config.goals.fpr else "fail"},
    ]


def _describe_data(rows: Rows, snapshot: Snapshot, rejections: Rejections, config: Config) -> dict[str, Any]:
    names = [label.name for label in config.labels]
    folds = {"train": rows.train(), "validation": rows.validation(), "test": rows.test()}
    unseen = {path: len(rows.never_seen(column)) for column, path in enumerate(config.data.unseen)}
    return {
        "snapshot": snapshot.digest,
        "cursor": snapshot.cursor,
        "segments": snapshot.segments,
        "gaps": snapshot.gaps,
        "records": snapshot.records,
        "simulated": config.data.simulated,
        "salt": config.folds.salt,
        "grouped_by": dict(rows.grouped_by),
        "groups": len(set(rows.groups.tolist())),
        "rows": {name: len(fold) for name, fold in folds.items()} | {"unseen": unseen},
        "labels": {name: _count_labels(fold, names) for name, fold in folds.items()},
        "left_out": rejections.summary(),
    }


def _count_labels(rows: Rows, names: list[str]) -> dict[str, int]:
    counts = Counter(rows.labels.tolist())
    return {name: counts[index] for index, name in enumerate(names)}


def _provenance(data: Mapping[str, Any], metrics: Mapping[str, Any], config: Config) -> dict[str, Any]:
    figures = metrics["test"][WITH_CONTEXT]["figures"]
    return {
        "snapshot": data["snapshot"],
        "salt": config.folds.salt,
        "group": max(data["grouped_by"], key=data["grouped_by"].get),
        "rows": {name: data["rows"][name] for name in ("train", "validation", "test")},
        "metrics": {name: figures[name]["value"] for name in ("accuracy", "fpr", "macro_f1")},
    }


def _tell_rows(rows: Rows, snapshot: Snapshot, rejections: Rejections, progress: Progress) -> None:
    by = ", ".join(f"{how} ({count})" for how, count in rows.grouped_by.items())
    progress(f"read {snapshot.records} records in {snapshot.segments} segments; {len(rows)} rows, grouped by {by}")
    for reason, count in rejections.counts.most_common():
        progress(f"left out {count}: {reason} (first at {rejections.first[reason]})")
    if snapshot.gaps:
        progress(f"{snapshot.gaps} segments are missing between those that are there")
    unseen = int(rows.unseen.any(axis=1).sum())
    progress(f"{len(rows.train())} train, {len(rows.validation())} validation, {len(rows.test())} test, {unseen} held out as never seen")


def _read_best_possible(path: Path | None) -> list[Any]:
    """Lines of JSON as the plant's `bayes` command prints them: the ceiling that stands beside the figures."""
    if path is None:
        return []
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    except (OSError, ValueError) as error:
        raise TrainerError(f"{path}: {error}") from error
