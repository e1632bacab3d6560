"""report.json: what was learnt from, what the models are worth, and how they came to be."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .calibrate import Calibration
from .config import Config
from .encode import Encoding
from .evaluate import Judged, Scheme, gains, judge, measure, slices
from .gates import judge_gates
from .model import logits_of
from .rows import Rows
from .segments import Rejections, Snapshot
from .train import Fitted

WITH_CONTEXT = "with_context"
WITHOUT_REFERENCES = "without_references"
WITHOUT_CONTEXT = "without_context"


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
        return judge(self.calibration.probabilities(logits).numpy(), rows.labels, rows.groups)

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
        "gates": judge_gates({"metrics": metrics}, None, config),
        "training": {name: candidate.describe() for name, candidate in candidates.items()},
        "export": export,
        "settings": {
            "network": asdict(config.network),
            "training": asdict(config.training),
            "policy": asdict(config.policy),
        },
    }


def measure_all(candidates: Mapping[str, Candidate], rows: Rows, config: Config) -> dict[str, Any]:
    """Figures of all candidates on the test fold and on rows that training never saw, and what context gains."""
    scheme = Scheme.of(config)
    test = rows.test()
    judged = {name: candidate.judge(test) for name, candidate in candidates.items()}
    by_id = zip(config.ids, test.ids, strict=True)
    metrics: dict[str, Any] = {
        "test": {name: measure(answers, scheme) for name, answers in judged.items()},
        "context_gain": _gain(judged[WITH_CONTEXT], judged[WITHOUT_CONTEXT], scheme),
        "unseen": {},
        "slices": {entry.field: slices(judged[WITH_CONTEXT], tuple(values), scheme) for entry, values in by_id},
    }
    for column, path in enumerate(config.data.unseen):
        held_back = rows.never_seen(column)
        if len(held_back) == 0:
            continue
        answers = {name: candidate.judge(held_back) for name, candidate in candidates.items()}
        metrics["unseen"][path] = {
            **{name: measure(answer, scheme) for name, answer in answers.items()},
            "reference_gain": _gain(answers[WITH_CONTEXT], answers[WITHOUT_REFERENCES], scheme),
        }
    return metrics


def describe_data(rows: Rows, snapshot: Snapshot, rejections: Rejections, config: Config) -> dict[str, Any]:
    """What was read, what of it became rows of which fold, and what was left out."""
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


def _gain(better: Judged, worse: Judged, scheme: Scheme) -> dict[str, Any]:
    return dict(gains(better, worse, scheme, ("accuracy", "macro_f1")))


def _count_labels(rows: Rows, names: list[str]) -> dict[str, int]:
    counts = Counter(rows.labels.tolist())
    return {name: counts[index] for index, name in enumerate(names)}
