"""Objects as files: the key is the path below the root. Laid out and locked as the devices' own folder stores."""

import errno
import hashlib
import os
import secrets
from pathlib import Path

from ..errors import TrainerError
from ..files import refused, to_disk
from .store import MAX_OBJECT_BYTES, Listed, Placed, check_key

# Drafts lie here: no key begins with a dot, so no listing shows one.
PRIVATE = ".context-edge"
NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR)


class FolderStore:
    """A put writes and fsyncs a draft, then links or renames it: a power cut leaves the old file or the new one."""

    def __init__(self, root: Path) -> None:
        self.description = f"folder {root}"
        self._root = root

    def list(self, prefix: str) -> list[Listed]:
        """Files below the root; raises TrainerError when the root itself is not there."""
        if not self._root.is_dir():
            raise TrainerError(f"{self._root}: no such folder")
        start = self._root / prefix[: prefix.rfind("/") + 1]
        found: list[Listed] = []
        try:
            for folder, folders, names in os.walk(start, onerror=_complain):
                folders[:] = [name for name in folders if not name.startswith(".")]
                above = Path(folder).relative_to(self._root).as_posix()
                base = "" if above == "." else f"{above}/"
                for name in names:
                    key = base + name
                    if not name.startswith(".") and key.startswith(prefix):
                        found.append(Listed(key, (Path(folder) / name).stat().st_size))
        except OSError as error:
            raise TrainerError(f"{self._root} cannot be listed: {error.strerror}") from error
        return sorted(found, key=lambda entry: entry.key.encode())

    def get(self, key: str, limit: int = MAX_OBJECT_BYTES) -> bytes | None:
        """The file's bytes."""
        return self._read(key, limit, None)

    def tail(self, key: str, count: int) -> bytes | None:
        """The file's last bytes."""
        return self._read(key, None, count)

    def _read(self, key: str, limit: int | None, last: int | None) -> bytes | None:
        path = self._root / check_key(key)
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if limit is not None and size > limit:
                    raise TrainerError(f"{path} has {size:,} bytes, limit {limit:,}")
                if last is not None:
                    file.seek(max(0, size - last))
                return file.read()
        except OSError as error:
            if error.errno in NOT_THERE:
                return None
            raise TrainerError(f"{path} cannot be read: {error.strerror}") from error

    def put_new(self, key: str, body: bytes) -> Placed:
        """Link a draft: of several writers one succeeds, on network file systems too."""
        path = self._root / check_key(key)
        draft = self._draft(path, body)
        try:
            self._make(path.parent)
            try:
                os.link(draft, path)
            except FileExistsError:
                there = self.get(key, max(MAX_OBJECT_BYTES, 2 * len(body)))
                same = there is not None and hashlib.sha256(there).digest() == hashlib.sha256(body).digest()
                return "same" if same else "other"
            to_disk(path.parent)
            return "stored"
        except OSError as error:
            raise refused(path, error, "--store") from error
        finally:
            draft.unlink(missing_ok=True)

    def put(self, key: str, body: bytes) -> None:
        """Rename a draft over whatever is there."""
        path = self._root / check_key(key)
        draft = self._draft(path, body)
        try:
            self._make(path.parent)
            draft.replace(path)
            to_disk(path.parent)
        except OSError as error:
            raise refused(path, error, "--store") from error
        finally:
            draft.unlink(missing_ok=True)

    def delete(self, key: str) -> None:
        """Unlink the file."""
        try:
            (self._root / check_key(key)).unlink()
        except OSError as error:
            if error.errno not in NOT_THERE:
                raise refused(self._root / key, error, "--store") from error

    def _draft(self, path: Path, body: bytes) -> Path:
        draft = self._root / PRIVATE / f"draft-{secrets.token_hex(8)}"
        try:
            self._make(draft.parent)
            with draft.open("xb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            draft.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise refused(path, error, "--store") from error
            raise
        return draft

    def _make(self, folder: Path) -> None:
        """Make a folder so that it outlives a power cut: each new one is fsynced into its parent."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for new in reversed(missing):
            new.mkdir(exist_ok=True)
            to_disk(new.parent)


def _complain(error: OSError) -> None:
    """A folder that is not there has no files; one that may not be read is said."""
    if error.errno not in NOT_THERE:
        raise error
