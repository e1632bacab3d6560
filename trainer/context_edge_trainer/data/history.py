"""The snapshots that a store has had, by their manifests: what a later one calls "since last"."""

from typing import Any

import orjson

from ..progress import Progress
from ..store.store import Store
from .survey import Since

PREFIX = "snapshots/"
MANIFEST = "manifest.json"
SCHEMA = "snapshot/1"
KINDS = ("ldo", "labels")


def last_snapshot(store: Store, model: str, progress: Progress, *, whole: bool = False) -> dict[str, Any] | None:
    """Manifest of the newest snapshot of a model. An id begins with its time, so the newest sorts last.

    `whole` passes over those in which a limit, a date or `validated` left rows out: these are still to be learnt from.
    One that is damaged is named and passed over: what it had read is then new once more.
    """
    suffix = f"/{MANIFEST}"
    for entry in reversed(store.list(PREFIX)):
        if not entry.key.endswith(suffix):
            continue
        try:
            manifest = orjson.loads(store.get(entry.key) or b"")
        except orjson.JSONDecodeError:
            manifest = None
        if not _is_manifest(manifest):
            progress(f"{entry.key} is damaged and passed over: delete this snapshot")
        elif manifest["model"] == model and (not whole or manifest.get("whole") is True):
            return manifest
    return None


def since(manifest: dict[str, Any]) -> Since:
    """Where a snapshot stopped reading."""
    return Since(manifest["id"], manifest["cursor"], manifest["gaps"])


def _is_manifest(value: Any) -> bool:  # noqa: ANN401 - JSON is anything
    try:
        return (
            value["schema"] == SCHEMA
            and isinstance(value["id"], str)
            and isinstance(value["model"], str)
            and all(type(seq) is int for kind in KINDS for seq in value["cursor"][kind].values())
            and all(
                type(first) is type(last) is int
                for kind in KINDS
                for gaps in value["gaps"][kind].values()
                for first, last in gaps
            )
        )
    except (TypeError, KeyError, AttributeError, ValueError):
        return False
