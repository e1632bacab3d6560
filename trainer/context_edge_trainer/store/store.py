"""Objects by key, in a folder or an S3 bucket: where LDOs come from and where snapshots and releases go.

A put is whole or not there. `put_new` commits: of all who put different bytes under one key, one is told "stored".
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from ..errors import TrainerError

MAX_OBJECT_BYTES = 64 * 1024 * 1024

Placed = Literal["stored", "same", "other"]
"""What became of `put_new`: stored now; these very bytes were there already; other bytes are there."""

# What is a file name everywhere and needs no escaping in a URL's path: the grammar of the devices' own stores.
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]{0,127}")
_MAX_KEY = 512
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Listed:
    """An object in a listing; `size` in bytes."""

    key: str
    size: int


class Store(Protocol):
    """Every method raises TrainerError that names store, key and what to mend."""

    description: str

    def list(self, prefix: str) -> list[Listed]:
        """All objects whose key begins with `prefix`, in the order of their keys' bytes."""

    def get(self, key: str, limit: int = MAX_OBJECT_BYTES) -> bytes | None:
        """An object's bytes, or None when there is none. One larger than `limit` bytes is an error."""

    def tail(self, key: str, count: int) -> bytes | None:
        """The last `count` bytes of an object (all of a smaller one), or None when there is none."""

    def put_new(self, key: str, body: bytes) -> Placed:
        """Put an object where none is. Where one is, nothing changes."""

    def put(self, key: str, body: bytes) -> None:
        """Put an object, over whatever is there."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""


def open_store(url: str | Path) -> Store:
    """A folder, or `s3://bucket[/prefix]` with endpoint and credentials from the environment. Raises TrainerError."""
    url = str(url)
    if url.startswith("s3://"):
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        if not _BUCKET.fullmatch(bucket):
            raise TrainerError(f"{url}: {bucket!r} cannot be a bucket's name, which is 3 to 63 of a-z 0-9 . -")
        prefix = prefix.strip("/")
        if prefix:
            check_key(prefix)
        # boto3 takes a third of a second to import: a folder need not wait for it.
        from .s3_store import S3Store

        return S3Store(bucket, f"{prefix}/" if prefix else "")
    if "://" in url:
        raise TrainerError(f"{url}: a store is a folder or s3://bucket[/prefix]")
    from .folder_store import FolderStore

    return FolderStore(Path(url))


def is_key(key: str) -> bool:
    """Whether a text may be an object's key: one that could leave its prefix never gets to a store."""
    return len(key) <= _MAX_KEY and ".." not in key and all(_PART.fullmatch(part) for part in key.split("/"))


def check_key(key: str) -> str:
    """The key. Raises TrainerError for a text that cannot be one."""
    if not is_key(key):
        raise TrainerError(
            f"{key[:80]!r} cannot be an object's key: parts of A-Z a-z 0-9 . _ = - between slashes are needed"
        )
    return key
