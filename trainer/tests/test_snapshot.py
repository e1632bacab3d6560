"""A snapshot says what it was made of, is the same for the same input, and takes what was asked for."""

import gzip
import hashlib
import json
import resource
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.data.parts import PART_ROWS, PartWriter, read_parts
from context_edge_trainer.data.segments import Labelled, Rejections
from context_edge_trainer.data.snapshot import read_snapshot, take_snapshot
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.learn.folds import fold_of
from context_edge_trainer.learn.rows import collect
from context_edge_trainer.store.folder_store import FolderStore

from .conftest import SPOOL, answer, ldo, plant, write_labels, write_store

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def snap(folder: Path, config: Config, *, at: int = 0, **asked: Any) -> dict[str, Any]:
    moment = datetime.fromtimestamp(NOW.timestamp() + at, UTC)
    return take_snapshot(FolderStore(folder), config, folder / "out", lambda _: None, now=lambda: moment, **asked)


def ids(folder: Path) -> list[str]:
    return [row.ldo["ldo_id"] for row in read_snapshot(folder / "out")[1]]


def numbers(folder: Path) -> list[int]:
    return [int(name.rpartition("-")[2], 16) for name in ids(folder)]


def test_the_manifest_says_what_it_was_made_of(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1), ldo(2, label="hot"), ldo(3, label=None)], seq=1)
    write_store(tmp_path, [ldo(4, simulated=True), ldo(5, mode="dry-run"), ldo(6, device="edge-2")], seq=3)
    write_labels(tmp_path, [answer(1, 3, "wrong", "hot"), answer(2, 99, "correct")])
    manifest = snap(tmp_path, config)
    assert manifest["id"] == f"20261124T013000Z-{manifest['content_sha256'][:8]}"
    assert (manifest["model"], manifest["rows"]) == ("pumps", 4)
    assert manifest["labels"] == {"hot": 2, "normal": 2}
    assert manifest["sources"] == {"context": 3, "engineer": 1}
    assert manifest["writers"] == {"": 3, "alice": 1}
    assert manifest["devices"] == {"edge-1": 3, "edge-2": 1}
    assert manifest["cursor"] == {"ldo": {SPOOL: 3}, "labels": {SPOOL[::-1]: 1}}
    assert manifest["gaps"] == {"ldo": {SPOOL: [[2, 2]]}, "labels": {}}
    assert manifest["answers"] == {"replaced": 0, "conflicts": 0, "to_no_record": 1, "faults": {}}
    assert manifest["corrections"] == {"since": None, "count": 1}
    assert {reason: found["count"] for reason, found in manifest["rejections"].items()} == {
        "row: simulated": 1,
        "row: mode is not live": 1,
    }
    for part in manifest["parts"]:
        content = (tmp_path / "out" / "snapshot" / part["file"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (part["bytes"], part["sha256"])


def test_the_same_objects_stand_in_the_store(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, plant(20))
    manifest = snap(tmp_path, config)
    here, there = tmp_path / "out" / "snapshot", tmp_path / "snapshots" / manifest["id"]
    names = {"manifest.json", "part-00000.parquet", "quarantine.ndjson.gz"}
    assert {path.name for path in here.iterdir()} == {path.name for path in there.iterdir()} == names
    assert all((here / name).read_bytes() == (there / name).read_bytes() for name in names)


def test_what_is_read_back_is_what_was_settled(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1), ldo(2, label=None)], seq=1)
    write_labels(tmp_path, [answer(1, 2, "wrong", "hot", evaluation={"stratum": "review", "probability": 0.1})])
    snap(tmp_path, config)
    key = f"ldo/v1/dev=edge-1/{SPOOL}/0000000001.ndjson.gz"
    assert list(read_snapshot(tmp_path / "out")[1]) == [
        Labelled(f"{key}:1", ldo(1), "normal", "context"),
        Labelled(
            f"{key}:2", ldo(2, label=None), "hot", "engineer", "alice", "authenticated", "evaluation", 0.1, True, True
        ),
    ]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, plant(300), seq=1)
    first = snap(tmp_path, config)
    shutil.rmtree(tmp_path / "snapshots")
    assert snap(tmp_path, config) == first
    assert len(list((tmp_path / "snapshots").iterdir())) == 1


def test_two_who_read_the_same_in_the_same_second_both_get_their_snapshot(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, plant(20))
    first, second = snap(tmp_path, config), snap(tmp_path, config, validated=False, limit=20)
    assert first["id"] < second["id"]
    assert first["content_sha256"] == second["content_sha256"]


def test_damage_is_set_aside_with_its_place(tmp_path: Path, config: Config) -> None:
    segment = write_store(tmp_path, [], seq=1)
    key = segment.relative_to(tmp_path).as_posix()
    segment.write_bytes(
        gzip.compress(orjson.dumps(ldo(1)) + b"\n{half\n" + orjson.dumps(ldo(2, timestamp="x")) + b"\n")
    )
    write_store(tmp_path, [], seq=2).write_bytes(b"no gzip")
    write_labels(tmp_path, [answer(1, 1) | {"verdict": "perhaps"}])
    manifest = snap(tmp_path, config)
    text = gzip.decompress((tmp_path / "out" / "snapshot" / "quarantine.ndjson.gz").read_bytes())
    entries = [orjson.loads(line) for line in text.splitlines()]
    assert [(entry["place"], entry["reason"]) for entry in entries[1:]] == [
        (f"{key}:2", "record: not JSON"),
        (f"{key}:3", "record: fails its schema"),
        (key.replace("01.nd", "02.nd"), "segment: not gzip, or damaged"),
    ]
    assert entries[0]["reason"] == "record: fails its schema"
    assert entries[0]["place"].startswith("labels/v1/by=queue-1/")
    assert entries[1]["text"] == "{half"
    assert entries[2]["detail"].startswith("timestamp ")
    assert manifest["quarantine"]["entries"] == len(entries)


def test_since_last_takes_what_is_new_and_what_is_labelled_anew(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(n) for n in range(1, 6)], seq=2)
    write_labels(tmp_path, [answer(1, 1, "wrong", "hot")])
    assert snap(tmp_path, config, since="last")["since"] == {"asked": "last", "snapshot": None}
    assert numbers(tmp_path) == [1, 2, 3, 4, 5]
    with pytest.raises(
        TrainerError, match=r"neither new nor labelled anew since the last snapshot \(5, first at ldo/v1"
    ):
        snap(tmp_path, config, at=60, since="last")
    # A late segment below the cursor, one of another spool, an answer, and one that says nothing new.
    write_store(tmp_path, [ldo(7)], seq=4)
    write_store(tmp_path, [ldo(8)], spool="f" * 32, seq=1)
    write_labels(tmp_path, [answer(2, 3, "wrong", "hot"), answer(3, 4, "wrong", "normal")], seq=2)
    before = snap(tmp_path, config, at=120)
    assert before["corrections"]["count"] == 1
    write_store(tmp_path, [ldo(9)], seq=3)
    write_labels(tmp_path, [answer(4, 1, "withdrawn", supersedes="LABEL-1")], seq=3)
    manifest = snap(tmp_path, config, at=180, since="last")
    assert numbers(tmp_path) == [1, 9]
    assert manifest["since"] == {"asked": "last", "snapshot": before["id"]}
    assert manifest["corrections"] == {"since": before["id"], "count": 0}


def test_the_last_snapshot_is_that_of_this_model(tmp_path: Path, config: Config, configured: Any) -> None:
    write_store(tmp_path, [ldo(1)])
    snap(tmp_path, configured('name = "pumps"', 'name = "fans"'))
    assert snap(tmp_path, config, at=60, since="last")["rows"] == 1


def test_a_date_a_limit_and_validated_take_what_they_say(tmp_path: Path, config: Config) -> None:
    day = 86_400
    write_store(tmp_path, [ldo(n * day) for n in (3, 1, 4, 2)])
    write_labels(tmp_path, [answer(1, 2 * day, "wrong", "normal"), answer(2, 3 * day, "wrong", "hot")])
    snap(tmp_path, config, since="2026-01-04")
    assert numbers(tmp_path) == [3 * day, 4 * day]
    manifest = snap(tmp_path, config, limit=2)
    assert numbers(tmp_path) == [3 * day, 4 * day]
    assert manifest["rejections"]["row: not among the newest 2"]["count"] == 2
    snap(tmp_path, config, validated=True)
    assert numbers(tmp_path) == [3 * day, 2 * day]
    with pytest.raises(TrainerError, match="--since tomorrow: last, or a date such as 2026-10-01, is needed"):
        snap(tmp_path, config, since="tomorrow")


def test_an_episode_stays_on_its_side_whatever_of_it_may_be_learnt_from(tmp_path: Path, config: Config) -> None:
    batches = [next(lot for n in range(999) if fold_of("tests", lot := f"LOT-{n}") == side) for side in (0, 5)]

    def alert(number: int, batch: str, label: str | None) -> dict[str, Any]:
        decision = {"outcome": "alert", "reasons": [], "episode_id": "E1", "evaluation": None}
        return ldo(number, label=label, decision=decision, context=ldo(number)["context"] | {"batch": batch})

    def folds(**asked: Any) -> dict[int, int]:
        snap(tmp_path, config, **asked)
        rows = collect(read_snapshot(tmp_path / "out")[1], config, Rejections())
        return {int(name[-3:], 16): int(fold) for name, fold in zip(rows.ldo_ids, rows.folds, strict=True)}

    write_store(tmp_path, [alert(3, batches[1], "hot"), alert(2, batches[1], "hot"), alert(1, batches[0], None)])
    assert folds() == {2: 0, 3: 0}
    assert folds(limit=1) == {3: 0}
    write_labels(tmp_path, [answer(1, 1, "wrong", "hot")])
    assert folds() == {1: 0, 2: 0, 3: 0}


def test_a_record_that_does_not_name_its_device_has_that_of_its_folder(tmp_path: Path, config: Config) -> None:
    nameless = ldo(1)
    del nameless["device"]
    write_store(tmp_path, [nameless])
    assert snap(tmp_path, config)["devices"] == {"edge-1": 1}
    assert [row.ldo["device"] for row in read_snapshot(tmp_path / "out")[1]] == ["edge-1"]


@pytest.mark.parametrize("asked", [{"limit": 2}, {"validated": True}, {"since": "2026-01-01T00:00:04"}])
def test_what_a_snapshot_left_out_unasked_is_new_to_the_next(
    tmp_path: Path, config: Config, asked: dict[str, Any]
) -> None:
    write_store(tmp_path, [ldo(n) for n in range(1, 6)], seq=1)
    write_labels(tmp_path, [answer(1, 1, "wrong", "hot")])
    assert not snap(tmp_path, config, **asked)["whole"]
    write_store(tmp_path, [ldo(9)], seq=2)
    manifest = snap(tmp_path, config, at=60, since="last", limit=100)
    assert (manifest["rows"], manifest["whole"]) == (6, True)
    write_store(tmp_path, [ldo(10)], seq=3)
    assert snap(tmp_path, config, at=120, since="last")["rows"] == 1


def test_a_clock_that_is_wrong_takes_no_place_of_a_limit(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1), ldo(2), ldo(3, timestamp=1.7e12)])
    manifest = snap(tmp_path, config, limit=2)
    assert numbers(tmp_path) == [1, 2]
    assert manifest["rejections"]["row: no plausible timestamp"]["count"] == 1


def test_label_sources_that_are_not_asked_for_are_left_out(tmp_path: Path, configured: Any) -> None:
    write_store(tmp_path, [ldo(1), ldo(2)])
    write_labels(tmp_path, [answer(1, 2, "wrong", "hot")])
    config = configured("[data.unseen]", '[data]\nlabel_sources = ["context"]\n[data.unseen]')
    manifest = snap(tmp_path, config)
    assert numbers(tmp_path) == [1]
    assert manifest["rejections"]["row: labelled by engineer, which is not asked for"]["count"] == 1


def test_a_conflict_is_counted_and_left_out(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, [ldo(1), ldo(2)])
    write_labels(tmp_path, [answer(1, 2, "wrong", "hot"), answer(2, 2, "correct", validated_by="bob")])
    manifest = snap(tmp_path, config)
    assert numbers(tmp_path) == [1]
    assert manifest["answers"]["conflicts"] == 1


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([], r"no segments under ldo/v1/; write some with"),
        ([ldo(1, simulated=True)], r"of 1 records .* row: simulated \(1, first at .*simulated = true"),
        ([ldo(1, label=None)], r"row: no label \(1, .*review queue"),
        ([ldo(1, mode="commissioning")], r"row: mode is not live \(1, .*\[data\] modes"),
        ([{"schema": "ldo/1"}], r"record: fails its schema \(1, "),
    ],
)
def test_nothing_to_learn_from_is_refused_with_the_reasons(
    tmp_path: Path, config: Config, records: list[Any], complaint: str
) -> None:
    tmp_path.joinpath("empty").mkdir()
    if records:
        write_store(tmp_path / "empty", records)
    with pytest.raises(TrainerError, match=complaint):
        snap(tmp_path / "empty", config)
    assert not list((tmp_path / "empty" / "out").iterdir())
    assert not (tmp_path / "empty" / "snapshots").exists()


def test_a_snapshot_that_fails_leaves_the_one_before(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, plant(20))
    before = snap(tmp_path, config)
    (tmp_path / "ldo").rename(tmp_path / "gone")
    with pytest.raises(TrainerError):
        snap(tmp_path, config, at=60)
    assert read_snapshot(tmp_path / "out")[0] == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["snapshot"]


def test_a_part_that_was_changed_is_not_read(tmp_path: Path, config: Config) -> None:
    with pytest.raises(TrainerError, match="run the command `snapshot`"):
        read_snapshot(tmp_path / "out")
    write_store(tmp_path, plant(20))
    snap(tmp_path, config)
    part = tmp_path / "out" / "snapshot" / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(TrainerError, match="is not as its manifest says"):
        ids(tmp_path)
    part.unlink()
    with pytest.raises(TrainerError, match="make it with the command snapshot"):
        ids(tmp_path)


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (12_000, [7_000, 5_000]), (14_000, [7_000, 7_000])])
def test_parts_have_their_most_rows_and_no_empty_one_follows(tmp_path: Path, count: int, sizes: list[int]) -> None:
    assert PART_ROWS == 50_000
    writer = PartWriter(tmp_path, rows=7_000)
    for number in range(count):
        record = ldo(number)
        writer.add(Labelled(f"here:{number}", record, "normal"), orjson.dumps(record))
    parts = writer.finish()
    assert [part["rows"] for part in parts] == sizes
    assert [row.place for row in read_parts(tmp_path, parts)] == [f"here:{number}" for number in range(count)]


@pytest.mark.parametrize("damage", [b"", b"{half", b"[]", b'{"schema": "snapshot/1", "id": "x", "model": "pumps"}'])
def test_a_damaged_snapshot_in_the_store_is_passed_over(tmp_path: Path, config: Config, damage: bytes) -> None:
    write_store(tmp_path, plant(20))
    first = snap(tmp_path, config)
    broken = tmp_path / "snapshots" / "20270101T000000Z-01234567" / "manifest.json"
    broken.parent.mkdir()
    broken.write_bytes(damage)
    lines: list[str] = []
    manifest = take_snapshot(FolderStore(tmp_path), config, tmp_path / "out", lines.append)
    assert manifest["corrections"]["since"] == first["id"]
    assert lines[0].startswith("snapshots/20270101T000000Z-01234567/manifest.json is damaged")


def test_a_disk_that_fills_up_leaves_the_snapshot_before(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, plant(20), seq=1)
    before = snap(tmp_path, config)
    write_store(tmp_path, plant(4000, seed=8), seq=2)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(TrainerError, match=r"part-00000.parquet cannot be written: .*bytes are free"):
            snap(tmp_path, config, at=60)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert read_snapshot(tmp_path / "out")[0] == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["snapshot"]


def test_a_stop_in_the_middle_leaves_nothing_half(tmp_path: Path, config: Config) -> None:
    write_store(tmp_path, plant(20))

    def stop(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_snapshot(FolderStore(tmp_path), config, tmp_path / "out", stop)
    assert not list((tmp_path / "out").iterdir())
    assert not (tmp_path / "snapshots").exists()
    (tmp_path / "out" / ".snapshot.partial").mkdir()
    (tmp_path / "out" / ".snapshot.partial" / "part-00000.parquet").write_bytes(b"half")
    assert snap(tmp_path, config)["rows"] == 20
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["snapshot"]


def test_a_record_with_nan_can_be_read_back(tmp_path: Path, config: Config) -> None:
    segment = write_store(tmp_path, [])
    segment.write_bytes(gzip.compress(json.dumps(ldo(1, sensor_data={"pressure": float("nan")})).encode() + b"\n"))
    snap(tmp_path, config)
    assert [row.ldo["sensor_data"] for row in read_snapshot(tmp_path / "out")[1]] == [{"pressure": None}]
