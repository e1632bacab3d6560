"""Compact files stand for the segments they have: nothing is lost, doubled or believed that is damaged."""

import gzip
import random
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from context_edge_trainer.__main__ import main
from context_edge_trainer.config import Config
from context_edge_trainer.data.compact import Compacted, compact
from context_edge_trainer.data.compacted import key_of, write_compact
from context_edge_trainer.data.segments import LDO, Ref, parse_key
from context_edge_trainer.data.snapshot import read_store
from context_edge_trainer.data.survey import Survey
from context_edge_trainer.store.folder_store import FolderStore
from context_edge_trainer.store.store import Listed, Placed

from .conftest import SPOOL, ldo, plant, write_store

DAY = 86_400
OTHER = "f" * 32


def rows(folder: Path, config: Config) -> tuple[list[tuple[str, dict[str, Any]]], Survey]:
    """(place, record) of every row, by place, and what was found on the way."""
    seen = Survey()
    found = [(row.place, row.ldo) for row in read_store(FolderStore(folder), config, seen)]
    return sorted(found, key=lambda row: row[0]), seen


def run(folder: Path) -> Compacted:
    return compact(FolderStore(folder), lambda _: None)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "compact").rglob("*.parquet")}


def small_segments(folder: Path) -> None:
    """Forty segments of five records over three days and two spools, some records twice, some damaged."""
    records = [ldo(n, timestamp=1_767_225_600.0 + n * DAY / 70) for n in range(200)]
    for seq in range(40):
        spool = SPOOL if seq % 3 else OTHER
        lines = [orjson.dumps(record) for record in records[seq * 5 : seq * 5 + 5]]
        if seq % 7 == 0:
            lines += [lines[0], b"", b"{half"]
        target = write_store(folder, [], spool=spool, seq=seq)
        target.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))


def test_the_rows_are_the_same_before_and_after(tmp_path: Path, config: Config) -> None:
    small_segments(tmp_path)
    before, found = rows(tmp_path, config)
    done = run(tmp_path)
    assert (done.segments, done.left) == (40, 0)
    assert {key.split("/")[2] for key in files(tmp_path)} == {"dt=2026-01-01", "dt=2026-01-02", "dt=2026-01-03"}
    after, seen = rows(tmp_path, config)
    assert after == before
    assert seen.rejections.counts == found.rejections.counts
    assert (seen.ldos.segments, seen.ldos.compacted) == (0, 40)
    assert seen.ldos.cursor == found.ldos.cursor
    assert seen.ldos.gaps == found.ldos.gaps


def test_done_twice_nothing_changes_and_no_segment_is_deleted(tmp_path: Path) -> None:
    small_segments(tmp_path)
    segments = {path: path.read_bytes() for path in (tmp_path / "ldo").rglob("*.gz")}
    run(tmp_path)
    first = files(tmp_path)
    assert run(tmp_path) == Compacted()
    assert files(tmp_path) == first
    assert {path: path.read_bytes() for path in (tmp_path / "ldo").rglob("*.gz")} == segments


def test_what_comes_late_is_found_and_compacted_by_the_next_run(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1)], seq=1)
    write_store(tmp_path, [ldo(3)], seq=3)
    run(tmp_path)
    write_store(tmp_path, [ldo(2)], seq=2)
    records, seen = rows(tmp_path, config)
    assert [record["ldo_id"] for _, record in records] == [ldo(n)["ldo_id"] for n in (1, 2, 3)]
    assert (seen.ldos.segments, seen.ldos.compacted) == (1, 2)
    assert run(tmp_path).segments == 1
    assert rows(tmp_path, config)[1].ldos.compacted == 3


def test_segments_that_were_cleared_away_later_are_read_from_their_file(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1)], seq=1)
    write_store(tmp_path, [ldo(2)], seq=2)
    run(tmp_path)
    for path in (tmp_path / "ldo").rglob("*.gz"):
        path.unlink()
    records, seen = rows(tmp_path, config)
    assert len(records) == 2
    assert seen.ldos.cursor == {SPOOL: 2}


class Stopped(Exception):
    pass


class StoppingStore(FolderStore):
    """Stops, as if killed, after so many puts."""

    def __init__(self, root: Path, puts: int) -> None:
        super().__init__(root)
        self.puts = puts

    def put_new(self, key: str, body: bytes) -> Placed:
        if self.puts == 0:
            raise Stopped
        self.puts -= 1
        return super().put_new(key, body)


@pytest.mark.parametrize("puts", [0, 1, 2])
def test_a_run_that_is_killed_anywhere_loses_and_doubles_nothing(tmp_path: Path, config: Config, puts: int) -> None:
    small_segments(tmp_path)
    before, _ = rows(tmp_path, config)
    with pytest.raises(Stopped):
        compact(StoppingStore(tmp_path, puts), lambda _: None)
    assert len(list((tmp_path).rglob("*.parquet"))) == puts
    assert rows(tmp_path, config)[0] == before
    run(tmp_path)
    after, seen = rows(tmp_path, config)
    assert after == before
    assert seen.ldos.compacted == 40


@pytest.mark.parametrize("damage", ["flipped", "cut", "foreign", "empty"])
def test_a_damaged_file_is_named_and_its_segments_are_read(tmp_path: Path, config: Config, damage: str) -> None:
    small_segments(tmp_path)
    before, found = rows(tmp_path, config)
    run(tmp_path)
    path = sorted((tmp_path / "compact").rglob("*.parquet"))[1]
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[random.Random(1).randrange(len(content))] ^= 4
    path.write_bytes({"flipped": content, "cut": content[:-20], "foreign": b"PAR1", "empty": b""}[damage])
    after, seen = rows(tmp_path, config)
    assert after == before
    named = {reason: place for reason, place in seen.rejections.first.items() if reason.startswith("compact")}
    reason = "compact: damaged, its bytes are not those that its name says; delete it"
    assert named == {reason: path.relative_to(tmp_path).as_posix()}
    path.unlink()
    assert run(tmp_path).files == 1
    assert rows(tmp_path, config)[1].rejections.counts == found.rejections.counts


def segment(folder: Path, seq: int) -> tuple[Ref, list[tuple[int, bytes]]]:
    ref = parse_key(LDO, Listed(f"ldo/v1/dev=edge-1/{SPOOL}/{seq:010d}.ndjson.gz", 0))
    assert ref is not None
    return ref, [(1, orjson.dumps(ldo(seq)))]


def place(folder: Path, body: bytes) -> Path:
    path = folder / key_of(body, "2026-01-01")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def test_of_two_files_that_overlap_one_is_read(tmp_path: Path, config: Config) -> None:
    for seq in range(1, 5):
        write_store(tmp_path, [ldo(seq)], seq=seq)
    before, _ = rows(tmp_path, config)
    one = place(tmp_path, write_compact(segment(tmp_path, seq) for seq in (1, 2)))
    two = place(tmp_path, write_compact(segment(tmp_path, seq) for seq in (2, 3)))
    after, seen = rows(tmp_path, config)
    assert after == before
    assert (seen.ldos.compacted, seen.ldos.segments) == (2, 2)
    assert seen.rejections.first == {
        "compact: overlaps another; delete it": max(one, two).relative_to(tmp_path).as_posix()
    }


def test_a_file_that_claims_more_than_it_has_is_not_believed(tmp_path: Path, config: Config) -> None:
    for seq in (1, 2):
        write_store(tmp_path, [ldo(seq)], seq=seq)
    honest = write_compact([segment(tmp_path, 1)])
    place(tmp_path, honest.replace(b"[[1,1]]", b"[[2,2]]"))
    assert honest.count(b"[[1,1]]") == 1
    records, seen = rows(tmp_path, config)
    assert len(records) == 2
    assert "compact: has other segments than it says; delete it" in seen.rejections.counts


def test_a_file_whose_records_stand_in_a_dictionary_is_no_compact_file(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1), ldo(2)])
    run(tmp_path)
    ((name, body),) = files(tmp_path).items()
    table = pq.read_table(pa.BufferReader(body))
    (tmp_path / name).unlink()
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, use_dictionary=True)
    bomb = sink.getvalue().to_pybytes()
    FolderStore(tmp_path).put_new(key_of(bomb, "2026-01-01"), bomb)
    found, seen = rows(tmp_path, config)
    assert len(found) == 2
    assert seen.rejections.counts == {"compact: damaged, it cannot be read; delete it": 1}


def test_segments_that_cannot_be_unpacked_whole_stay_as_they_are(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, plant(50), seq=1)
    cut = write_store(tmp_path, plant(50, seed=8), seq=2)
    cut.write_bytes(cut.read_bytes()[:-60])
    write_store(tmp_path, [], seq=3).write_bytes(b"no gzip")
    write_store(tmp_path, [], seq=4)
    before, found = rows(tmp_path, config)
    done = run(tmp_path)
    assert (done.segments, done.left) == (1, 3)
    after, seen = rows(tmp_path, config)
    assert after == before
    assert seen.rejections.counts == found.rejections.counts


def test_days_that_grow_large_become_several_files(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_segments(tmp_path)
    before, _ = rows(tmp_path, config)
    monkeypatch.setattr("context_edge_trainer.data.compact.FILE_ROWS", 12)
    assert run(tmp_path).files > 10
    after, seen = rows(tmp_path, config)
    assert after == before
    assert (seen.ldos.segments, seen.ldos.compacted) == (0, 40)


def test_little_memory_makes_more_files_and_loses_nothing(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_segments(tmp_path)
    before, _ = rows(tmp_path, config)
    monkeypatch.setattr("context_edge_trainer.data.compact.HELD_BYTES", 5_000)
    assert run(tmp_path).segments == 40
    assert rows(tmp_path, config)[0] == before


def test_the_command_compacts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_segments(tmp_path)
    assert main(["compact", "--store", str(tmp_path)]) == 0
    assert "40 segments with 212 records are in 3 new files" in capsys.readouterr().err
