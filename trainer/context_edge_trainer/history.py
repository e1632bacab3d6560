"""The snapshots that a store has had, by their manifests: what a later one calls "since last"."""

from typing import Any

import orjson

from .errors import TrainerError
from .store import Store
from .survey import Since

PREFIX = "snapshots/"
MANIFEST = "manifest.json"
SCHEMA = "snapshot/1"


def last_snapshot(store: Store, model: str) -> dict[str, Any] | None:
    """Manifest of the newest snapshot of a model. An id begins with its time, so the newest sorts last."""
    suffix = f"/{MANIFEST}"
    for entry in reversed(store.list(PREFIX)):
        if not entry.key.endswith(suffix):
            continue
        manifest = _read(store, entry.key)
        if manifest.get("model") == model:
            return manifest
    return None


def since(manifest: dict[str, Any]) -> Since:
    """Where a snapshot stopped reading."""
    return Since(manifest["id"], manifest["cursor"], manifest["gaps"])


def _read(store: Store, key: str) -> dict[str, Any]:
    body = store.get(key)
    try:
        manifest = orjson.loads(body or b"")
    except orjson.JSONDecodeError as error:
        raise TrainerError(f"{key} in {store.description} is not JSON: delete this snapshot; {error}") from error
    whole = isinstance(manifest, dict) and all(isinstance(manifest.get(part), dict) for part in ("cursor", "gaps"))
    if not whole or manifest.get("schema") != SCHEMA:
        raise TrainerError(f"{key} in {store.description} is not a {SCHEMA}: delete this snapshot")
    return manifest
