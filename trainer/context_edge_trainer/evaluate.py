"""The evaluate stage: what the candidates are worth on rows that training never saw, and what the current model is.

Beside the model that ships stand the ones that were told less, on the same rows: what they lose is what context, and
its references, are worth. Rows of weight 0, whose answers cannot stand for the natural stream, count nowhere.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from .bootstrap import Figure
from .config import Config
from .dataset import Rows
from .gates import COMPARED
from .measures import Judged, Scheme, gains, judge, measure
from .slices import all_slices

__all__ = ["Figure", "Judged", "Scheme", "gains", "judge", "measure", "measure_all"]

WITH_CONTEXT = "with_context"
WITHOUT_REFERENCES = "without_references"
WITHOUT_CONTEXT = "without_context"
GAINS = {"context_gain": WITHOUT_CONTEXT, "reference_gain": WITHOUT_REFERENCES}


class Judge(Protocol):
    """A trained model."""

    def judge(self, rows: Rows) -> Judged:
        """Its answers to rows, in their order."""


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
