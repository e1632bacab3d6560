"""From a store to a release in one go: snapshot, train, evaluate, export, release, through the work folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .config import Config
from .errors import TrainerError
from .evaluate import measure_all
from .export import export
from .files import remove, write_json
from .manifest import REPORT
from .progress import Progress, Reporter
from .release import check_wishes, release
from .report import describe_data, report
from .snapshot import take_snapshot
from .store import Store
from .trained import load_candidates, read_rows, train

# What is made of a snapshot: gone as soon as there is a newer one, because it would speak of the old.
AFTER_SNAPSHOT = ("evaluate", "export", "release", "report.json", "report.html")


@dataclass(frozen=True)
class Wishes:
    """What to take from the store, what to compare with, and what to do with the release."""

    since: str | None = None
    validated: bool = False
    limit: int | None = None
    best_possible: Path | None = None
    key: Path | None = None
    publish: bool = False
    tag: bool = False


def run(store: Store, out: Path, config: Config, progress: Reporter, wishes: Wishes | None = None) -> dict[str, Any]:
    """Learn from a store and leave the release in `out`/release. Returns its manifest.

    Raises GateError when a gate did not pass, then with the report written and nothing released, and TrainerError.
    """
    wishes = wishes or Wishes()
    # What would end the run at its end ends it now.
    check_wishes(config, progress, store=store, key=wishes.key, publish=wishes.publish, tag=wishes.tag)
    ceiling = _read_best_possible(wishes.best_possible)
    progress.at("snapshot")
    take_snapshot(store, config, out, progress, since=wishes.since, validated=wishes.validated, limit=wishes.limit)
    for name in AFTER_SNAPSHOT:
        remove(out / name)
    progress.at("train")
    train(out, config, progress)
    progress.at("export")
    exported = export(out, config, progress)
    progress.at("evaluate")
    _evaluate(out, config, progress, exported, ceiling)
    progress.at("release")
    return release(out, config, progress, store=store, key=wishes.key, publish=wishes.publish, tag=wishes.tag)


def _evaluate(out: Path, config: Config, progress: Progress, exported: dict[str, Any], ceiling: list[Any]) -> None:
    progress("measuring: the test fold, and what training never saw")
    snapshot, rows, rejections = read_rows(out, config)
    candidates = load_candidates(out, config)
    data = describe_data(rows, snapshot, rejections, config)
    metrics = measure_all(candidates, rows, config)
    written = report(config, exported["created_at"], data, metrics, candidates, exported, ceiling)
    write_json(out / REPORT, written)
    for gate in written["gates"]:
        progress(f"{gate['name']} {gate['value']}, bound {gate['sense']} {gate['bound']:g}: {gate['result']}")


def _read_best_possible(path: Path | None) -> list[Any]:
    """Lines of JSON as the plant's `bayes` command prints them: the ceiling that stands beside the figures."""
    if path is None:
        return []
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    except (OSError, ValueError) as error:
        raise TrainerError(f"{path}: {error}") from error
