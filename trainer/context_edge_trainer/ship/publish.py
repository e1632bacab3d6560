"""Puts a signed release into the store: its files by content first, its signature bundle last.

The bundle under releases/<model>/<version>.json is the release; it is put where none is, and never changed. Whether
one that is there is this release is told by the digest that it signs: every signature is other bytes.
"""

import hashlib
from pathlib import Path
from typing import Any

from ..errors import TrainerError
from ..files import read_bytes, read_json
from ..progress import Progress
from ..store.store import Store
from ..toml_table import is_safe_name
from .manifest import MANIFEST
from .signing import SIGNATURE, Signed, read_signed


def bundle_key(name: str, version: str) -> str:
    """Where the release of a model and version stands. Raises TrainerError for names that cannot stand in a key."""
    for what, text in (("model", name), ("version", version)):
        if not is_safe_name(text):
            raise TrainerError(
                f"the {what} {text!r} cannot stand in a store: lower-case letters, digits, '.', '_' and '-', "
                "63 at most, beginning with a letter or digit"
            )
    return f"releases/{name}/{version}.json"


def blob_key(digest: str) -> str:
    """Where a file stands by its SHA-256, hex."""
    return f"blobs/sha256/{digest}"


def publish(folder: Path, store: Store, progress: Progress) -> str:
    """Publish the release that lies in a folder, if it is not there already. Returns its key. Raises TrainerError."""
    described: dict[str, Any] = read_json(folder / MANIFEST, "release")
    bundle = read_bytes(folder / SIGNATURE, "release --key")
    key = bundle_key(described["name"], described["version"])
    ours = _checked(folder, bundle)
    # Told before anything is uploaded: a version that is taken leaves no blobs behind.
    there = store.get(key)
    if there is not None:
        _same_release(key, there, ours, store)
        progress(f"{key} is in {store.description} already, the same release ({ours.digest[:12]})")
        return key
    for name, digest in sorted(ours.files.items()):
        if store.put_new(blob_key(digest), (folder / name).read_bytes()) == "other":
            raise TrainerError(
                f"{store.description}: {blob_key(digest)} holds other bytes than its name says; delete it, and "
                "find out who wrote it"
            )
    if store.put_new(key, bundle) == "other":
        # Somebody released this version in the same moment.
        _same_release(key, store.get(key) or b"", ours, store)
    progress(f"published {key} in {store.description}: {len(ours.files)} files, release {ours.digest[:12]}")
    return key


def check_free(store: Store, name: str, version: str) -> None:
    """Raise TrainerError when a version is taken, for what is about to be made and can only be another release."""
    key = bundle_key(name, version)
    if store.get(key) is not None:
        raise TrainerError(f"version taken: {key} is in {store.description} already; {_OTHER}")


def _checked(folder: Path, bundle: bytes) -> Signed:
    """What a bundle signs, once each file is known to be the one that was signed."""
    try:
        signed = read_signed(bundle)
    except ValueError as error:
        raise TrainerError(f"{folder / SIGNATURE} is {error}: run the command `release --key` again") from error
    for name, digest in signed.files.items():
        found = hashlib.sha256(read_bytes(folder / name, "release --key")).hexdigest()
        if found != digest:
            raise TrainerError(
                f"{folder / name} was changed after it was signed (its SHA-256 is {found[:12]}…, signed is "
                f"{digest[:12]}…): run the command `release --key` again"
            )
    return signed


def _same_release(key: str, bundle: bytes, ours: Signed, store: Store) -> None:
    try:
        theirs = read_signed(bundle).digest
    except ValueError as error:
        raise TrainerError(f"version taken: {key} in {store.description} is {error}; {_OTHER}") from error
    if theirs != ours.digest:
        raise TrainerError(
            f"version taken: {key} in {store.description} is the release {theirs}, and this is {ours.digest}; {_OTHER}"
        )


_OTHER = "release this one under another version (--model-version, or [model] version)"
