"""The rows of a snapshot as Parquet: parts of at most PART_ROWS rows, the same bytes for the same rows."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import TrainerError
from ..files import refused
from .segments import Labelled

PART_ROWS = 50_000
# Also what is held in memory at a time.
GROUP_ROWS = 5_000

SCHEMA = pa.schema(
    [
        ("ldo_id", pa.string()),
        ("timestamp", pa.float64()),
        ("device", pa.string()),
        ("asset_id", pa.string()),
        ("label", pa.string()),
        ("source", pa.string()),
        ("writer", pa.string()),
        ("identity", pa.string()),
        ("stream", pa.string()),
        ("probability", pa.float64()),
        ("changed", pa.bool_()),
        ("confirmed", pa.bool_()),
        ("place", pa.string()),
        ("record", pa.binary()),
    ]
)
# Those that are taken from the record itself.
LDO_COLUMNS = ("ldo_id", "timestamp", "device", "asset_id")
# What repeats is written once; a record never repeats.
_REPEATING = ["device", "asset_id", "label", "source", "writer", "identity", "stream"]


class PartWriter:
    """Writes rows into part-00000.parquet, part-00001.parquet, … of a folder; `parts` are those that are whole."""

    def __init__(self, folder: Path, rows: int = PART_ROWS) -> None:
        self._folder = folder
        self._rows = rows
        self._columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
        self._held = 0
        self._written = 0
        self._writer: pq.ParquetWriter | None = None
        self.parts: list[dict[str, Any]] = []

    def add(self, row: Labelled, line: bytes) -> None:
        """One row with its record as it stood in its segment."""
        ldo = row.ldo
        values = (
            ldo["ldo_id"],
            float(ldo["timestamp"]),
            ldo.get("device", ""),
            ldo.get("asset_id"),
            row.label,
            row.source,
            row.writer,
            row.identity,
            row.stream,
            row.probability,
            row.changed,
            row.confirmed,
            row.place,
            line,
        )
        for column, value in zip(self._columns.values(), values, strict=True):
            column.append(value)
        self._held += 1
        if self._held == GROUP_ROWS or self._written + self._held == self._rows:
            self._flush()
        if self._written == self._rows:
            self._close()

    def finish(self) -> list[dict[str, Any]]:
        """The parts: {file, rows, bytes, sha256}."""
        self._flush()
        self._close()
        return self.parts

    @property
    def _path(self) -> Path:
        return self._folder / f"part-{len(self.parts):05d}.parquet"

    def _flush(self) -> None:
        if self._held == 0:
            return
        try:
            if self._writer is None:
                self._writer = pq.ParquetWriter(
                    self._path, SCHEMA, compression="zstd", use_dictionary=_REPEATING, write_statistics=False
                )
            self._writer.write_table(pa.Table.from_pydict(self._columns, schema=SCHEMA))
        except OSError as error:
            raise refused(self._path, error) from error
        self._written += self._held
        self._held = 0
        for column in self._columns.values():
            column.clear()

    def _close(self) -> None:
        if self._writer is None:
            return
        path = self._path
        try:
            self._writer.close()
            content = path.read_bytes()
        except OSError as error:
            raise refused(path, error) from error
        self.parts.append(
            {
                "file": path.name,
                "rows": self._written,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
        self._writer = None
        self._written = 0


def read_parts(folder: Path, parts: list[dict[str, Any]]) -> Iterator[Labelled]:
    """The rows of parts, some thousand held at a time. Raises TrainerError for one that is not as it was written."""
    for part in parts:
        path = folder / str(part["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise TrainerError(f"{path}: {error.strerror}; make it with the command snapshot") from error
        if hashlib.sha256(content).hexdigest() != part["sha256"]:
            raise TrainerError(f"{path} is not as its manifest says: make it again with the command snapshot")
        for batch in pq.ParquetFile(pa.BufferReader(content)).iter_batches(batch_size=GROUP_ROWS):
            columns = {name: batch.column(name).to_pylist() for name in SCHEMA.names}
            records = [orjson.loads(record) for record in columns["record"]]
            for record, device in zip(records, columns["device"], strict=True):
                record.setdefault("device", device)
            yield from map(
                Labelled,
                columns["place"],
                records,
                columns["label"],
                columns["source"],
                columns["writer"],
                columns["identity"],
                columns["stream"],
                columns["probability"],
                columns["changed"],
                columns["confirmed"],
            )
