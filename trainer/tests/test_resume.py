"""Training that is killed goes on as if nothing had been; two processes together learn what one learns."""

import json
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from context_edge_trainer.__main__ import main
from context_edge_trainer.config_file import load_config
from context_edge_trainer.data.snapshot import take_snapshot
from context_edge_trainer.learn.trained import train
from context_edge_trainer.store.store import open_store

from .conftest import CONFIG, plant, write_store

TRAINER = Path(__file__).parents[1]
# No ids and no references: one network, and every process of the test has little to do but import PyTorch.
CHANNELS = CONFIG.split("[[ids]]")[0].replace('reference = "normal.temperature"\n', "")
SMALL = CHANNELS + CONFIG[CONFIG.index("[[labels]]") :]
EPOCHS = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of 400 runs, and what one process makes of it when nobody interrupts it: in `whole`."""
    folder = tmp_path_factory.mktemp("resume")
    settings = SMALL.replace("epochs = 6\npatience = 3", f"epochs = {EPOCHS}\npatience = {EPOCHS}")
    (folder / "pumps.toml").write_text(settings, encoding="utf-8")
    write_store(folder / "store", plant(400, products=["Pump A"]))
    config = load_config(folder / "pumps.toml")
    for name in ("whole", "killed", "team"):
        snapshot = folder / name / "snapshot"
        if name == "whole":
            take_snapshot(open_store(str(folder / "store")), config, folder / name, lambda _: None)
        else:
            snapshot.parent.mkdir()
            snapshot.symlink_to(folder / "whole" / "snapshot")
    assert main(["train", *flags(folder, "whole")]) == 0
    return folder


def flags(folder: Path, name: str) -> list[str]:
    return ["--config", str(folder / "pumps.toml"), "--out", str(folder / name)]


@contextmanager
def training(folder: Path, name: str, *launcher: str) -> Iterator[subprocess.Popen[str]]:
    """The command, in a process group of its own as a terminal would start it; it is ended with the test."""
    command = [sys.executable, *launcher, "-m", "context_edge_trainer", "train", *flags(folder, name)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=TRAINER, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def lines_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """What it says up to a line with a text, or all of it."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if text in line:
            break
    return said


def result(folder: Path, name: str) -> Any:
    return json.loads((folder / name / "train" / "train.json").read_text(encoding="utf-8"))


def test_a_killed_training_goes_on_to_the_same_bytes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with training(folder, "killed") as process:
        assert "epoch  4" in lines_until(process, "epoch  4")[-1]
        process.kill()
    work = folder / "killed" / "train"
    assert not (work / "train.json").exists()
    assert main(["train", *flags(folder, "killed")]) == 0
    assert "from a checkpoint" in capsys.readouterr().err
    for file in ("train.json", "with_context/network.pt"):
        assert (work / file).read_bytes() == (folder / "whole" / "train" / file).read_bytes(), file


def test_ctrl_c_ends_a_team_which_then_learns_what_one_does(folder: Path) -> None:
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    with training(folder, "team", *torchrun) as process:
        assert "epoch  2" in lines_until(process, "epoch  2")[-1]
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode != 0
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    assert not (folder / "team" / "train" / "train.json").exists()
    assert not list((folder / "team").rglob("*.partial"))
    assert team_of_forks(folder) == [0, 0]
    said = (folder / "rank0.txt").read_text(encoding="utf-8")
    assert said.count("from a checkpoint") == 1
    assert said.count(f"of {EPOCHS}: loss") == EPOCHS - said_before(said)
    assert (folder / "rank1.txt").read_text(encoding="utf-8") == ""
    together, alone = result(folder, "team"), result(folder, "whole")
    assert together["processes"] == 2
    one, two = (document["variants"]["with_context"] for document in (alone, together))
    assert len(two["curve"]) == len(one["curve"]) == EPOCHS
    # The same rows in the same batches; only the dropout of the second process's rows is drawn otherwise.
    assert two["curve"][-1]["loss"] == pytest.approx(one["curve"][-1]["loss"], abs=0.1)
    best = [max(epoch["macro_f1"] for epoch in document["curve"]) for document in (one, two)]
    assert best[0] == pytest.approx(best[1], abs=0.03)
    assert two["validation_loss"]["calibrated"] == pytest.approx(one["validation_loss"]["calibrated"], abs=0.1)


def team_of_forks(folder: Path) -> list[int | None]:
    """Exit codes of two processes that are told what torchrun tells; forked, they need not import PyTorch again."""
    port = free_port()
    context = multiprocessing.get_context("fork")
    ranks = [context.Process(target=rank_of_two, args=(folder, rank, port)) for rank in range(2)]
    for process in ranks:
        process.start()
    for process in ranks:
        process.join(120)
    return [process.exitcode for process in ranks]


def free_port() -> int:
    """Below the ports that a system gives to whoever asks for any."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as trial, suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def rank_of_two(folder: Path, rank: int, port: int) -> None:
    told = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    os.environ |= {name: str(value) for name, value in told.items()}
    with (folder / f"rank{rank}.txt").open("w", encoding="utf-8") as lines:
        train(folder / "team", load_config(folder / "pumps.toml"), lambda line: print(line, file=lines, flush=True))


def said_before(said: str) -> int:
    """The epoch behind which it went on."""
    return int(said.split("going on after epoch ")[1].split(",")[0])


def test_torchrun_is_for_training_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert main(["export", *flags(folder, "whole")]) == 2
    assert "torchrun is for the command train: run `export` once" in capsys.readouterr().err
