"""What a training run learns from, fixed: rows with settled labels as Parquet, and a manifest of where they are from.

The same objects stand in DIR/snapshot and in the store under snapshots/<id>/. The manifest comes last: parts without
one are nobody's.
"""

import hashlib
import heapq
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from ..config import Config
from ..errors import TrainerError
from ..files import json_bytes, put_folder, read_json, start_clean, write_bytes
from ..moment import moment
from ..progress import Progress
from ..stages import forget
from ..store.store import Store
from . import history
from .groups import episode_of
from .parts import LDO_COLUMNS, PartWriter, read_parts
from .quarantine import FILE as QUARANTINE
from .quarantine import Quarantine
from .segments import Labelled
from .survey import Found, Survey, survey

FOLDER = "snapshot"
DRAFT = ".snapshot.partial"
LAST = "last"
ID_ATTEMPTS = 10


def take_snapshot(
    store: Store,
    config: Config,
    out: Path,
    progress: Progress,
    *,
    since: str | None = None,
    validated: bool = False,
    limit: int | None = None,
    now: Callable[[], datetime] | None = None,
) -> dict[str, Any]:
    """Read a store into `out`/snapshot and snapshots/<id>/ of the store. Returns the manifest. Raises TrainerError.

    `since` is "last" (rows that are new, or whose label is, since this model's last snapshot) or a UTC date;
    `validated` takes only labels that a person, the process or maintenance stands behind; `limit` the newest so many
    rows.
    """
    draft = out / DRAFT
    start_clean(draft)
    try:
        manifest = _write(store, config, draft, progress, since, validated, limit, (now or moment)())
        forget(out, FOLDER)
        put_folder(draft, out / FOLDER)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    progress(f"snapshot {manifest['id']}: {manifest['rows']} rows in {len(manifest['parts'])} parts")
    return manifest


def read_snapshot(out: Path) -> tuple[dict[str, Any], Iterator[Labelled]]:
    """The manifest and the rows of `out`/snapshot. Raises TrainerError when there is none, or it was changed."""
    path = out / FOLDER / history.MANIFEST
    manifest = read_json(path, "snapshot")
    return manifest, _grouped(read_parts(out / FOLDER, manifest["parts"]), manifest["folds"])


def _grouped(rows: Iterator[Labelled], folds: dict[str, Any]) -> Iterator[Labelled]:
    """Each with the group of its episode where its own is another."""
    moved = {(device, episode): group for device, episode, group in folds["episodes"]}
    for row in rows:
        group = moved.get(episode_of(row.ldo) or ("", ""))
        row.group = None if group is None else (group, folds["group"])
        yield row


def read_store(store: Store, config: Config, seen: Survey | None = None) -> Iterator[Labelled]:
    """The rows of a store straight from its segments, without a snapshot."""
    return (found.row for found in survey(store, config, seen or Survey()))


def _write(
    store: Store,
    config: Config,
    folder: Path,
    progress: Progress,
    since: str | None,
    validated: bool,
    limit: int | None,
    now: datetime,
) -> dict[str, Any]:
    last = history.last_snapshot(store, config.name, progress, whole=since == LAST)
    if since == LAST and last is None:
        progress(f"no earlier whole snapshot of {config.name} in {store.description}: everything is new")
    seen = Survey()
    with Quarantine(folder / QUARANTINE) as quarantine:
        seen.rejections.quarantine = quarantine.add
        rows = survey(store, config, seen, None if last is None else history.since(last))
        wanted = _newest(_wanted(rows, seen, since, validated), limit, seen)
        parts, counts = _write_parts(wanted, folder)
    _tell(seen, progress)
    if not parts:
        raise TrainerError(_nothing(store, seen))
    files = [folder / part["file"] for part in parts] + [folder / QUARANTINE]
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    folds = {"group": list(config.folds.group), "episodes": seen.episodes.moved()}
    listed = "".join(f"{name} {digests[name]}\n" for name in sorted(digests)).encode()
    content = hashlib.sha256(listed + orjson.dumps(folds["episodes"])).hexdigest()
    manifest = {
        "schema": history.SCHEMA,
        "id": "",
        "model": config.name,
        "created_at": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "config_sha256": config_digest(config),
        "since": None
        if since is None
        else {"asked": since, "snapshot": last["id"] if since == LAST and last else None},
        "validated": validated,
        "limit": limit,
        "whole": seen.unasked == 0,
        "rows": sum(part["rows"] for part in parts),
        **counts,
        "parts": parts,
        "quarantine": {"file": QUARANTINE, "entries": quarantine.entries, "sha256": digests[QUARANTINE]},
        "content_sha256": content,
        "folds": folds,
        **_read_from(seen),
        "corrections": {"since": last["id"] if last else None, "count": seen.corrections},
    }
    _publish(store, manifest, files, now)
    write_bytes(folder / history.MANIFEST, json_bytes(manifest))
    return manifest


def config_digest(config: Config) -> str:
    """SHA-256 of a configuration, whatever order its file had."""
    return hashlib.sha256(orjson.dumps(asdict(config), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _publish(store: Store, manifest: dict[str, Any], files: list[Path], now: datetime) -> None:
    """Put the files under the first id that is free from now on, the manifest last; `manifest` takes the id.

    Whoever reads the same in the same second has another manifest under the same id: then it is the next second's.
    """
    for second in range(ID_ATTEMPTS):
        moment = now + timedelta(seconds=second)
        manifest["id"] = f"{moment:%Y%m%dT%H%M%SZ}-{manifest['content_sha256'][:8]}"
        prefix = f"{history.PREFIX}{manifest['id']}/"
        mine = all(store.put_new(prefix + file.name, file.read_bytes()) != "other" for file in files)
        if mine and store.put_new(prefix + history.MANIFEST, json_bytes(manifest)) != "other":
            return
    raise TrainerError(f"{prefix} in {store.description} is taken by other bytes: run snapshot again")


def _wanted(rows: Iterable[Found], seen: Survey, since: str | None, validated: bool) -> Iterator[Found]:
    """Those that were asked for; the others are counted."""
    after = _date(since) if since is not None and since != LAST else None
    for found in rows:
        if since == LAST and not found.news:
            reason = "neither new nor labelled anew since the last snapshot"
        elif after is not None and found.row.ldo["timestamp"] < after:
            reason = f"older than {since}"
        elif validated and not found.row.confirmed:
            reason = "confirmed by nobody"
        else:
            yield found
            continue
        seen.unasked += since != LAST or found.news
        seen.rejections.add(f"row: {reason}", found.row.place)


def _date(text: str) -> float:
    """A UTC day, or a moment, in Unix seconds."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise TrainerError(f"--since {text}: last, or a date such as 2026-10-01, is needed") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _newest(rows: Iterator[Found], limit: int | None, seen: Survey) -> Iterator[Found]:
    """The newest rows, in the order of time; at most so many are held at once. Without a limit, all as they come."""
    if limit is None:
        yield from rows
        return
    held: list[tuple[float, str, Found]] = []
    for found in rows:
        # The line has all of it, in a tenth of the memory.
        found.row.ldo = {name: found.row.ldo.get(name) for name in LDO_COLUMNS}
        entry = (found.row.ldo["timestamp"], found.row.ldo["ldo_id"], found)
        if len(held) < limit:
            heapq.heappush(held, entry)
            continue
        oldest = heapq.heappushpop(held, entry)
        seen.unasked += 1
        seen.rejections.add(f"row: not among the newest {limit}", oldest[2].row.place)
    for _, _, found in sorted(held, key=lambda entry: entry[:2]):
        yield found


def _write_parts(rows: Iterable[Found], folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The parts, and rows per label, source, writer and device."""
    writer = PartWriter(folder)
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("labels", "sources", "writers", "devices")}
    changed = 0
    for found in rows:
        row = found.row
        writer.add(row, found.line)
        counts["labels"][row.label or ""] += 1
        counts["sources"][row.source] += 1
        counts["writers"][row.writer] += 1
        counts["devices"][str(row.ldo["device"])] += 1
        changed += row.changed
    return writer.finish(), {name: dict(sorted(count.items())) for name, count in counts.items()} | {"changed": changed}


def _read_from(seen: Survey) -> dict[str, Any]:
    """What of the store was read, how far, and what is lacking or wrong there."""
    readings = {"ldo": seen.ldos, "labels": seen.labels}
    return {
        "cursor": {kind: reading.cursor for kind, reading in readings.items()},
        "gaps": {kind: reading.gaps for kind, reading in readings.items()},
        "read": {
            kind: {
                "segments": reading.segments,
                "compacted": reading.compacted,
                "bytes": reading.bytes,
                "records": reading.records,
            }
            for kind, reading in readings.items()
        },
        "answers": {
            "replaced": seen.truth.dead,
            "conflicts": seen.conflicts,
            "to_no_record": seen.strays,
            "faults": {fault: count for fault, count in sorted(seen.truth.faults.items()) if count},
        },
        "rejections": seen.rejections.summary(),
    }


def _tell(seen: Survey, progress: Progress) -> None:
    compacted = f", {seen.ldos.compacted} more from compact files" if seen.ldos.compacted else ""
    progress(
        f"read {seen.ldos.records} records in {seen.ldos.segments} segments{compacted}; {seen.labels.records} answers"
    )
    for line in seen.rejections.lines():
        progress(f"left out: {line}")
    for kind, reading in (("LDO", seen.ldos), ("label", seen.labels)):
        if reading.missing:
            progress(f"{reading.missing} {kind} segments are missing between those that are there")


REASONS_SHOWN = 5
HINTS = {
    "row: simulated": "[data] simulated = true in the configuration lets them in",
    "row: mode is not": "[data] modes in the configuration says which modes count",
    "row: no label": "label some runs in the review queue, or by the context field ground_truth_label",
}


def _nothing(store: Store, seen: Survey) -> str:
    if seen.ldos.segments + seen.ldos.compacted == 0 and not seen.rejections.counts:
        return f"{store.description}: no segments under ldo/v1/; write some with: npm run simulate -- segments"
    why = seen.rejections.lines(REASONS_SHOWN)
    hints = [
        hint for start, hint in HINTS.items() if any(reason.startswith(start) for reason in seen.rejections.counts)
    ]
    said = "; ".join(why) or "there are none"
    return "; ".join([f"no row is left of {seen.ldos.records} records in {store.description}: {said}", *hints])
