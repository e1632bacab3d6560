"""Compact files: the lines of many segments, as they stand there, in one Parquet file under compact/v1/dt=<day>/.

A file holds whole segments only, every line with its segment and number, so that reading it is reading them, damage
included. Its metadata says which segments; its name is the first 8 hex digits of the SHA-256 of its bytes, so that a
damaged one is known. Segments are never deleted: a file that is damaged, or has a segment that another file has too,
is named, and its segments are read instead.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..store.store import Listed, Store
from .ahead import ahead
from .segments import LDO, Lines, Reading, Ref, Rejections, parse_key, read_segments

PREFIX = "compact/v1/"
KEY = re.compile(r"compact/v1/dt=[0-9]{4}-[0-9]{2}-[0-9]{2}/([0-9a-f]{8})\.parquet")
METADATA = b"context_edge"
SCHEMA_NAME = "compact/1"
SCHEMA = pa.schema([("segment", pa.string()), ("line", pa.int32()), ("record", pa.binary())])
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_RAW_BYTES = 1024 * 1024 * 1024
MAX_ROWS = 10_000_000
GROUP_ROWS = 5_000
FOOTER_BYTES = 64 * 1024


class DamagedError(Exception):
    """Why a compact file is not believed."""


def read_all(store: Store, refs: list[Ref], rejections: Rejections, reading: Reading) -> Iterator[tuple[Ref, Lines]]:
    """Every LDO segment once: first those that compact files have, then the others of `refs`."""
    covered: set[str] = set()
    for key, body in ahead(_files(store, rejections), lambda entry: store.get(entry.key, MAX_FILE_BYTES), _size):
        try:
            content = _opened(key.key, body, covered)
        except DamagedError as damage:
            rejections.add(f"compact: {damage}", key.key)
            continue
        reading.bytes += len(body or b"")
        for ref, lines in _segments(content):
            covered.add(ref.key)
            reading.compacted += 1
            reading.spools.setdefault(ref.spool, set()).add(ref.seq)
            yield ref, lines
    yield from read_segments(store, [ref for ref in refs if ref.key not in covered], rejections, reading)


def covered_by(store: Store, rejections: Rejections) -> set[tuple[str, int]]:
    """(folder, seq) of every segment that a compact file has by its own word, from the ends of the files alone."""
    return {
        (folder, seq)
        for _, covers in ahead(_files(store, rejections), lambda entry: _covers(store, entry), lambda _: FOOTER_BYTES)
        for folder, ranges in covers.items()
        for first, last in ranges
        for seq in range(first, last + 1)
    }


def write_compact(segments: Iterable[tuple[Ref, Lines]]) -> bytes:
    """The bytes of a compact file; the same segments in the same order give the same bytes."""
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    groups = []
    refs = []

    def close() -> None:
        groups.append(pa.Table.from_pydict(columns, schema=SCHEMA))
        for column in columns.values():
            column.clear()

    for ref, lines in segments:
        refs.append(ref)
        for number, line in lines:
            columns["segment"].append(ref.key)
            columns["line"].append(number)
            columns["record"].append(line)
        if len(columns["line"]) >= GROUP_ROWS:
            close()
    close()
    about = orjson.dumps({"schema": SCHEMA_NAME, "covers": _ranges(refs)})
    schema = SCHEMA.with_metadata({METADATA: about})
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, compression="zstd", use_dictionary=["segment"], write_statistics=False) as file:
        for group in groups:
            file.write_table(group.replace_schema_metadata(schema.metadata), row_group_size=GROUP_ROWS)
    return sink.getvalue().to_pybytes()


def key_of(body: bytes, day: str) -> str:
    """Where a compact file stands."""
    return f"{PREFIX}dt={day}/{hashlib.sha256(body).hexdigest()[:8]}.parquet"


def _ranges(refs: Iterable[Ref]) -> dict[str, list[list[int]]]:
    """Seqs by the folder of their spool: {folder: [[first, last], …]}."""
    found: dict[str, list[list[int]]] = {}
    for ref in sorted(refs, key=lambda ref: (ref.folder, ref.seq)):
        ranges = found.setdefault(ref.folder, [])
        if ranges and ranges[-1][1] == ref.seq - 1:
            ranges[-1][1] = ref.seq
        else:
            ranges.append([ref.seq, ref.seq])
    return found


def _files(store: Store, rejections: Rejections) -> Iterator[Listed]:
    for entry in store.list(PREFIX):
        if not KEY.fullmatch(entry.key):
            rejections.add("compact: key breaks the grammar", entry.key)
        elif entry.size > MAX_FILE_BYTES:
            rejections.add(f"compact: larger than {MAX_FILE_BYTES} bytes", entry.key)
        else:
            yield entry


def _size(entry: Listed) -> int:
    return entry.size


def _opened(key: str, body: bytes | None, covered: set[str]) -> pq.ParquetFile:
    """The file, once it is known to be whole, and to have no segment that is covered. Raises DamagedError."""
    match = KEY.fullmatch(key)
    if body is None:
        raise DamagedError("gone since it was listed")
    if match is None or not hashlib.sha256(body).hexdigest().startswith(match[1]):
        raise DamagedError("damaged, its bytes are not those that its name says; delete it")
    try:
        file = pq.ParquetFile(pa.BufferReader(body))
        _check(file)
        found = set(pc.unique(file.read(["segment"]).column("segment")).to_pylist())
        covers = _told(file.metadata)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError("damaged, it cannot be read; delete it") from error
    if sum(last - first + 1 for ranges in covers.values() for first, last in ranges) != len(found) or covers != _ranges(
        ref for key in found if (ref := parse_key(LDO, Listed(key, 0))) is not None
    ):
        raise DamagedError("has other segments than it says; delete it")
    if not found.isdisjoint(covered):
        raise DamagedError("overlaps another; delete it")
    return file


def _check(file: pq.ParquetFile) -> None:
    """Whether a file is one of ours, and not a bomb."""
    about = file.metadata
    sizes = [about.row_group(index).total_byte_size for index in range(about.num_row_groups)]
    # A text in a dictionary is told once and unpacked as often as it is named: a size says nothing then.
    record = SCHEMA.names.index("record")
    repeated = any(about.row_group(index).column(record).has_dictionary_page for index in range(about.num_row_groups))
    if not file.schema_arrow.equals(SCHEMA) or sum(sizes) > MAX_RAW_BYTES or about.num_rows > MAX_ROWS or repeated:
        raise ValueError("not a compact file")


def _segments(file: pq.ParquetFile) -> Iterator[tuple[Ref, Lines]]:
    """Its segments, one by one; a segment's lines stand together."""
    current: str | None = None
    lines: Lines = []
    for batch in file.iter_batches(batch_size=GROUP_ROWS):
        columns = (batch.column(name).to_pylist() for name in SCHEMA.names)
        for key, number, line in zip(*columns, strict=True):
            if key != current:
                if current is not None:
                    yield _ref(current), lines
                current, lines = key, []
            lines.append((number, line))
    if current is not None:
        yield _ref(current), lines


def _ref(key: str) -> Ref:
    ref = parse_key(LDO, Listed(key, 0))
    assert ref is not None, "checked when the file was opened"
    return ref


def _covers(store: Store, entry: Listed) -> dict[str, list[list[int]]]:
    """What a file says that it has; nothing where it cannot be understood."""
    size = FOOTER_BYTES
    while True:
        end = store.tail(entry.key, size) or b""
        try:
            return _told(pq.read_metadata(pa.BufferReader(end)))
        except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
            needed = int.from_bytes(end[-8:-4], "little") + 8
            if not size < needed <= entry.size:
                return {}
            size = needed


def _told(metadata: pq.FileMetaData) -> dict[str, list[list[int]]]:
    """Raises KeyError, TypeError or ValueError for what is not said as it should be."""
    about = orjson.loads((metadata.metadata or {})[METADATA])
    if about["schema"] != SCHEMA_NAME:
        raise ValueError(about["schema"])
    covers: dict[str, list[list[int]]] = {
        str(folder): [[int(first), int(last)] for first, last in ranges] for folder, ranges in about["covers"].items()
    }
    if sum(last - first + 1 for ranges in covers.values() for first, last in ranges) > min(metadata.num_rows, MAX_ROWS):
        raise ValueError("more segments than lines")
    return covers
