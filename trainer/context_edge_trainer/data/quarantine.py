"""quarantine.ndjson.gz: every damaged segment and record by its place, with what is wrong with it."""

import gzip
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from ..files import refused

FILE = "quarantine.ndjson.gz"
# The text is for looking at it; the segment, which nobody deletes, has it whole.
TEXT_BYTES = 2_000
TEXTS = 10_000


class Quarantine:
    """Writes one line per damage: {place, reason, detail?, text?}; the same damage gives the same bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries = 0

    def __enter__(self) -> Self:
        try:
            self._raw = self._path.open("wb")
            self._file = gzip.GzipFile("", "wb", fileobj=self._raw, mtime=0)
        except OSError as error:
            raise refused(self._path, error) from error
        return self

    def add(self, place: str, reason: str, detail: str, text: bytes) -> None:
        """Set one aside."""
        entry = {"place": place, "reason": reason}
        if detail:
            entry["detail"] = detail
        if self.entries < TEXTS:
            entry["text"] = text[:TEXT_BYTES].decode("utf-8", "replace")
        self.entries += 1
        try:
            self._file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
        except OSError as error:
            raise refused(self._path, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            self._raw.close()
        except OSError as closing:
            raise refused(self._path, closing) from closing
