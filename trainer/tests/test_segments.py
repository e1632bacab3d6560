"""Damaged input is counted and named; what is sound is read."""

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.segments import Rejections, Snapshot, list_segments, read_ldos

from .conftest import SPOOL, ldo, write_store


def read(store: Path) -> tuple[list[dict[str, Any]], Rejections, Snapshot]:
    rejections, snapshot = Rejections(), Snapshot()
    records = [record for _, record in read_ldos(store, rejections, snapshot)]
    return records, rejections, snapshot


def test_each_record_comes_once_however_often_it_was_uploaded(tmp_path: Path) -> None:
    write_store(tmp_path, [ldo(1), ldo(2)])
    write_store(tmp_path, [ldo(2), ldo(3)], seq=1)
    records, rejections, snapshot = read(tmp_path)
    assert [record["ldo_id"] for record in records] == [ldo(n)["ldo_id"] for n in (1, 2, 3)]
    assert rejections.counts == {"record: seen before (same ldo_id)": 1}
    assert rejections.first["record: seen before (same ldo_id)"].endswith("0000000001.ndjson.gz:1")
    assert snapshot.cursor == {SPOOL: 1}
    assert snapshot.records == 3


def test_a_missing_segment_is_a_gap(tmp_path: Path) -> None:
    write_store(tmp_path, [ldo(1)])
    write_store(tmp_path, [ldo(2)], seq=3)
    assert read(tmp_path)[2].gaps == 2


def test_lines_that_are_no_ldo_are_left_out(tmp_path: Path) -> None:
    segment = write_store(tmp_path, [])
    deep = b"[" * 5000 + b"]" * 5000
    good = orjson.dumps(ldo(1))
    nan = good.replace(b'"pressure":8.0', b'"pressure":NaN')
    lines = [b'{"schema":', b"[1, 2]", b'{"schema":"mer/1"}', b"\xff\xfe", deep, nan, b"x" * (1024 * 1024 + 1), good]
    segment.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    records, rejections, _ = read(tmp_path)
    assert len(records) == 1
    assert rejections.counts == {
        "record: not JSON": 4,
        "record: not an ldo/1": 2,
        "record: line longer than 1048576 bytes": 1,
    }


def test_a_segment_cut_short_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    segment = write_store(tmp_path, [ldo(n) for n in range(2000)])
    whole = segment.read_bytes()
    segment.write_bytes(whole[: len(whole) // 2])
    records, rejections, _ = read(tmp_path)
    assert 0 < len(records) < 2000
    assert records == [ldo(n) for n in range(len(records))]
    assert rejections.counts == {"segment: cut short": 1}


def test_a_damaged_segment_is_not_believed(tmp_path: Path) -> None:
    write_store(tmp_path, [ldo(1)])
    broken = write_store(tmp_path, [ldo(n) for n in range(2, 500)], seq=1)
    content = bytearray(broken.read_bytes())
    content[-6] ^= 1  # the checksum
    broken.write_bytes(content)
    write_store(tmp_path, [], seq=2).write_bytes(b"this is no gzip")
    records, rejections, _ = read(tmp_path)
    assert len(records) == 1
    assert rejections.counts == {"segment: not gzip, or damaged": 2}


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    write_store(tmp_path, []).write_bytes(gzip.compress(b" " * (64 * 1024 * 1024 + 1)))
    records, rejections, _ = read(tmp_path)
    assert records == []
    assert rejections.counts == {"segment: more than 67108864 bytes unpacked": 1}


def test_a_key_that_breaks_the_grammar_is_not_read(tmp_path: Path) -> None:
    write_store(tmp_path, [ldo(1)])
    write_store(tmp_path, [ldo(2)], spool="not-a-spool")
    records, rejections, _ = read(tmp_path)
    assert len(records) == 1
    assert rejections.counts == {"segment: key breaks the grammar": 1}


def test_an_empty_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="no segments under ldo/v1/"):
        list_segments(tmp_path)
    with pytest.raises(TrainerError, match="no such folder"):
        list_segments(tmp_path / "nowhere")
