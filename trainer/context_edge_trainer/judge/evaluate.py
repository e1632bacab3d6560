"""The evaluate stage: what the candidates are worth on rows that training never saw, and what the current model is.

Beside the model that ships stand the ones that were told less, on the same rows: what they lose is what context, and
its references, are worth. Rows of weight 0, whose answers cannot stand for the natural stream, count nowhere.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ..config import Config
from ..data.segments import Rejections
from ..data.snapshot import read_snapshot
from ..errors import TrainerError
from ..figures.bootstrap import Figure
from ..figures.measures import Judged, Scheme, gains, judge, measure
from ..files import start_clean, write_json
from ..learn.dataset import Rows
from ..learn.mark import WITH_CONTEXT
from ..learn.rows import collect
from ..moment import created_at
from ..progress import Progress, told
from ..stages import forget
from .compare import compare
from .current import Current, Source, find_current
from .gates import COMPARED
from .slices import all_slices
from .together import check_same_snapshot, model_of
from .words import line_of

__all__ = ["Figure", "Judged", "Scheme", "evaluate", "gains", "judge", "measure", "measure_all"]

FOLDER = "evaluate"
RESULT = "evaluation.json"
WITHOUT_REFERENCES = "without_references"
WITHOUT_CONTEXT = "without_context"
GAINS = {"context_gain": WITHOUT_CONTEXT, "reference_gain": WITHOUT_REFERENCES}


class Judge(Protocol):
    """A trained model."""

    def judge(self, rows: Rows) -> Judged:
        """Its answers to rows, in their order."""


def evaluate(
    out: Path,
    config: Config,
    progress: Progress,
    *,
    store: Source | None = None,
    current: str | None = None,
    best_possible: Path | None = None,
) -> dict[str, Any]:
    """Write DIR/evaluate and the report, as far as it goes. Returns evaluation.json. Raises TrainerError.

    `current` is a release's folder or the ring in `store` whose pointer names it; `best_possible` a file of ceilings.
    """
    # Imported here: PyTorch takes seconds, and whoever only measures answers should not wait for it.
    from ..learn.trained import load_candidates
    from .report import write

    served, ceiling = other_judges(config, store, current, best_possible)
    candidates = load_candidates(out, config)
    manifest, records = read_snapshot(out)
    check_same_snapshot(out, manifest)
    model = model_of(out, manifest)
    rows = collect(records, config, Rejections())
    progress("measuring: the test fold, and what training never saw")
    document = {
        "schema": "evaluation/1",
        "created_at": created_at(),
        **model,
        "metrics": measure_all(candidates, rows, config),
        "current": _against(served, current, out, candidates, rows, config),
        "best_possible": ceiling,
    }
    forget(out, FOLDER)
    write_json(start_clean(out / FOLDER) / RESULT, document)
    report = write(out, config)
    for gate in report["gates"]:
        facts = {"gate": gate["name"], "value": gate["value"], "result": gate["result"]}
        progress(told(line_of(gate, config.gates.min_rows), **facts))
    progress(told(report["verdict"]["title"], verdict=report["verdict"]["result"]))
    return document


def other_judges(
    config: Config, store: Source | None, current: str | None, best_possible: Path | None
) -> tuple[Current | None, list[Any]]:
    """The current model and the ceilings that a candidate is held against. Raises TrainerError."""
    served = None if current is None else find_current(current, config.name, store)
    return served, _read_best_possible(best_possible)


def measure_all(candidates: Mapping[str, Judge], rows: Rows, config: Config) -> dict[str, Any]:
    """Figures of all candidates on the test fold and on rows that were held back from training, gains, and slices."""
    test = rows.test()
    judged = {name: candidate.judge(test) for name, candidate in candidates.items()}
    unseen = {}
    for column, path in enumerate(config.data.unseen):
        held_back = rows.never_seen(column)
        answers = {name: candidate.judge(held_back) for name, candidate in candidates.items()}
        if len(answers[WITH_CONTEXT].counted()) > 0:
            unseen[path] = _measured(answers, config)
            unseen[path] |= _gains(answers, config)
    return {
        "labels": [label.name for label in config.labels],
        "alert_confidence": config.policy.alert_confidence,
        "uncounted": int((judged[WITH_CONTEXT].weights <= 0).sum()),
        "test": _measured(judged, config),
        **_gains(judged, config),
        "unseen": unseen,
        "slices": all_slices(judged[WITH_CONTEXT], test, rows, config),
    }


def _measured(judged: Mapping[str, Judged], config: Config) -> dict[str, Any]:
    return {name: measure(answers, Scheme.of(config)) for name, answers in judged.items()}


def _gains(judged: Mapping[str, Judged], config: Config) -> dict[str, Any]:
    """What the shipped model gains over those that were told less, where there are such."""
    best = judged[WITH_CONTEXT]
    return {
        name: gains(best, judged[other], Scheme.of(config), COMPARED)
        for name, other in GAINS.items()
        if other in judged
    }


def _ldos(out: Path, rows: Rows) -> list[dict[str, Any]]:
    """The whole LDOs of rows, in their order: read once more, so that no others are held."""
    wanted = set(rows.ldo_ids)
    found = {row.ldo["ldo_id"]: row.ldo for row in read_snapshot(out)[1] if row.ldo["ldo_id"] in wanted}
    return [found[ldo_id] for ldo_id in rows.ldo_ids]


def _against(
    served: Current | None,
    named: str | None,
    out: Path,
    candidates: Mapping[str, Judge],
    rows: Rows,
    config: Config,
) -> dict[str, Any]:
    """The comparison with the current model, or why there is none."""
    if named is None:
        return {"none": "no current model was named"}
    if served is None:
        return {"none": f"nothing is served yet: no ring of {config.name} has a pointer in the store"}
    test = rows.test()
    return compare(served, _ldos(out, test), candidates[WITH_CONTEXT].judge(test), config)


def _read_best_possible(path: Path | None) -> list[Any]:
    """Lines of JSON as the plant's `bayes` command prints them: the ceiling that stands beside the figures."""
    if path is None:
        return []
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    except (OSError, ValueError) as error:
        raise TrainerError(f"{path}: {error}") from error
