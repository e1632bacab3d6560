"""Damaged input is counted and named; what is sound is read."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context_edge_trainer.config import Config
from context_edge_trainer.data.breaches import breaches
from context_edge_trainer.data.segments import (
    LABEL,
    LDO,
    MAX_LINES,
    MAX_SEGMENT_BYTES,
    DamagedError,
    Parser,
    Rejections,
    unpack,
)
from context_edge_trainer.data.snapshot import read_store
from context_edge_trainer.data.survey import Survey
from context_edge_trainer.data.tolerant import DEPTH, SCHEMAS, TEXT, too_deep
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.store.folder_store import FolderStore

from .conftest import SPOOL, json_values, ldo, write_store


def read(store: Path, config: Config) -> tuple[list[dict[str, Any]], Survey]:
    seen = Survey()
    return [row.ldo for row in read_store(FolderStore(store), config, seen)], seen


def test_the_records_of_these_tests_are_those_of_a_device() -> None:
    jsonschema.validate(ldo(1), orjson.loads((SCHEMAS / "ldo-1.json").read_bytes()))


def test_each_record_comes_once_however_often_it_was_uploaded(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1), ldo(2)])
    write_store(tmp_path, [ldo(2), ldo(3)], seq=1)
    records, seen = read(tmp_path, config)
    assert [record["ldo_id"] for record in records] == [ldo(n)["ldo_id"] for n in (1, 2, 3)]
    assert seen.rejections.counts == {"record: seen before (same ldo_id)": 1}
    assert seen.rejections.first["record: seen before (same ldo_id)"].endswith("0000000001.ndjson.gz:1")
    assert seen.ldos.cursor == {SPOOL: 1}
    assert seen.ldos.records == 3


def test_missing_segments_are_gaps(tmp_path: Path, config: Config) -> None:
    for seq in (2, 5, 6, 8):
        write_store(tmp_path, [ldo(seq)], seq=seq)
    seen = read(tmp_path, config)[1]
    assert seen.ldos.gaps == {SPOOL: [[3, 4], [7, 7]]}
    assert seen.ldos.missing == 3


def test_lines_that_are_no_ldo_are_left_out(tmp_path: Path, config: Config) -> None:
    segment = write_store(tmp_path, [])
    deep = b"[" * 5000 + b"]" * 5000
    good = orjson.dumps(ldo(1))
    nan = good.replace(b'"pressure":8.0', b'"pressure":NaN')
    wrong = orjson.dumps(ldo(2, timestamp="8 o'clock"))
    lines = [
        b'{"schema":',
        b"[1, 2]",
        b'{"schema":"mer/1"}',
        b"\xff\xfe",
        deep,
        nan,
        b"x" * (1024 * 1024 + 1),
        wrong,
        good,
    ]
    segment.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    records, seen = read(tmp_path, config)
    assert [record["sensor_data"]["pressure"] for record in records] == [None]
    assert seen.rejections.counts["record: seen before (same ldo_id)"] == 1
    assert "record: not JSON (2, first at" in " ".join(seen.rejections.lines())
    assert seen.rejections.counts == {
        "record: not JSON": 2,
        "record: not an ldo/1": 2,
        "record: nested deeper than 32": 1,
        "record: line longer than 1048576 bytes": 1,
        "record: fails its schema": 1,
        "record: seen before (same ldo_id)": 1,
    }


@pytest.mark.parametrize("text", [b'"' + b'\\"' * 9, b'"' + b'\\"' * 9 + b"\\", b'"abc'])
def test_a_text_that_never_ends_is_walked_through_once(text: bytes) -> None:
    assert [found.span() for found in TEXT.finditer(text)] == [(0, len(text))]
    assert not too_deep(b"[" * DEPTH + text + b"[")
    assert too_deep(b"[" * (DEPTH + 1) + text)


def test_a_segment_of_too_many_lines_is_one_damage() -> None:
    rejections = Rejections()
    assert len(unpack(gzip.compress(b"a\n" * MAX_LINES), "here", rejections)) == MAX_LINES + 1
    assert not rejections.counts
    assert unpack(gzip.compress(b"\n" * (MAX_LINES + 1)), "here", rejections) == []
    assert rejections.counts == {"segment: more than 100000 lines": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "yesterday"},
        {"ldo_id": 7},
        {"ldo_id": "7"},
        {"ldo_id": "LDO-../7"},
        {"mode": 3},
        {"simulated": "no"},
        {"sensor_data": None},
        {"context": "Pump A"},
        {"decision": {"evaluation": {"probability": 1.5}}},
    ],
)
def test_a_field_of_another_type_fails_the_schema_and_says_where(changes: dict[str, Any]) -> None:
    rejections = Rejections()
    details: list[str] = []
    rejections.quarantine = lambda place, reason, detail, text: details.append(detail)
    assert Parser(LDO, rejections).parse(orjson.dumps(ldo(1, **changes)), "here:1") is None
    assert rejections.first == {"record: fails its schema": "here:1"}
    assert details[0].startswith(next(iter(changes)))


def test_what_json_has_no_number_for_is_read_as_null() -> None:
    line = json.dumps(ldo(1, sensor_data={"pressure": float("nan"), "temperature": float("-inf")})).encode()
    parsed = Parser(LDO, Rejections()).parse(line, "here:1")
    assert parsed is not None
    assert parsed[0] == ldo(1, sensor_data={"pressure": None, "temperature": None})
    assert orjson.loads(parsed[1]) == parsed[0]
    for broken in (line[:-1], line.replace(b"pump-1", b"\\ud800"), line.replace(b"pump-1", b"\xff")):
        rejections = Rejections()
        assert Parser(LDO, rejections).parse(broken, "here:1") is None
        assert rejections.counts == {"record: not JSON": 1}


@pytest.mark.parametrize("field", ["schema", "ldo_id", "timestamp", "sensor_data"])
def test_training_cannot_do_without_some_fields(field: str) -> None:
    rejections = Rejections()
    assert (
        Parser(LDO, rejections).parse(orjson.dumps({k: v for k, v in ldo(1).items() if k != field}), "here:1") is None
    )
    assert sum(rejections.counts.values()) == 1


def test_what_training_can_do_without_may_be_missing_and_what_is_new_may_be_there() -> None:
    needed = {"schema", "ldo_id", "timestamp"}
    record = {key: value for key, value in ldo(1).items() if key in needed} | {"of_tomorrow": {"deep": [1]}}
    record |= {
        "decision": {"outcome": "word of tomorrow", "reasons": "hot"},
        "scan": {"id": 17, "more": 1},
        "sensor_data": {"pressure": 8, "camera_text": "n/a", "lens": [1]},
        "sensor_quality": {"a": {"unit": 3}, "b": "good"},
        "latency_ms": "n/a",
    }
    assert Parser(LDO, Rejections()).parse(orjson.dumps(record), "here:1") == (record, orjson.dumps(record))


def test_all_that_is_wrong_with_a_record_is_said_at_once_and_in_words() -> None:
    record = ldo(1, timestamp="yesterday", asset_id=7)
    del record["sensor_data"]
    rejections = Rejections()
    assert Parser(LDO, rejections).parse(orjson.dumps(record), "here:1") is None
    said = rejections.details["record: fails its schema"]
    assert set(said.split("; ")) == {
        "sensor_data is missing",
        'timestamp is "yesterday", a number is needed',
        "asset_id is 7, text or null is needed",
    }
    assert Parser(LABEL, rejections).parse(b'{"schema":"label/1","verdict":"maybe"}', "here:2") is None
    assert "label_id is missing" in breaches("label/1", {"schema": "label/1", "verdict": "maybe"})
    assert 'verdict is "maybe", correct or wrong' in breaches("label/1", {"schema": "label/1", "verdict": "maybe"})


def test_a_segment_cut_short_gives_what_stands_before_the_cut(tmp_path: Path, config: Config) -> None:
    segment = write_store(tmp_path, [ldo(n) for n in range(2000)])
    whole = segment.read_bytes()
    segment.write_bytes(whole[: len(whole) // 2])
    records, seen = read(tmp_path, config)
    assert 0 < len(records) < 2000
    assert records == [ldo(n) for n in range(len(records))]
    assert seen.rejections.counts == {"segment: cut short": 1}


def test_a_damaged_segment_is_not_believed(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1)])
    broken = write_store(tmp_path, [ldo(n) for n in range(2, 500)], seq=1)
    content = bytearray(broken.read_bytes())
    content[-6] ^= 1  # the checksum
    broken.write_bytes(content)
    write_store(tmp_path, [], seq=2).write_bytes(b"this is no gzip")
    records, seen = read(tmp_path, config)
    assert len(records) == 1
    assert seen.rejections.counts == {"segment: not gzip, or damaged": 2}


def test_a_bomb_is_not_unpacked(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, []).write_bytes(gzip.compress(b" " * (MAX_SEGMENT_BYTES + 1)))
    records, seen = read(tmp_path, config)
    assert records == []
    assert seen.rejections.counts == {"segment: more than 67108864 bytes unpacked": 1}


def test_a_key_that_breaks_the_grammar_is_not_read(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1)])
    write_store(tmp_path, [ldo(2)], spool="not-a-spool")
    records, seen = read(tmp_path, config)
    assert len(records) == 1
    assert seen.rejections.counts == {"segment: key breaks the grammar": 1}


def test_a_store_that_is_not_there_is_named(tmp_path: Path, config: Config) -> None:
    with pytest.raises(TrainerError, match="no such folder"):
        read(tmp_path / "nowhere", config)


@pytest.mark.parametrize(("depth", "refused"), [(DEPTH, False), (DEPTH + 1, True)])
def test_depth_is_counted_without_what_stands_in_texts(depth: int, refused: bool) -> None:
    closing = orjson.dumps({"note": "]]}}" * 20})
    assert too_deep(b"[" * (depth - 1) + closing + b"]" * (depth - 1)) is refused
    assert too_deep(b"[" * depth + b"]" * depth) is refused
    assert not too_deep(orjson.dumps(["[{" * 40, '"[{\\"' * 40]))


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@given(json_values, st.integers(0, 40), st.text(alphabet='[]{}"\\a', max_size=60))
def test_depth_is_that_of_the_parsed_value(value: Any, more: int, text: str) -> None:
    for _ in range(more):
        value = [text, value]
    assert too_deep(json.dumps(value).encode()) is (depth_of(value) > DEPTH)


@given(st.binary(max_size=400))
def test_no_bytes_end_the_reading(raw: bytes) -> None:
    rejections = Rejections()
    lines = unpack(raw, "key", rejections)
    assert lines == [] or not rejections.counts or b"".join(lines)


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), max_size=12), st.data())
def test_a_cut_anywhere_gives_whole_lines_only(lines: list[bytes], data: st.DataObject) -> None:
    raw = gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0)
    rejections = Rejections()
    assert unpack(raw, "key", rejections) == [*lines, b""]
    assert not rejections.counts
    cut = unpack(raw[: data.draw(st.integers(0, len(raw) - 1))], "key", rejections)
    assert cut == lines[: len(cut)] or cut == [*lines, b""][: len(cut)]
    assert rejections.counts == {"segment: cut short": 1}


@settings(max_examples=60)
@given(st.data())
def test_a_flipped_bit_is_damage_or_changes_nothing(data: st.DataObject) -> None:
    text = b"".join(orjson.dumps(ldo(n)) + b"\n" for n in range(3))
    raw = bytearray(gzip.compress(text, mtime=0))
    at = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[at // 8] ^= 1 << (at % 8)
    rejections = Rejections()
    lines = unpack(bytes(raw), "key", rejections)
    # Flags, time and system in the header say nothing about the content.
    assert lines == text.split(b"\n") or rejections.counts


@given(json_values)
def test_any_record_is_taken_or_named(value: Any) -> None:
    rejections = Rejections()
    parser = Parser(LDO, rejections)
    for field in ldo(1):
        parser.parse(json.dumps(ldo(1) | {field: value}).encode(), "here:1")
    assert len(parser.seen) + sum(rejections.counts.values()) == len(ldo(1))
    with pytest.raises(DamagedError):
        parser._checked(zlib.compress(b"no line"))
