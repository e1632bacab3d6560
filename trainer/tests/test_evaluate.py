"""The evaluate stage, on a model that was trained for it: what it writes, what it compares, what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import load_config
from context_edge_trainer.data.snapshot import take_snapshot
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.judge.evaluate import evaluate
from context_edge_trainer.judge.report import write
from context_edge_trainer.learn.trained import train
from context_edge_trainer.store.store import open_store

from .conftest import CONFIG, plant, write_store
from .tiny_release import in_store, manifest, network, write_folder

CHANNELS = [
    {"name": "temperature", "unit": "°C", "range": [-40, 200], "reference": "normal.temperature"},
    {"name": "pressure", "unit": "bar", "range": [0, 40]},
]
# "hot" when it is, and never "leak".
OLD = manifest(
    CHANNELS, ["normal", "hot", "leak"], calibration={"fp32": {"temperature": 1.0, "bias": [0.0, -40.0, -9e9]}}
)
FILE = network([[0, 5, 0], [0, 0, 0]])


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with a snapshot and the models trained on it; its store beside it."""
    folder = tmp_path_factory.mktemp("evaluate")
    (folder / "pumps.toml").write_text(CONFIG.replace("[training]", "[gates]\nmin_rows = 10\n[training]"), "utf-8")
    write_store(folder / "store", plant(1600))
    write_store(folder / "store", plant(200, seed=8, products=["Pump New"]), seq=1)
    config = load_config(folder / "pumps.toml")
    take_snapshot(open_store(str(folder / "store")), config, folder / "out", _silent)
    train(folder / "out", config, _silent)
    return folder


@pytest.fixture
def config(trained: Path) -> Config:
    return load_config(trained / "pumps.toml")


def _silent(_: str) -> None:
    pass


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_it_writes_what_it_found_and_the_report_as_far_as_it_goes(trained: Path, config: Config) -> None:
    lines: list[str] = []
    found = evaluate(trained / "out", config, lines.append)
    assert found == read(trained / "out" / "evaluate" / "evaluation.json")
    report = read(trained / "out" / "report.json")
    assert report["schema"] == "report/1"
    assert report["data"]["snapshot"] == read(trained / "out" / "snapshot" / "manifest.json")["id"]
    assert report["verdict"]["result"] == "pending"
    assert report["current"] == {"none": "no current model was named"}
    assert any(line.startswith("accuracy: ") and line.endswith("passes") for line in lines)
    assert lines[-1] == "Good so far, but not exported yet"
    assert (trained / "out" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_context_and_references_are_worth_something(trained: Path, config: Config) -> None:
    metrics = evaluate(trained / "out", config, _silent)["metrics"]
    assert set(metrics["test"]) == {"with_context", "without_references", "without_context"}
    assert metrics["context_gain"]["accuracy"]["low"] > 0.02
    assert metrics["unseen"]["product"]["with_context"]["rows"] == 200
    assert metrics["unseen"]["product"]["reference_gain"]["macro_f1"]["low"] > 0.05


def test_the_current_model_of_a_folder_is_compared(trained: Path, config: Config, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "old", OLD, FILE)
    current = evaluate(trained / "out", config, _silent, current=str(folder))["current"]
    assert current["rows"]["compared"] == current["rows"]["test"] > 100
    assert current["place"] == "the folder old"
    assert current["figures"]["recall.leak"]["value"] == 0
    assert current["gain"]["macro_f1"]["low"] > 0.1
    gates = {gate["name"]: gate["result"] for gate in read(trained / "out" / "report.json")["gates"]}
    assert gates["current:accuracy"] == gates["current:macro_f1"] == "pass"


def test_the_current_model_of_a_ring_is_compared(trained: Path, config: Config) -> None:
    store = open_store(str(trained / "store"))
    nothing = evaluate(trained / "out", config, _silent, store=store, current="fleet")["current"]
    assert nothing == {"none": "nothing is served yet: no ring of pumps has a pointer in the store"}
    for key, body in in_store(OLD, FILE, "pilot").items():
        store.put(key, body)
    current = evaluate(trained / "out", config, _silent, store=store, current="pilot")["current"]
    assert (current["place"], current["version"]) == ("channels/pumps/pilot.json: pumps 0.0.9", "0.0.9")


def test_once_there_is_an_export_the_report_has_its_gates(trained: Path, config: Config) -> None:
    evaluate(trained / "out", config, _silent)
    export = trained / "out" / "export" / "export.json"
    export.parent.mkdir()
    latency = {"p50": 0.01, "p99": 0.02}
    fp32 = {"bytes": 9, "rows_compared": 1000, "largest_difference": 0.0, "latency_ms": latency}
    int8 = {"bytes": 9, "rows_compared": 200, "worth": 200.0, "accuracy_drop": 0.0, "latency_ms": None}
    model = {name: read(trained / "out" / "evaluate" / "evaluation.json")[name] for name in ("snapshot", "network")}
    export.write_text(json.dumps(model | {"alert_confidence": 0.8, "fp32": fp32, "int8": int8}), encoding="utf-8")
    report = write(trained / "out", config)
    export.unlink()
    export.parent.rmdir()
    assert report["verdict"]["result"] == "pass"
    assert {gate["name"]: gate["result"] for gate in report["gates"]}["int8_drop"] == "pass"


def test_ceilings_stand_in_the_report(trained: Path, config: Config, tmp_path: Path) -> None:
    path = tmp_path / "best.jsonl"
    path.write_text('wrote 9 lines\n{"products": "seen", "knowledge": "all", "accuracy": 0.96}\n', encoding="utf-8")
    assert evaluate(trained / "out", config, _silent, best_possible=path)["best_possible"][0]["accuracy"] == 0.96
    with pytest.raises(TrainerError, match="gone"):
        evaluate(trained / "out", config, _silent, best_possible=tmp_path / "gone")


def test_what_was_trained_on_another_snapshot_is_refused(trained: Path, config: Config, tmp_path: Path) -> None:
    out = tmp_path / "out"
    take_snapshot(open_store(str(trained / "store")), config, out, _silent, limit=500)
    (out / "train").symlink_to(trained / "out" / "train")
    with pytest.raises(TrainerError, match="run the command `train` again"):
        evaluate(out, config, _silent)


def test_without_a_stage_before_it_says_which_command_to_run(config: Config, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"train\.json is missing: run the command `train`"):
        evaluate(tmp_path, config, _silent)
    with pytest.raises(TrainerError, match=r"evaluation\.json is missing: run the command `evaluate`"):
        write(tmp_path, config)
