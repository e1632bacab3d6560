"""Turns segments into compact files, so that a month of small ones is read in seconds.

A segment goes whole into the file of the day of its first record. One put commits a file: stopped at any moment, the
next run does what is left. Nothing is deleted; done twice, nothing changes.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..errors import TrainerError
from ..progress import Progress
from ..store.store import Store
from .ahead import ahead
from .compacted import covered_by, key_of, write_compact
from .segments import LDO, MAX_LINE_BYTES, MAX_SEGMENT_BYTES, Lines, Reading, Ref, Rejections, list_segments, unpack
from .tolerant import loads

FILE_ROWS = 50_000
FILE_BYTES = 64 * 1024 * 1024
# Segments wait packed for the file of their day; beyond this the fullest day is written before it is full.
HELD_BYTES = 256 * 1024 * 1024


@dataclass
class _Day:
    """Segments that wait for the file of a day: packed, with their sizes unpacked."""

    segments: list[tuple[Ref, bytes]] = field(default_factory=list)
    rows: int = 0
    raw_bytes: int = 0
    packed_bytes: int = 0


@dataclass
class Compacted:
    """What a run has done: files written, segments and rows in them, segments `left` as they are for their damage."""

    files: int = 0
    segments: int = 0
    rows: int = 0
    left: int = 0


def compact(store: Store, progress: Progress) -> Compacted:
    """Write compact files for every LDO segment that no such file has. Raises TrainerError."""
    done = Compacted()
    rejections = Rejections()
    refs = list_segments(store, LDO, rejections, Reading())
    covered = covered_by(store, rejections)
    waiting = [ref for ref in refs if (ref.folder, ref.seq) not in covered and ref.size <= MAX_SEGMENT_BYTES]
    progress(f"{len(refs)} segments, {len(refs) - len(waiting)} of them in compact files already")
    days: dict[str, _Day] = {}
    for ref, raw in ahead(waiting, lambda ref: store.get(ref.key, MAX_SEGMENT_BYTES), lambda ref: ref.size):
        lines = _sound(raw, ref)
        day = None if lines is None else day_of(lines)
        if raw is None or lines is None or day is None:
            done.left += 1
            continue
        into = days.setdefault(day, _Day())
        into.segments.append((ref, raw))
        into.rows += len(lines)
        into.raw_bytes += sum(len(line) for _, line in lines)
        into.packed_bytes += len(raw)
        if into.rows >= FILE_ROWS or into.raw_bytes >= FILE_BYTES:
            _write(store, day, days.pop(day), done, progress)
        elif sum(held.packed_bytes for held in days.values()) > HELD_BYTES:
            fullest = max(days, key=lambda day: days[day].packed_bytes)
            _write(store, fullest, days.pop(fullest), done, progress)
    for day in sorted(days):
        _write(store, day, days[day], done, progress)
    left = f"; {done.left} damaged or empty segments stay as they are" if done.left else ""
    progress(f"{done.segments} segments with {done.rows} records are in {done.files} new files{left}")
    return done


def day_of(lines: Lines) -> str | None:
    """UTC day of the first record that has a plausible time; None where none has."""
    for _, line in lines:
        try:
            moment = loads(line)[0]["timestamp"]
            if 0 <= moment < 1e11:
                return datetime.fromtimestamp(moment, UTC).date().isoformat()
        except (ValueError, TypeError, KeyError, IndexError):
            continue
    return None


def _sound(raw: bytes | None, ref: Ref) -> Lines | None:
    """The lines of a segment that can be unpacked whole; a reader shall go on finding damage where it is."""
    if raw is None:
        return None
    rejections = Rejections()
    lines = [(number, line) for number, line in enumerate(unpack(raw, ref.key, rejections), start=1) if line]
    sound = not rejections.counts and all(len(line) <= MAX_LINE_BYTES for _, line in lines)
    return lines if sound else None


def _write(store: Store, day: str, held: _Day, done: Compacted, progress: Progress) -> None:
    body = write_compact((ref, _sound(raw, ref) or []) for ref, raw in held.segments)
    key = key_of(body, day)
    if store.put_new(key, body) == "other":
        raise TrainerError(f"{key} in {store.description} is damaged: delete it and compact again")
    done.files += 1
    done.segments += len(held.segments)
    done.rows += held.rows
    progress(f"{key}: {held.rows} records of {len(held.segments)} segments, {len(body)} bytes")
