"""Reads the segments that devices have sealed, once each: <kind>/v1/<owner>/<spool-id>/<seq>.ndjson.gz.

What is wrong with a segment or a line is counted, named and quarantined, never fatal: a line that is not JSON costs
that line, a segment cut short what is behind the cut, a damaged one all of it. Limits on size and depth hold before
anything is believed. The reader is tolerant: a field it does not know is none of its business, one that training can
do without may be missing or anything, but what training reads has the type that the contract gives it.
"""

import itertools
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..store.store import Listed, Store
from .ahead import ahead
from .breaches import breaches
from .tolerant import DEPTH, loads, too_deep, validator

MAX_SEGMENT_BYTES = 64 * 1024 * 1024
MAX_LINE_BYTES = 1024 * 1024
MAX_LINES = 100_000
NAME = r"[a-z0-9][a-z0-9._-]{0,62}"


@dataclass(frozen=True)
class Kind:
    """What a family of segments holds: records of `schema`, told apart by `id`, under `prefix` and `owner`."""

    prefix: str
    owner: str
    schema: str
    article: str
    id: str

    @cached_property
    def key(self) -> re.Pattern[str]:
        """Groups: owner, spool id, seq."""
        return re.compile(rf"{self.prefix}{self.owner}=({NAME})/([0-9a-f]{{32}})/([0-9]{{10}})\.ndjson\.gz")


LDO = Kind("ldo/v1/", "dev", "ldo/1", "an", "ldo_id")
LABEL = Kind("labels/v1/", "by", "label/1", "a", "label_id")

Quarantine = Callable[[str, str, str, bytes], None]
"""Takes the place, the reason, what exactly is wrong and the text of what is set aside."""


@dataclass
class Rejections:
    """How many records were left out and why, with the first place of each reason, and what was wrong there."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    quarantine: Quarantine | None = None

    def add(self, reason: str, where: str, detail: str = "", text: bytes | None = None) -> None:
        """Count one record or segment that is left out; what has a `text` is damaged, and set aside with it."""
        self.counts[reason] += 1
        self.first.setdefault(reason, where)
        if detail:
            self.details.setdefault(reason, detail)
        if text is not None and self.quarantine is not None:
            self.quarantine(where, reason, detail, text)

    def summary(self) -> dict[str, dict[str, Any]]:
        """{reason: {count, first}}, the most frequent first."""
        return {reason: {"count": count, "first": self.first[reason]} for reason, count in self.counts.most_common()}

    def lines(self, most: int | None = None) -> list[str]:
        """For people, the most frequent first: "record: not JSON (3, first at …:7: unexpected end)"."""
        return [
            f"{reason} ({count}, first at {self.first[reason]}{': ' if reason in self.details else ''}"
            f"{self.details.get(reason, '')})"
            for reason, count in self.counts.most_common(most)
        ]


@dataclass(slots=True)
class Labelled:
    """A record with its settled label: what the stages after the snapshot read.

    `source` is who says so (context, engineer, process, maintenance or none), `writer` the person or system that
    labelled it ("" for the device's own context) and `identity` how that one is known (authenticated, declared or "").
    `stream` is "evaluation" or "learning" for an engineer's answer, `probability` that with which the evaluation stream
    drew the record, 1 where an answer changed the label that the record carried itself; `changed` marks a correction,
    `confirmed` that a person, the process or maintenance stands behind the label. `group` is that of the
    episode where that is not the record's own, with the `[folds] group` by which it is. `place` is "<key>:<line>".
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
    confirmed: bool = False
    group: tuple[str, list[str]] | None = None


def as_labelled(place: str, ldo: dict[str, Any]) -> Labelled:
    """A record with the label that it carries itself."""
    label, source = ldo.get("ground_truth_label"), ldo.get("label_source")
    source = source if isinstance(source, str) else "none"
    return Labelled(place, ldo, label if isinstance(label, str) else None, source)


@dataclass(frozen=True, slots=True)
class Ref:
    """A segment by its key."""

    key: str
    size: int
    owner: str
    spool: str
    seq: int

    @property
    def folder(self) -> str:
        """What stands before the seq: one spool under one owner."""
        return self.key.rpartition("/")[0]


@dataclass
class Reading:
    """What was read of one kind: segments by spool and seq, bytes fetched, records that came out.

    `compacted` are segments that came from compact files, `segments` those that were read themselves.
    """

    segments: int = 0
    compacted: int = 0
    bytes: int = 0
    records: int = 0
    spools: dict[str, set[int]] = field(default_factory=dict)

    @property
    def cursor(self) -> dict[str, int]:
        """{spool-id: highest seq}: what comes later in a spool has a higher one."""
        return {spool: max(numbers) for spool, numbers in sorted(self.spools.items())}

    @property
    def gaps(self) -> dict[str, list[list[int]]]:
        """{spool-id: [[from, to], …]}: segments that are not there, from a spool's first to its last."""
        found = {spool: _gaps(sorted(numbers)) for spool, numbers in sorted(self.spools.items())}
        return {spool: gaps for spool, gaps in found.items() if gaps}

    @property
    def missing(self) -> int:
        """Number of segments in the gaps."""
        return sum(last - first + 1 for gaps in self.gaps.values() for first, last in gaps)


def _gaps(numbers: list[int]) -> list[list[int]]:
    return [[before + 1, after - 1] for before, after in itertools.pairwise(numbers) if after > before + 1]


def list_segments(store: Store, kind: Kind, rejections: Rejections, reading: Reading) -> list[Ref]:
    """All segments of a kind in the order of their keys, from one listing; keys that break the grammar are named."""
    found: list[Ref] = []
    for entry in store.list(kind.prefix):
        # What consoles put into a bucket to show a folder is nobody's segment.
        if entry.key.endswith("/") and entry.size == 0:
            continue
        ref = parse_key(kind, entry)
        if ref is None:
            rejections.add("segment: key breaks the grammar", entry.key)
            continue
        reading.spools.setdefault(ref.spool, set()).add(ref.seq)
        found.append(ref)
    return found


def parse_key(kind: Kind, entry: Listed) -> Ref | None:
    """The segment of a key; None for one that breaks the grammar."""
    match = kind.key.fullmatch(entry.key)
    if match is None or ".." in match[1]:
        return None
    return Ref(entry.key, entry.size, match[1], match[2], int(match[3]))


Lines = list[tuple[int, bytes]]
"""Lines of a segment that are not empty, with their number from 1."""


def read_segments(
    store: Store, refs: list[Ref], rejections: Rejections, reading: Reading
) -> Iterator[tuple[Ref, Lines]]:
    """Yield each segment with its lines, in the order of `refs`; they are fetched in parallel, ahead."""
    fitting = []
    for ref in refs:
        if ref.size > MAX_SEGMENT_BYTES:
            rejections.add(f"segment: larger than {MAX_SEGMENT_BYTES} bytes", ref.key)
        else:
            fitting.append(ref)
    for ref, raw in ahead(fitting, lambda ref: store.get(ref.key, MAX_SEGMENT_BYTES), lambda ref: ref.size):
        if raw is None:
            rejections.add("segment: gone since it was listed", ref.key)
            continue
        reading.segments += 1
        reading.bytes += len(raw)
        lines = unpack(raw, ref.key, rejections)
        yield ref, [(number, line) for number, line in enumerate(lines, start=1) if line]


def unpack(raw: bytes, key: str, rejections: Rejections) -> list[bytes]:
    """Lines of a gzip segment; of one cut short, those before the cut.

    At most MAX_SEGMENT_BYTES are unpacked and MAX_LINES told apart: a segment beyond is left out whole.
    """
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = inflater.decompress(raw, MAX_SEGMENT_BYTES + 1)
    except zlib.error as error:
        # Damage shows only where it breaks the code or the checksum: what was unpacked before it cannot be trusted.
        rejections.add("segment: not gzip, or damaged", key, str(error), raw)
        return []
    if len(text) > MAX_SEGMENT_BYTES:
        rejections.add(f"segment: more than {MAX_SEGMENT_BYTES} bytes unpacked", key, "", raw)
        return []
    if inflater.unused_data:
        rejections.add("segment: bytes after its end", key, f"{len(inflater.unused_data)} bytes", inflater.unused_data)
    if text.count(b"\n") > MAX_LINES:
        rejections.add(f"segment: more than {MAX_LINES} lines", key, "", raw)
        return []
    lines = text.split(b"\n")
    if not inflater.eof:
        rejections.add("segment: cut short", key, f"after {len(raw)} bytes", lines.pop())
    return lines


class DamagedError(Exception):
    """What is wrong with a line: the reason that is counted, and what exactly."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Parser:
    """Turns lines into records of a kind, each id once."""

    def __init__(self, kind: Kind, rejections: Rejections) -> None:
        self._kind = kind
        self._rejections = rejections
        self._valid = validator(kind.schema)
        self._twice = f"record: seen before (same {kind.id})"
        self.seen: set[str] = set()

    def parse(self, line: bytes, place: str) -> tuple[dict[str, Any], bytes] | None:
        """The record of a line, and the line as JSON has it; None for one that is left out.

        What is left out is counted, and quarantined where it is damaged.
        """
        try:
            record, clean = self._checked(line)
        except DamagedError as damage:
            self._rejections.add(f"record: {damage.reason}", place, damage.detail, line)
            return None
        key = record[self._kind.id]
        if key in self.seen:
            self._rejections.add(self._twice, place)
            return None
        self.seen.add(key)
        return record, clean

    def _checked(self, line: bytes) -> tuple[dict[str, Any], bytes]:
        if len(line) > MAX_LINE_BYTES:
            raise DamagedError(f"line longer than {MAX_LINE_BYTES} bytes", f"{len(line)} bytes")
        if too_deep(line):
            raise DamagedError(f"nested deeper than {DEPTH}")
        try:
            record, line = loads(line)
        except ValueError as error:
            raise DamagedError("not JSON", str(error)) from error
        if not isinstance(record, dict) or record.get("schema") != self._kind.schema:
            raise DamagedError(f"not {self._kind.article} {self._kind.schema}")
        if not self._valid.is_valid(record):
            raise DamagedError("fails its schema", breaches(self._kind.schema, record))
        return record, line
