"""From segments to a release, whole: what is written is what a device can read, check and reproduce."""

import json
import shutil
from functools import reduce
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import onnx
import onnxruntime
import pytest

import context_edge_trainer
from context_edge_trainer.config import Config
from context_edge_trainer.config_file import load_config
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.pipeline import run
from context_edge_trainer.progress import Reporter
from context_edge_trainer.store.store import open_store

from .conftest import CONFIG, plant, write_store

SCHEMAS = Path(context_edge_trainer.__file__).parent / "schemas"
SHIPPED = Path(__file__).parents[2] / "models" / "motor-faults"
FILES = ["golden.json", "model.int8.onnx", "model.json", "model.onnx", "report.json"]


def train(folder: Path, out: Path, config: Config) -> dict[str, Any]:
    return run(open_store(str(folder)), out, config, Reporter())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 3,000 runs, and the release that was made of it."""
    folder = tmp_path_factory.mktemp("release")
    (folder / "pumps.toml").write_text(CONFIG, encoding="utf-8")
    write_store(folder, plant(3000))
    write_store(folder, plant(300, seed=8, products=["Pump New"]), seq=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        train(folder, folder / "out", load_config(folder / "pumps.toml"))
    return folder


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def check(name: str, document: Any) -> None:
    schema = read(SCHEMAS / f"{name}.json")
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)


def answer(folder: Path, sample: dict[str, Any]) -> dict[str, float]:
    """A device in a dozen lines, from the manifest alone: it shares no code with the trainer."""
    manifest = read(folder / "model.json")

    def at(path: str) -> Any:
        return reduce(lambda value, step: value[step], path.split("."), sample["context"])

    sensors = [
        sample["sensor_data"][channel["name"]] - (at(channel["reference"]) if "reference" in channel else 0)
        for channel in manifest["channels"]
    ]
    feeds = {"sensors": np.array([sensors], np.float32)}
    for entry in manifest["ids"]:
        feeds[entry["input"]] = np.array([entry["vocabulary"].get(at(entry["field"]), 0)], np.int64)
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    calibration = manifest["calibration"]["fp32"]
    scores = (session.run(None, feeds)[0][0].astype(np.float64) + calibration["bias"]) / calibration["temperature"]
    shares = np.exp(scores - scores.max())
    return dict(zip([label["name"] for label in manifest["labels"]], shares / shares.sum(), strict=True))


@pytest.fixture(params=["trained here", "shipped"])
def release(request: pytest.FixtureRequest, trained: Path) -> Path:
    return SHIPPED if request.param == "shipped" else trained / "out" / "release"


def test_manifest_and_golden_samples_follow_the_message_contract(release: Path) -> None:
    manifest = read(release / "model.json")
    assert {path.name for path in release.iterdir()} == {"model.json", *manifest["files"].values()}
    check("model-1", manifest)
    check("golden-1", read(release / "golden.json"))
    for entry in manifest["ids"]:
        rows = sorted(entry["vocabulary"].values())
        assert rows == list(range(1, len(rows) + 1))


def test_the_golden_samples_can_be_reproduced_from_the_manifest_alone(release: Path) -> None:
    golden = read(release / "golden.json")
    for sample in golden["rows"]:
        found = answer(release, sample)
        assert found == pytest.approx(sample["probabilities"], abs=1e-5)


def test_the_onnx_file_stands_alone_and_names_nobody(release: Path) -> None:
    content = (release / "model.onnx").read_bytes()
    assert len(content) < 300_000
    for trace in (b"/root", b"/home", b"/tmp", b".py", b"Traceback", b"stack_trace"):
        assert trace not in content
    model = onnx.load_from_string(content)
    assert not model.metadata_props
    assert not model.functions
    assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in model.graph.initializer)
    manifest = read(release / "model.json")
    assert [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")] == [
        manifest["build"]["opset"]
    ]
    shapes = {
        value.name: [dim.dim_value or None for dim in value.type.tensor_type.shape.dim]
        for value in [*model.graph.input, *model.graph.output]
    }
    expected = {name: spec["shape"] for name, spec in manifest["inputs"].items()}
    assert shapes == expected | {manifest["output"]["name"]: manifest["output"]["shape"]}


def test_the_onnx_file_answers_as_the_network_does_for_any_batch(trained: Path) -> None:
    assert read(trained / "out" / "release" / "report.json")["export"]["fp32"]["largest_difference"] <= 1e-5
    session = onnxruntime.InferenceSession(
        trained / "out" / "release" / "model.onnx", providers=["CPUExecutionProvider"]
    )
    draw = np.random.default_rng(2)
    feeds = {"sensors": draw.normal(size=(7, 2)).astype(np.float32)}
    feeds |= {name: draw.integers(0, 3, 7) for name in ("product_id", "asset_id")}
    together = session.run(None, feeds)[0]
    for row in range(7):
        alone = session.run(None, {name: value[row : row + 1] for name, value in feeds.items()})[0]
        assert alone[0] == pytest.approx(together[row], abs=1e-5)


def test_the_same_store_gives_the_same_bytes(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    # A later snapshot would say since which one it counts corrections.
    shutil.rmtree(trained / "snapshots")
    train(trained, trained / "again", load_config(trained / "pumps.toml"))
    for name in FILES:
        assert (trained / "again" / "release" / name).read_bytes() == (
            trained / "out" / "release" / name
        ).read_bytes(), name


def test_context_and_references_are_worth_something(trained: Path) -> None:
    metrics = read(trained / "out" / "release" / "report.json")["metrics"]
    assert metrics["test"]["with_context"]["figures"]["accuracy"]["value"] > 0.9
    assert metrics["unseen"]["product"]["with_context"]["figures"]["accuracy"]["value"] > 0.85
    assert metrics["unseen"]["product"]["reference_gain"]["accuracy"]["low"] > 0.1


def test_the_shipped_model_reaches_its_goals_and_says_what_it_was_made_of() -> None:
    report = read(SHIPPED / "report.json")
    assert {gate["result"] for gate in report["gates"] if gate["name"] != "latency"} == {"pass"}
    assert report["verdict"]["result"] == "pass"
    assert report["data"]["simulated"] is True
    assert report["data"]["left_out"] == {}
    golden = read(SHIPPED / "golden.json")["rows"]
    assert len(golden) >= 20
    seen = read(SHIPPED / "model.json")["ids"][0]["vocabulary"]
    assert any(sample["context"]["product"] not in seen for sample in golden)


def test_a_run_that_reads_nothing_leaves_the_old_release_and_one_that_reads_does_not(
    trained: Path, tmp_path: Path
) -> None:
    config = load_config(trained / "pumps.toml")
    out = tmp_path / "out"
    shutil.copytree(trained / "out", out)
    (tmp_path / "empty").mkdir()
    with pytest.raises(TrainerError, match="no segments"):
        train(tmp_path / "empty", out, config)
    assert sorted(path.name for path in (out / "release").iterdir()) == FILES
    write_store(tmp_path / "poor", plant(60, products=["Pump New"]))
    with pytest.raises(TrainerError, match="nothing is left to learn from"):
        train(tmp_path / "poor", out, config)
    assert not (out / "release").exists()
