"""Reads the segments of LDOs from a folder laid out as the bucket: ldo/v1/dev=<device>/<spool-id>/<seq>.ndjson.gz.

What is wrong with a segment or a line is counted and named, never fatal: a line that is not JSON costs that line, a
segment cut short costs what is behind the cut, a damaged one all of it. Limits on size and depth hold before anything
is believed.
"""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from .errors import TrainerError

KEY = re.compile(r"ldo/v1/dev=([a-z0-9][a-z0-9._-]{0,62})/([0-9a-f]{32})/([0-9]{10})\.ndjson\.gz")
MAX_SEGMENT_BYTES = 64 * 1024 * 1024
MAX_LINE_BYTES = 1024 * 1024


@dataclass
class Rejections:
    """How many records were left out and why, with the first place of each reason."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, where: str) -> None:
        """Count one record or segment that is left out."""
        self.counts[reason] += 1
        self.first.setdefault(reason, where)

    def summary(self) -> dict[str, dict[str, Any]]:
        """{reason: {count, first}}, the most frequent first."""
        return {reason: {"count": count, "first": self.first[reason]} for reason, count in self.counts.most_common()}


@dataclass
class Snapshot:
    """What was read: `cursor` is {spool-id: highest seq}, `gaps` the segments missing below, `digest` a hash of all."""

    segments: int = 0
    bytes: int = 0
    records: int = 0
    cursor: dict[str, int] = field(default_factory=dict)
    gaps: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A record with its settled label: what the stages after the snapshot read.

    `source` is who says so (context, engineer, process, maintenance or none), `writer` the person or system that
    labelled it ("" for the device's own context) and `identity` how that one is known (authenticated, declared or "").
    `stream` is "evaluation" or "learning" for an engineer's answer, `probability` that with which the evaluation stream
    drew the record; `changed` marks a correction. `place` is "<key>:<line>".
    """

    place: str
    ldo: dict[str, Any]
    label: str | None
    source: str = "context"
    writer: str = ""
    identity: str = ""
    stream: str = ""
    probability: float | None = None
    changed: bool = False


def as_labelled(place: str, ldo: dict[str, Any]) -> Labelled:
    """A record with the label that it carries itself."""
    label, source = ldo.get("ground_truth_label"), ldo.get("label_source")
    source = source if isinstance(source, str) else "none"
    return Labelled(place, ldo, label if isinstance(label, str) else None, source)


def list_segments(store: Path) -> list[str]:
    """Keys of all LDO segments in a folder, sorted. Raises TrainerError when there are none."""
    if not store.is_dir():
        raise TrainerError(f"{store}: no such folder")
    keys = sorted(path.relative_to(store).as_posix() for path in (store / "ldo" / "v1").rglob("*.ndjson.gz"))
    if not keys:
        raise TrainerError(f"{store}: no segments under ldo/v1/; write some with: npm run simulate -- segments")
    return keys


def read_ldos(store: Path, rejections: Rejections, snapshot: Snapshot) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (place, record) of every LDO once, in the order of keys and lines; fills `rejections` and `snapshot`.

    A place is "<key>:<line>". Records that were uploaded twice are told by their ldo_id.
    """
    seen: set[str] = set()
    sequences: dict[str, set[int]] = {}
    content = hashlib.sha256()
    for key in list_segments(store):
        match = KEY.fullmatch(key)
        if match is None:
            rejections.add("segment: key breaks the grammar", key)
            continue
        raw = (store / key).read_bytes()
        content.update(f"{key} {hashlib.sha256(raw).hexdigest()}\n".encode())
        sequences.setdefault(match[2], set()).add(int(match[3]))
        snapshot.segments += 1
        snapshot.bytes += len(raw)
        for number, line in enumerate(_lines(raw, key, rejections), start=1):
            place = f"{key}:{number}"
            record = _parse(line, place, rejections)
            if record is None:
                continue
            if record["ldo_id"] in seen:
                rejections.add("record: seen before (same ldo_id)", place)
                continue
            seen.add(record["ldo_id"])
            snapshot.records += 1
            yield place, record
    snapshot.cursor = {spool: max(numbers) for spool, numbers in sequences.items()}
    snapshot.gaps = sum(max(numbers) - min(numbers) + 1 - len(numbers) for numbers in sequences.values())
    snapshot.digest = content.hexdigest()


def _lines(raw: bytes, key: str, rejections: Rejections) -> list[bytes]:
    """Lines of a gzip segment; of one cut short, those before the cut. At most MAX_SEGMENT_BYTES are unpacked."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = inflater.decompress(raw, MAX_SEGMENT_BYTES)
    except zlib.error:
        # Damage shows only where it breaks the code or the checksum: what was unpacked before it cannot be trusted.
        rejections.add("segment: not gzip, or damaged", key)
        return []
    if inflater.unconsumed_tail:
        rejections.add(f"segment: more than {MAX_SEGMENT_BYTES} bytes unpacked", key)
        return []
    if inflater.unused_data:
        rejections.add("segment: bytes after its end", key)
    lines = text.split(b"\n")
    if not inflater.eof:
        rejections.add("segment: cut short", key)
        lines.pop()
    return [line for line in lines if line]


def _parse(line: bytes, place: str, rejections: Rejections) -> dict[str, Any] | None:
    if len(line) > MAX_LINE_BYTES:
        rejections.add(f"record: line longer than {MAX_LINE_BYTES} bytes", place)
        return None
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        rejections.add("record: not JSON", place)
        return None
    if not isinstance(record, dict) or record.get("schema") != "ldo/1" or not isinstance(record.get("ldo_id"), str):
        rejections.add("record: not an ldo/1", place)
        return None
    return record
