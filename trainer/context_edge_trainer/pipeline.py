"""From a store of segments to a release, in one walk: read, split, train, calibrate, measure, export, write.

Beside the model that ships it trains two of the same shape that are told less, on the same rows: what they lose is what
context, and its references, are worth.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .calibrate import calibrate, uncalibrated
from .config import Config
from .encode import Encoding, learn_vocabularies
from .errors import TrainerError
from .export import export_candidate
from .files import write_json
from .manifest import REPORT
from .model import logits_of
from .progress import Progress
from .release import created_at, release
from .report import WITH_CONTEXT, WITHOUT_CONTEXT, WITHOUT_REFERENCES, Candidate, describe_data, measure_all, report
from .rows import Rows, collect
from .segments import Rejections
from .snapshot import read_snapshot, take_snapshot
from .store import open_store
from .train import fit, make_repeatable

TOLD: Mapping[str, Mapping[str, bool]] = {
    WITH_CONTEXT: {},
    WITHOUT_REFERENCES: {"references": False},
    WITHOUT_CONTEXT: {"references": False, "identities": False},
}


def run(
    store: str | Path,
    out: Path,
    config: Config,
    progress: Progress,
    best_possible: Path | None = None,
    key: Path | None = None,
) -> dict[str, Any]:
    """Train on a store and write the release into `out`/release. Returns the report. Raises TrainerError."""
    make_repeatable(config.training.seed, config.training.threads)
    ceiling = _read_best_possible(best_possible)
    take_snapshot(open_store(store), config, out, progress)
    snapshot, records = read_snapshot(out)
    rejections = Rejections()
    rows = collect(records, config, rejections)
    _tell_rows(rows, rejections, progress)
    test = rows.test()
    if len(test) == 0:
        raise TrainerError("the test fold is empty: more batches are needed, one in ten is set aside for it")

    vocabularies = learn_vocabularies(rows.train())
    candidates: dict[str, Candidate] = {}
    for name, told in TOLD.items():
        progress(f"training: {name.replace('_', ' ')}")
        candidates[name] = _train(Encoding(config, vocabularies, **told), rows, progress)
    shipped = candidates[WITH_CONTEXT]

    progress("measuring: the test fold, and what training never saw")
    data = describe_data(rows, snapshot, rejections, config)
    metrics = measure_all(candidates, rows, config)
    export = export_candidate(out, shipped, rows, config, progress)
    written = report(config, created_at(), data, metrics, candidates, export, ceiling)
    write_json(out / REPORT, written)
    for gate in written["gates"]:
        progress(f"{gate['name']} {gate['value']}, bound {gate['sense']} {gate['bound']:g}: {gate['result']}")
    release(out, config, progress, key=key)
    return written


def _train(encoding: Encoding, rows: Rows, progress: Progress) -> Candidate:
    train, validation = encoding.encode(rows.train()), encoding.encode(rows.validation())
    sizes = [len(vocabulary) for vocabulary in encoding.vocabularies]
    fitted = fit(encoding.config, sizes, train, validation, progress)
    logits = logits_of(fitted.model, validation)
    calibration = calibrate(logits, validation.labels)
    before = uncalibrated(len(encoding.config.labels)).loss(logits, validation.labels)
    after = calibration.loss(logits, validation.labels)
    progress(f"calibrated: temperature {calibration.temperature:.3f}, validation loss {before:.4f} to {after:.4f}")
    return Candidate(encoding, fitted, calibration, before, after)


def _tell_rows(rows: Rows, rejections: Rejections, progress: Progress) -> None:
    by = ", ".join(f"{how} ({count})" for how, count in rows.grouped_by.items())
    progress(f"{len(rows)} rows, grouped by {by}")
    for reason, count in rejections.counts.most_common():
        progress(f"left out {count}: {reason} (first at {rejections.first[reason]})")
    sizes = f"{len(rows.train())} train, {len(rows.validation())} validation, {len(rows.test())} test"
    progress(f"{sizes}, {int(rows.unseen.any(axis=1).sum())} held back as never seen")


def _read_best_possible(path: Path | None) -> list[Any]:
    """Lines of JSON as the plant's `bayes` command prints them: the ceiling that stands beside the figures."""
    if path is None:
        return []
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    except (OSError, ValueError) as error:
        raise TrainerError(f"{path}: {error}") from error
