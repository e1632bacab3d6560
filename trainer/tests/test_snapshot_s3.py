"""Snapshot and compact against real S3 servers, and a server that dies in the middle."""

from pathlib import Path

import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.data.compact import compact
from context_edge_trainer.data.snapshot import read_snapshot, take_snapshot
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.store.s3_store import S3Store
from context_edge_trainer.store.store import open_store

from .conftest import answer, plant, write_labels, write_store
from .s3_servers import BUCKET, Server, use, versitygw


def quiet(_: str) -> None:
    pass


def upload(folder: Path, store: S3Store) -> None:
    for path in sorted(folder.rglob("*.gz")):
        assert store.put_new(path.relative_to(folder).as_posix(), path.read_bytes()) != "other"


def test_from_segments_in_s3_to_snapshots_and_compact_files(server: Server, tmp_path: Path, config: Config) -> None:
    store = open_store(f"{server.url}/whole")
    assert isinstance(store, S3Store)
    records = plant(120)
    for seq in range(1, 13):
        write_store(tmp_path, records[seq * 10 - 10 : seq * 10], seq=seq)
    write_labels(tmp_path, [answer(1, 7_000_000, "wrong", "leak", validated_by="bob")])
    upload(tmp_path, store)
    out = tmp_path / "out"
    first = take_snapshot(store, config, out, quiet)
    assert (first["rows"], first["read"]["ldo"]["segments"]) == (120, 12)
    key = f"snapshots/{first['id']}/"
    assert [entry.key.removeprefix(key) for entry in store.list(key)] == [
        "manifest.json",
        "part-00000.parquet",
        "quarantine.ndjson.gz",
    ]
    assert store.get(key + "manifest.json") == (out / "snapshot" / "manifest.json").read_bytes()
    assert compact(store, quiet).segments == 12
    assert compact(store, quiet).segments == 0
    write_store(tmp_path, plant(5, seed=9), seq=13)
    upload(tmp_path, store)
    second = take_snapshot(store, config, out, quiet, since="last")
    assert (second["rows"], second["read"]["ldo"]) == (
        5,
        {"segments": 1, "compacted": 12, "bytes": second["read"]["ldo"]["bytes"], "records": 125},
    )
    assert len(list(read_snapshot(out)[1])) == 5


class DyingStore(S3Store):
    """Its server is killed at the third object that is read."""

    def __init__(self, running: Server) -> None:
        super().__init__(BUCKET, pauses=(0.01, 0.01))
        self._running = running
        self.reads = 0

    def get(self, key: str, limit: int = 1_000_000) -> bytes | None:
        self.reads += 1
        if self.reads == 3:
            self._running.process.kill()
            self._running.process.wait()
        return super().get(key, limit)


def test_a_server_that_dies_in_the_middle_leaves_nothing_half(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with versitygw(tmp_path / "data") as running:
        use(running, monkeypatch)
        for seq in range(1, 60):
            write_store(tmp_path, plant(3, seed=seq), seq=seq)
        upload(tmp_path, S3Store(BUCKET))
        with pytest.raises(TrainerError, match=r"cannot get ldo/v1/.* in bucket plant at http://127.* look whether it"):
            take_snapshot(DyingStore(running), config, tmp_path / "out", quiet)
    assert not list((tmp_path / "out").iterdir())
