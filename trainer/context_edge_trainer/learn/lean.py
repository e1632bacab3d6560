"""Holds many records in little memory: of each only what rows are made of."""

import gc
from collections.abc import Iterable

from ..config import Config
from ..data.segments import Labelled

KEPT = (
    "ldo_id",
    "timestamp",
    "device",
    "asset_id",
    "mode",
    "simulated",
    "context",
    "sensor_data",
    "sensor_quality",
    "decision",
)


def lean(records: Iterable[Labelled], config: Config) -> list[Labelled]:
    """The records, taken over from whoever made them, each without the fields that no row needs.

    Parsed JSON has no cycles: the collector that looks for them again and again would take a third of the time.
    """
    kept = dict.fromkeys((*KEPT, *(path.split(".")[0] for path in config.folds.group)))
    found: list[Labelled] = []
    collecting = gc.isenabled()
    gc.disable()
    try:
        for record in records:
            ldo = record.ldo
            record.ldo = {name: ldo[name] for name in kept if name in ldo}
            found.append(record)
    finally:
        if collecting:
            gc.enable()
    return found
