"""What a model is worth: the measures of measures.py over the test fold, its slices, and other models beside it."""

from typing import Any

import numpy as np

from .bootstrap import Figure
from .measures import Judged, Scheme, gains, judge, measure

__all__ = ["Figure", "Judged", "Scheme", "gains", "judge", "measure", "slices"]


def slices(judged: Judged, values: tuple[str, ...], scheme: Scheme) -> dict[str, dict[str, Any]]:
    """`measure` per value of an id field, without the confusion matrix."""
    column = np.array(values)
    result: dict[str, dict[str, Any]] = {}
    for value in sorted(set(values)):
        measured = measure(judged.where(column == value), scheme)
        result[value or "(none)"] = {name: measured[name] for name in ("rows", "groups", "figures")}
    return result
