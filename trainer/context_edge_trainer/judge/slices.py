"""The test fold in parts: by product and every other id, asset, device, who labelled, day, and what training never saw.

A figure over everything hides the one product that a model does not know. Small parts say that they are small.
"""

from collections import Counter
from typing import Any

import numpy as np

from ..config import Config
from ..data.columns import Flags, Texts, utc_days
from ..figures.bootstrap import worth_of
from ..figures.measures import Judged, Scheme, measure
from ..learn.dataset import Rows

NONE = "(none)"
ASSET = "asset_id"
LATEST_DAYS = 7
# The largest of each kind; a report stays one that a person reads.
MOST = 30
FIGURES = ("accuracy", "fpr", "fpr_likeliest", "macro_f1", "alert_precision")


def all_slices(judged: Judged, test: Rows, rows: Rows, config: Config) -> list[dict[str, Any]]:
    """`[{by, parts: [{value, rows, groups, few, figures}], more: {values, rows}}]` of the test rows.

    `judged` are the answers to `test`, which are rows of `rows`; of ids and labels, the rarest beyond 30 are left out
    and counted in `more`.
    """
    scheme, least = Scheme.of(config), config.gates.min_rows
    counted = judged.weights > 0
    answers, test = judged.where(counted), test.where(counted)
    columns: dict[str, Texts] = {entry.field: column for entry, column in zip(config.ids, test.ids, strict=True)}
    columns |= {"asset": test.assets} if ASSET not in columns else {}
    columns |= {"device": test.devices, "label source": test.sources}
    found = [_by(name, column, answers, scheme, least) for name, column in columns.items()]
    found.append(_parts("not in training", _unknown(test, rows, config), answers, scheme, least))
    found.append(_parts("latest days", _days(test, rows), answers, scheme, least))
    return [entry for entry in found if entry["parts"]]


def _by(name: str, column: Texts, answers: Judged, scheme: Scheme, least: int) -> dict[str, Any]:
    """One part per value, those with most rows first."""
    counts = Counter(column.tolist()).most_common()
    masks = {value or NONE: column == value for value, _ in sorted(counts[:MOST], key=lambda entry: -entry[1])}
    more = {"values": len(counts[MOST:]), "rows": sum(count for _, count in counts[MOST:])}
    return _parts(name, masks, answers, scheme, least) | ({"more": more} if more["values"] else {})


def _parts(name: str, masks: dict[str, Flags], answers: Judged, scheme: Scheme, least: int) -> dict[str, Any]:
    return {"by": name, "parts": [_part(value, answers.where(mask), scheme, least) for value, mask in masks.items()]}


def _part(value: str, answers: Judged, scheme: Scheme, least: int) -> dict[str, Any]:
    measured = measure(answers, scheme)
    figures = {name: measured["figures"][name] for name in FIGURES}
    rows = measured["rows"]
    return {
        "value": value,
        "rows": rows,
        "groups": measured["groups"],
        "few": worth_of(figures["accuracy"]) < least,
        "figures": figures,
    }


def _unknown(test: Rows, rows: Rows, config: Config) -> dict[str, Flags]:
    """Test rows whose id, or asset, no training row has."""
    train = rows.train()
    columns = {entry.field: (train.ids[place], test.ids[place]) for place, entry in enumerate(config.ids)}
    columns |= {"asset": (train.assets, test.assets)} if ASSET not in columns else {}
    masks = {}
    for name, (seen, met) in columns.items():
        known = set(seen.tolist()) | {""}
        masks[name] = np.array([value not in known for value in met.tolist()], np.bool_)
    return {name: mask for name, mask in masks.items() if mask.any()}


def _days(test: Rows, rows: Rows) -> dict[str, Flags]:
    """The last days that have rows at all, together and one by one, and all days before them."""
    days = utc_days(test.timestamps)
    latest = sorted(set(utc_days(rows.timestamps).tolist()))[-LATEST_DAYS:]
    late = np.isin(days.astype(str), latest)
    masks = {"together": late, "before": ~late} | {day: days == day for day in latest}
    return {name: mask for name, mask in masks.items() if mask.any()}
