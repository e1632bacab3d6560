"""What an interrupted training goes on from: written after every epoch, whole or not at all.

A checkpoint is for the same rows, the same settings and the same software, or it is not used; one that is damaged is
told and not used either. It is read with `weights_only`: a file in the work folder runs no code.
"""

import hashlib
import io
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from .. import __version__
from ..config import Config
from ..files import write_bytes
from ..progress import Progress
from .mark import digest, settings

FORMAT = 1


def fingerprint(config: Config, snapshot: str, **more: object) -> str:
    """SHA-256 of everything that decides what a training comes to: what it is told, its rows and its software."""
    software = {"trainer": __version__, "torch": torch.__version__, "machine": platform.machine(), "format": FORMAT}
    return digest({"settings": settings(config), "snapshot": snapshot, "software": software, **more})


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """A document of tensors, numbers and texts; the same document gives the same bytes."""
    buffer = io.BytesIO()
    torch.save(dict(document), buffer)
    return buffer.getvalue()


def from_bytes(content: bytes) -> dict[str, Any]:
    """The document. Raises ValueError, whatever is wrong with the bytes."""
    try:
        document = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    except Exception as error:  # torch raises what its archive, its pickle and its C++ raise: a dozen kinds
        raise ValueError(f"{type(error).__name__}: {str(error).splitlines()[0][:200]}") from error
    if not isinstance(document, dict):
        raise ValueError("not a document of this trainer")
    return document


class Keeper:
    """Keeps the checkpoint of one variant in `path`, for trainings with `fingerprint`."""

    def __init__(self, path: Path, fingerprint: str, progress: Progress) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._progress = progress

    def load(self) -> dict[str, Any] | None:
        """What to go on from, or None to start over."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._progress(f"{self._path} cannot be read ({error.strerror}): training starts over")
            return None
        try:
            state, digest = content[:-32], content[-32:]
            if hashlib.sha256(state).digest() != digest:
                raise ValueError("its checksum is wrong")
            document = from_bytes(state)
        except ValueError as error:
            self._progress(f"{self._path} is damaged ({error}): training starts over")
            return None
        if document.get("fingerprint") != self._fingerprint:
            self._progress(f"{self._path} is of other rows or settings: training starts over")
            return None
        return document

    def save(self, document: Mapping[str, Any]) -> None:
        """Write what an epoch came to. Raises TrainerError when the disk refuses."""
        content = to_bytes({**document, "fingerprint": self._fingerprint})
        write_bytes(self._path, content + hashlib.sha256(content).digest())
