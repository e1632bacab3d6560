"""The command ends as commands should: 0 done, 2 with what to mend, 130 when stopped."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from context_edge_trainer.__main__ import main

from .conftest import CONFIG, plant, write_store

TRAINER = Path(__file__).parents[1]


def test_a_configuration_that_is_wrong_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(CONFIG.replace("range = [0, 40]", "range = 3"), encoding="utf-8")
    assert main(["run", "--store", str(tmp_path), "--out", str(tmp_path / "out"), "--config", str(path)]) == 2
    assert f"{path}: [[channels]] number 2 range = 3: a list of numbers" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_empty_store_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--store", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert f"{tmp_path}: no segments under ldo/v1/" in capsys.readouterr().err


def test_a_process_that_a_supervisor_stops_leaves_no_half_file(tmp_path: Path) -> None:
    config = tmp_path / "long.toml"
    config.write_text(CONFIG.replace("epochs = 6\npatience = 3", "epochs = 9999\npatience = 9999"), encoding="utf-8")
    write_store(tmp_path, plant(2000))
    out = tmp_path / "out"
    places = ["--store", tmp_path, "--config", config, "--out", out]
    command = [sys.executable, "-m", "context_edge_trainer", "run", *places]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=TRAINER) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "epoch" in line:
                process.send_signal(signal.SIGTERM)
                break
        rest = process.stderr.read()
    assert process.returncode == 130
    assert rest.endswith("context_edge_trainer: stopped; no half file is left\n")
    assert "Traceback" not in rest
    left = [path for path in out.rglob("*") if path.is_file()]
    assert {path.relative_to(out).parts[0] for path in left} == {"snapshot", "train"}
    assert not [path for path in left if path.name.startswith(".") or path.name == "train.json"]


def test_a_moment_that_is_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pumps.toml"
    path.write_text(CONFIG, encoding="utf-8")
    write_store(tmp_path / "store", plant(20))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    places = ["--store", str(tmp_path / "store"), "--out", str(tmp_path / "out"), "--config", str(path)]
    assert main(["snapshot", *places]) == 2
    assert "SOURCE_DATE_EPOCH = 'yesterday'" in capsys.readouterr().err
