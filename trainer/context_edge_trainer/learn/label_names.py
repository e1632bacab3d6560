"""Labels that records have and the configuration does not, and the other way round: often one, written in two ways."""

import difflib
import re

import numpy as np

from ..config import Config
from ..data.segments import Rejections
from ..errors import TrainerError
from .dataset import Rows

UNKNOWN = 'the configuration has no label "'
MANY = 10
NEAR = 0.85


def check_label_names(rows: Rows, config: Config, rejections: Rejections) -> list[str]:
    """Lines on labels of records that the configuration does not name.

    Raises TrainerError where one of them looks like a configured label that no row has.
    """
    reason = f"row: {UNKNOWN}"
    strange = {
        why.removeprefix(reason).removesuffix('"'): count
        for why, count in rejections.counts.items()
        if why.startswith(reason)
    }
    counts = np.bincount(rows.labels, minlength=len(config.labels))
    for label, count in zip(config.labels, counts.tolist(), strict=True):
        for name, many in strange.items():
            if count == 0 and many >= MANY and near(label.name, name):
                raise TrainerError(
                    f'[[labels]] name = "{label.name}": no row has this label, and {many:,} are labelled "{name}", '
                    "which the configuration does not name: did you mean that?"
                )
    return [f'{many:,} records are labelled "{name}", which [[labels]] does not name' for name, many in strange.items()]


def near(one: str, other: str) -> bool:
    """Whether two names may be one: but for case, separators and a letter or two, never for a number."""
    one, other = (re.sub(r"[\W_]+", " ", name.casefold()).strip() for name in (one, other))
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return difflib.SequenceMatcher(None, one, other).ratio() >= NEAR
