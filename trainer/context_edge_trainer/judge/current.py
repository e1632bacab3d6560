"""The model that is served now: a release in a folder, or the one that a ring's pointer names in the store.

A pointer and a release's bundle are signed for devices, which trust nothing else; here they only say what to compare
with, so their payload is read and the hashes that it names are checked, not the signature.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jsonschema_rs

from ..errors import TrainerError
from ..store.store import Listed
from ..toml_table import is_safe_name

MANIFEST = "model.json"
MAX_DOCUMENT = 8 * 1024 * 1024
MAX_FILE = 256 * 1024 * 1024
SCHEMA = Path(__file__).parents[1] / "schemas" / "model-1.json"


class Source(Protocol):
    """What is read of a store."""

    description: str

    def list(self, prefix: str) -> list[Listed]:
        """All objects whose key begins with `prefix`."""

    def get(self, key: str, limit: int) -> bytes | None:
        """An object's bytes, or None when there is none."""


@dataclass(frozen=True)
class Current:
    """A release: where it was found (in words that name no machine), its `model.json` and its FP32 file."""

    place: str
    manifest: Mapping[str, Any]
    onnx: bytes


def find_current(named: str, model: str, store: Source | None) -> Current | None:
    """The release in a folder, or what the ring of that name points at; None where no ring of the model has a pointer.

    Raises TrainerError for a folder or a ring that is not there and for a release that is not whole.
    """
    if Path(named).is_dir():
        return from_folder(Path(named))
    if not is_safe_name(named):
        raise TrainerError(f"--current {named}: no such folder, and no ring can be called that")
    if store is None:
        raise TrainerError(
            f"--current {named}: no such folder; a ring's pointer is read from a store, name it by --store"
        )
    return from_ring(store, model, named)


def from_folder(folder: Path) -> Current:
    """A release's folder. Raises TrainerError."""

    def read(name: str) -> bytes:
        try:
            return (folder / name).read_bytes()
        except OSError as error:
            raise TrainerError(f"{folder} is no release: {name}: {error.strerror}") from error

    manifest = _manifest(read(MANIFEST), f"{folder / MANIFEST}")
    return Current(
        f"the folder {folder.resolve().name}", manifest, read(_plain(manifest["files"]["fp32"], str(folder)))
    )


def from_ring(store: Source, model: str, ring: str) -> Current | None:
    """What channels/<model>/<ring>.json names, or None where no ring has a pointer. Raises TrainerError."""
    key = f"channels/{model}/{ring}.json"
    envelope = store.get(key, MAX_DOCUMENT)
    if envelope is None:
        _no_other_ring(store, model, ring)
        return None
    pointer = _payload(_document(envelope, key), key)
    version, digest = pointer.get("version"), pointer.get("release_sha256")
    if not isinstance(version, str) or not is_safe_name(version):
        raise TrainerError(f"{key} names no version")
    bundle_key = f"releases/{model}/{version}.json"
    bundle = _checked(store, bundle_key, digest, MAX_DOCUMENT, f"{key} points at")
    statement = _payload(_document(bundle, bundle_key).get("dsseEnvelope"), bundle_key)
    digests = _digests(statement, bundle_key)

    def read(name: str, limit: int) -> bytes:
        if name not in digests:
            raise TrainerError(f"{bundle_key} has no {name}")
        return _checked(store, f"blobs/sha256/{digests[name]}", digests[name], limit, f"{bundle_key} names as {name}")

    manifest = _manifest(read(MANIFEST, MAX_DOCUMENT), f"{MANIFEST} of {bundle_key}")
    return Current(f"{key}: {model} {version}", manifest, read(manifest["files"]["fp32"], MAX_FILE))


def _no_other_ring(store: Source, model: str, ring: str) -> None:
    """Raise TrainerError where other rings have pointers: then a model is served, and this name is likely a slip."""
    folder = f"channels/{model}/"
    keys = [entry.key for entry in store.list(folder)]
    rings = sorted(key.removeprefix(folder).removesuffix(".json") for key in keys if key.endswith(".json"))
    if rings:
        raise TrainerError(
            f"--current {ring}: {folder}{ring}.json is not in {store.description}; rings of {model} with a pointer are "
            f"{', '.join(rings)}: name one of them, or leave --current out"
        )


def _checked(store: Source, key: str, digest: object, limit: int, who: str) -> bytes:
    """An object whose SHA-256 is what somebody says."""
    body = store.get(key, limit)
    if body is None:
        raise TrainerError(f"{key}, which {who}, is not in {store.description}")
    found = hashlib.sha256(body).hexdigest()
    if found != digest:
        raise TrainerError(f"{key}, which {who}, has the SHA-256 {found} and not {digest}")
    return body


def _digests(statement: Mapping[str, Any], key: str) -> dict[str, str]:
    """File name to SHA-256 of an in-toto statement's resources."""
    try:
        found = {entry["name"]: entry["digest"] for entry in statement["predicate"]["resources"]}
    except (KeyError, TypeError) as error:
        raise TrainerError(f"the statement in {key} names no files") from error
    for name, digest in found.items():
        if not isinstance(digest, str) or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise TrainerError(f"the statement in {key} has no SHA-256 for {name}")
    return found


def _payload(envelope: object, key: str) -> dict[str, Any]:
    """The document in a DSSE envelope, https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md."""
    payload = envelope.get("payload") if isinstance(envelope, dict) else None
    if not isinstance(payload, str):
        raise TrainerError(f"{key} is no signed envelope: it has no payload")
    try:
        return _document(base64.b64decode(payload, validate=True), f"the payload of {key}")
    except ValueError as error:
        raise TrainerError(f"the payload of {key} is not base64") from error


def _document(body: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    # A text that is nested too deeply ends the parser's stack.
    except (ValueError, RecursionError) as error:
        raise TrainerError(f"{what} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise TrainerError(f"{what} is not a JSON object")
    return found


def _manifest(body: bytes, what: str) -> dict[str, Any]:
    """A `model/1` by its schema; what it says of the file shows when that is run."""
    if len(body) > MAX_DOCUMENT:
        raise TrainerError(f"{what} has {len(body)} bytes, limit {MAX_DOCUMENT}")
    manifest = _document(body, what)
    try:
        jsonschema_rs.Draft7Validator(json.loads(SCHEMA.read_bytes())).validate(manifest)
    except jsonschema_rs.ValidationError as error:
        at = "/".join(str(step) for step in error.instance_path)
        raise TrainerError(f"{what} is no model/1: {at or 'the document'}: {error.message[:300]}") from error
    return manifest


def _plain(name: str, what: str) -> str:
    """A file name that does not leave its folder."""
    if Path(name).name != name or name.startswith("."):
        raise TrainerError(f"{what}: {name!r} is not a plain file name")
    return name
