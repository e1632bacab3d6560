"""Whatever ends a run in the middle, no half file is left, it is said what to mend, and the next run goes through.

The signals are real ones, sent to this very process in the middle of each stage; the limits are the kernel's.
"""

import json
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest

from context_edge_trainer.__main__ import main

from .conftest import CONFIG, plant, write_key, write_store
from .s3_servers import versitygw

QUICK = """
[gates]
accuracy = 0.5
macro_f1 = 0.3
recall = 0
fpr = 1
calibration_gap = 1
int8_drop = 1
min_rows = 1
"""
STAGES = ("snapshot", "train", "evaluate", "export", "release")
RESULTS = {
    "snapshot": "snapshot/manifest.json",
    "train": "train/train.json",
    "evaluate": "evaluate/evaluation.json",
    "export": "export/export.json",
    "release": "release/model.json",
}


@pytest.fixture
def plant_folder(tmp_path: Path) -> Path:
    (tmp_path / "pumps.toml").write_text(CONFIG.replace("epochs = 6", "epochs = 3") + QUICK, encoding="utf-8")
    write_store(tmp_path / "store", plant(800))
    return tmp_path


def run(folder: Path, *more: str, store: str | None = None) -> int:
    places = ["--store", store or str(folder / "store"), "--config", str(folder / "pumps.toml")]
    return main(["run", *places, "--out", str(folder / "out"), "--progress", "json", *more])


def half_files(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.name.startswith(".") or "partial" in path.name]


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


class Sentry:
    """Standard output that calls somebody as soon as a stage begins, and again some time into it."""

    def __init__(self, stage: str, act: Any, after_s: float, to: TextIO) -> None:
        self._begins = f'"stage": "{stage}"'
        self._act, self._after_s, self._to = act, after_s, to
        self._done = False

    def write(self, text: str) -> int:
        if self._begins in text and not self._done:
            self._done = True
            threading.Timer(self._after_s, self._act).start()
        return self._to.write(text)

    def flush(self) -> None:
        self._to.flush()


@contextmanager
def during(stage: str, act: Any, after_s: float = 0.0) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        import sys

        patch.setattr(sys, "stdout", Sentry(stage, act, after_s, sys.stdout))
        yield


def test_a_signal_in_each_stage_leaves_no_half_file_and_the_next_run_goes_through(
    plant_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = plant_folder / "out"
    for number, stage in enumerate(STAGES):
        stop = (signal.SIGINT, signal.SIGTERM)[number % 2]
        with during(stage, lambda stop=stop: os.kill(os.getpid(), stop)):
            assert run(plant_folder) == 130, stage
        captured = capsys.readouterr()
        assert captured.err.endswith("context_edge_trainer: stopped; no half file is left\n")
        last = objects(captured.out)[-1]
        assert (last["stage"], last["during"], last["code"]) == ("stopped", stage, 130)
        assert half_files(out) == [], stage
        # What the stages before made stands; what this one was making does not, nor anything after it.
        for place, result in enumerate(RESULTS.values()):
            assert (out / result).exists() == (place < number), (stage, result)
    assert run(plant_folder) == 0
    assert objects(capsys.readouterr().out)[-1]["stage"] == "done"
    assert all((out / result).exists() for result in RESULTS.values())
    assert half_files(out) == []
    # A new snapshot of the same rows: training goes on from where it was, here from its end.
    assert run(plant_folder) == 0
    assert "going on after epoch 3" in capsys.readouterr().err


def test_a_disk_that_takes_no_more_is_told_in_each_stage(
    plant_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = plant_folder / "out"
    for stage, bytes_left in (
        ("snapshot", 0),
        ("train", 1000),
        ("evaluate", 1000),
        ("export", 1000),
        ("release", 1000),
    ):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

        def shrink(bytes_left: int = bytes_left, hard: int = hard) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, hard))

        try:
            with during(stage, shrink):
                assert run(plant_folder) == 2, stage
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        captured = capsys.readouterr()
        assert "cannot be written: File too large" in captured.err, stage
        assert "ulimit -f" in captured.err, stage
        assert objects(captured.out)[-1]["during"] == stage
        assert half_files(out) == [], stage
        assert not (out / RESULTS[stage]).exists(), stage


def test_a_store_that_goes_away_in_the_middle_is_told_and_the_release_is_published_later(
    plant_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = write_key(plant_folder)
    with versitygw(plant_folder / "s3") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        from context_edge_trainer.store.store import open_store

        store = open_store(server.url)
        for path in sorted((plant_folder / "store").rglob("*.gz")):
            store.put_new(path.relative_to(plant_folder / "store").as_posix(), path.read_bytes())
        with during("train", server.process.kill):
            assert run(plant_folder, "--key", str(key), "--publish", store=server.url) == 2
        captured = capsys.readouterr()
        assert f"127.0.0.1:{server.port}" in captured.err
        assert "look whether it runs" in captured.err
        assert objects(captured.out)[-1]["during"] == "release"
        # The release was made and signed; only its publishing is left to do.
        assert (plant_folder / "out" / "release" / "model.sig").exists()
        assert half_files(plant_folder / "out") == []
