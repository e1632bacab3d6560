"""report.json: what was learnt from, what the models are worth, and how they came to be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .candidate import Candidate
from .config import Config
from .dataset import Rows
from .gates import judge_gates
from .segments import Rejections


def report(
    config: Config,
    created: str,
    data: Mapping[str, Any],
    metrics: Mapping[str, Any],
    candidates: Mapping[str, Candidate],
    export: Mapping[str, Any],
    ceiling: list[Any],
) -> dict[str, Any]:
    """`report/1`, put together from its parts."""
    return {
        "schema": "report/1",
        "name": config.name,
        "version": config.version,
        "created_at": created,
        "data": data,
        "metrics": metrics,
        "best_possible": ceiling,
        "gates": judge_gates({"metrics": metrics}, export, config),
        "training": {name: candidate.describe() for name, candidate in candidates.items()},
        "export": export,
        "settings": {
            "network": asdict(config.network),
            "training": asdict(config.training),
            "policy": asdict(config.policy),
        },
    }


def describe_data(rows: Rows, snapshot: Mapping[str, Any], rejections: Rejections, config: Config) -> dict[str, Any]:
    """What was read, what of it became rows of which fold, and what was left out."""
    names = [label.name for label in config.labels]
    folds = {"train": rows.train(), "validation": rows.validation(), "test": rows.test()}
    unseen = {path: len(rows.never_seen(column)) for column, path in enumerate(config.data.unseen)}
    return {
        "snapshot": snapshot["id"],
        "cursor": snapshot["cursor"]["ldo"],
        "segments": snapshot["read"]["ldo"]["segments"],
        "gaps": snapshot["gaps"]["ldo"],
        "records": snapshot["read"]["ldo"]["records"],
        "simulated": config.data.simulated,
        "salt": config.folds.salt,
        "grouped_by": dict(rows.grouped_by),
        "groups": len(set(rows.groups.tolist())),
        "rows": {name: len(fold) for name, fold in folds.items()} | {"unseen": unseen},
        "labels": {name: _count_labels(fold, names) for name, fold in folds.items()},
        "left_out": snapshot["rejections"] | rejections.summary(),
    }


def _count_labels(rows: Rows, names: list[str]) -> dict[str, int]:
    counts = Counter(rows.labels.tolist())
    return {name: counts[index] for index, name in enumerate(names)}
