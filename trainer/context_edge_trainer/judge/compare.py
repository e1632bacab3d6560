"""The candidate beside the model that is served now, on the same test rows, matched by their ldo_id.

A current model may have other channels, so that it cannot judge some rows, and other labels: then the two are compared
on the rows that both can judge and whose true label both know. What is normal for one is normal for the other, whatever
it is called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..config import Config
from ..errors import TrainerError
from ..figures.measures import Integers, Judged, Scheme, gains, measure
from .current import Current
from .gates import COMPARED
from .replay import replay


@dataclass(frozen=True)
class _Ground:
    """The labels of both models, those of the configuration first; `theirs` maps the current model's onto them."""

    scheme: Scheme
    theirs: Integers
    both: Integers

    def names(self, indices: Sequence[int]) -> list[str]:
        return [self.scheme.labels[index] for index in indices]


def compare(current: Current, ldos: Sequence[Mapping[str, Any]], judged: Judged, config: Config) -> dict[str, Any]:
    """Figures of both and what the candidate gains; `ldos` are the records of the rows of `judged`, in their order.

    Raises TrainerError when the current model cannot be run.
    """
    try:
        answers = replay(current.manifest, current.onnx, ldos)
    except TrainerError as error:
        raise TrainerError(f"the current model, {current.place}: {error}") from error
    ground = _common(current.manifest, config)
    known = np.isin(judged.truth, ground.both)
    rows = judged.weights > 0
    kept = rows & known & answers.encoded
    probabilities = answers.probabilities[kept]
    candidate = judged.where(kept)
    served = Judged(
        truth=candidate.truth,
        said=ground.theirs[probabilities.argmax(axis=1)] if len(candidate) else candidate.truth,
        confidence=probabilities.max(axis=1, initial=0.0),
        probabilities=probabilities,
        groups=candidate.groups,
        weights=candidate.weights,
    )
    theirs = len(config.labels)
    return {
        "place": current.place,
        "name": current.manifest["name"],
        "version": current.manifest["version"],
        "rows": {
            "test": int(rows.sum()),
            "compared": len(candidate),
            "label_unknown": int((rows & ~known).sum()),
            "not_encoded": int((rows & ~answers.encoded).sum()),
        },
        "not_encoded": dict(answers.refused),
        "labels": {
            "both": ground.names(ground.both.tolist()),
            "candidate_alone": ground.names([index for index in range(theirs) if index not in ground.both]),
            "current_alone": ground.names(range(theirs, len(ground.scheme.labels))),
        },
        "may_have_trained_on_them": not _same_folds(current.manifest, config),
        "figures": measure(served, ground.scheme)["figures"],
        "candidate": measure(candidate, ground.scheme)["figures"],
        "gain": gains(candidate, served, ground.scheme, COMPARED),
    }


def _common(manifest: Mapping[str, Any], config: Config) -> _Ground:
    scheme = Scheme.of(config)
    names = list(scheme.labels)
    places = {name: index for index, name in enumerate(names)}
    theirs = []
    for label in manifest["labels"]:
        normal = label["kind"] == "normal"
        place = scheme.normal if normal else places.get(label["name"])
        if place is None or (place == scheme.normal and not normal):
            place = len(names)
            names.append(label["name"] if label["name"] not in names else f"{label['name']} (current)")
        theirs.append(place)
    both = np.array(sorted({place for place in theirs if place < len(scheme.labels)}), np.int64)
    wide = Scheme(tuple(names), scheme.normal, scheme.alert_confidence, scheme.seed)
    return _Ground(wide, np.array(theirs, np.int64), both)


def _same_folds(manifest: Mapping[str, Any], config: Config) -> bool:
    """Whether its test rows were test rows to the current model too: then they cannot have trained it."""
    training = manifest.get("training")
    return isinstance(training, dict) and training.get("salt") == config.folds.salt
