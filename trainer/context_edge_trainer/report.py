"""report.json: what was learnt from, what the models are worth, and how they came to be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .calibrate import Calibration
from .config import Config
from .encode import Encoding
from .evaluate import WITH_CONTEXT, WITHOUT_CONTEXT, WITHOUT_REFERENCES, Judged, judge, measure_all
from .gates import judge_gates
from .model import logits_of
from .rows import Rows
from .segments import Rejections
from .train import Fitted

__all__ = [
    "WITHOUT_CONTEXT",
    "WITHOUT_REFERENCES",
    "WITH_CONTEXT",
    "Candidate",
    "describe_data",
    "measure_all",
    "report",
]


@dataclass(frozen=True)
class Candidate:
    """A trained and calibrated network with the encoding it was trained under, and its validation loss either side."""

    encoding: Encoding
    fitted: Fitted
    calibration: Calibration
    loss_before: float
    loss_after: float

    def judge(self, rows: Rows) -> Judged:
        """Its answers to rows."""
        logits = logits_of(self.fitted.model, self.encoding.encode(rows))
        return judge(self.calibration.probabilities(logits).numpy(), rows.labels, rows.groups, rows.test_weight)

    def describe(self) -> dict[str, Any]:
        """How its training went."""
        return {
            "best_epoch": self.fitted.best,
            "curve": [asdict(epoch) for epoch in self.fitted.epochs],
            "validation_loss": {"uncalibrated": self.loss_before, "calibrated": self.loss_after},
        }


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
