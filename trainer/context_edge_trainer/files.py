"""Files of the work folder: each is there whole or not at all, whatever stops the command in the middle.

A file is written under a temporary name beside its place, brought to the disk and renamed. What a full disk or a
folder that may not be written answers becomes a TrainerError that says how to mend it.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import TrainerError

REMEDIES = {
    errno.ENOSPC: "make room there, or name another folder with {option}",
    errno.EDQUOT: "the quota is used up: make room there, or name another folder with {option}",
    errno.EFBIG: "the limit on the size of a file is too low (ulimit -f)",
    errno.EACCES: "name a folder with {option} that may be written",
    errno.EPERM: "name a folder with {option} that may be written",
    errno.EROFS: "name a folder with {option} that may be written",
    errno.ENOTDIR: "a file stands where a folder is needed",
}


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """The temporary name under which to write what shall stand at `path`; it takes its place when all went well.

    Makes the folders above. Raises TrainerError when the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        to_disk(temporary)
        temporary.replace(path)
        to_disk(path.parent)
    except OSError as error:
        raise refused(path, error) from error
    finally:
        # Gone when all went well; under something that is no folder it never was.
        with suppress(NotADirectoryError):
            temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Put a file there whole. Raises TrainerError."""
    with writing(path) as temporary:
        temporary.write_bytes(content)


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """A document as it is written everywhere: indented, UTF-8, without NaN."""
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Put a document there whole. Raises TrainerError."""
    write_bytes(path, json_bytes(document))


def read_bytes(path: Path, made_by: str) -> bytes:
    """A file that an earlier stage wrote. Raises TrainerError that names the command which makes it."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise TrainerError(f"{path} is missing: run the command `{made_by}` with the same --out first") from error
    except OSError as error:
        raise TrainerError(f"{path} cannot be read: {error.strerror}") from error


def read_json(path: Path, made_by: str) -> Any:  # noqa: ANN401 - JSON is anything
    """A document that an earlier stage wrote. Raises TrainerError that names the command which makes it."""
    try:
        return json.loads(read_bytes(path, made_by))
    except ValueError as error:
        raise TrainerError(f"{path} is damaged ({error}): run the command `{made_by}` again") from error


def start_clean(folder: Path) -> Path:
    """The folder, empty: what an earlier run of the stage left there is gone. Raises TrainerError."""
    try:
        if folder.is_dir():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise refused(folder, error) from error
    return folder


def remove(path: Path) -> None:
    """Take away a file or a whole folder, if it is there. Raises TrainerError."""
    try:
        if path.is_dir():
            # Whoever else takes it away in the same moment wants the same.
            with suppress(FileNotFoundError):
                shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise refused(path, error) from error


def put_folder(made: Path, place: Path) -> None:
    """Move a folder, whole, to where an older one may stand. Raises TrainerError."""
    try:
        if place.is_dir():
            shutil.rmtree(place)
        made.replace(place)
        to_disk(place.parent)
    except OSError as error:
        raise refused(place, error) from error


def to_disk(path: Path) -> None:
    """What was written to a file, or the names in a folder, survive a power cut from here on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refused(path: Path, error: OSError, option: str = "--out") -> TrainerError:
    """What it means that a file or folder cannot be written; `option` is what names the folder."""
    remedy = REMEDIES.get(error.errno or 0, "").format(option=option)
    return TrainerError(f"{path} cannot be written: {error.strerror}{_free(path)}{f': {remedy}' if remedy else ''}")


def _free(path: Path) -> str:
    """How much room is left on the disk of a path, in words."""
    there = next((parent for parent in path.parents if parent.is_dir()), None)
    return "" if there is None else f" ({shutil.disk_usage(there).free:,} bytes are free in {there})"
