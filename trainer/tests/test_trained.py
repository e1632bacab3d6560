"""The stage that trains: what it writes, what it goes on from, and what it refuses to learn from."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import parse_config
from context_edge_trainer.data.segments import Rejections, as_labelled
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.learn.checkpoint import from_bytes
from context_edge_trainer.learn.rows import Rows, collect
from context_edge_trainer.learn.team import ALONE
from context_edge_trainer.learn.trained import load_candidates, train_rows

from .conftest import plant


def rows_of(records: list[dict[str, Any]], config: Config) -> Rows:
    return collect([as_labelled(str(place), record) for place, record in enumerate(records)], config, Rejections())


def train(rows: Rows, out: Path, config: Config) -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []
    return train_rows(rows, out, config, said.append, "S1", Rejections(), list, ALONE), said


@pytest.fixture(scope="module")
def pumps() -> list[dict[str, Any]]:
    return plant(1500)


def test_what_is_written_is_what_is_loaded(tmp_path: Path, config: Config, pumps: list[dict[str, Any]]) -> None:
    rows = rows_of(pumps, config)
    document, _ = train(rows, tmp_path, config)
    assert json.loads((tmp_path / "train" / "train.json").read_text(encoding="utf-8")) == document
    assert list(document["variants"]) == ["with_context", "without_references", "without_context"]
    candidates = load_candidates(tmp_path, config)
    shipped = candidates["with_context"]
    judged = shipped.judge(rows.test())
    assert (judged.truth == judged.said).mean() > 0.9
    assert document["variants"]["with_context"] == shipped.describe()
    assert document["rows"]["train"] == len(rows.train())
    assert document["grouped_by"] == {"context.batch": 1500}


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, config: Config, pumps: list[dict[str, Any]]) -> None:
    rows = rows_of(pumps[:600], config)
    for name in ("one", "two"):
        train(rows, tmp_path / name, config)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 7
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


def test_another_configuration_may_not_load_them(tmp_path: Path, config: Config, pumps: list[dict[str, Any]]) -> None:
    with pytest.raises(TrainerError, match=r"train\.json is missing: run the command `train`"):
        load_candidates(tmp_path, config)
    train(rows_of(pumps[:600], config), tmp_path, config)
    gates = dataclasses.replace(config, gates=dataclasses.replace(config.gates, accuracy=0.5))
    assert load_candidates(tmp_path, gates).keys() == load_candidates(tmp_path, config).keys()
    other = dataclasses.replace(config, training=dataclasses.replace(config.training, seed=9))
    with pytest.raises(TrainerError, match="another configuration"):
        load_candidates(tmp_path, other)
    network = tmp_path / "train" / "with_context" / "network.pt"
    network.write_bytes(network.read_bytes()[:-100])
    with pytest.raises(TrainerError, match=r"with_context/network\.pt is damaged"):
        load_candidates(tmp_path, config)


PRESS: dict[str, Any] = {
    "model": {"name": "press"},
    "channels": [{"name": "force"}],
    "labels": [{"name": "ok", "kind": "normal"}, {"name": "crack", "kind": "fault"}],
    "folds": {"group": "context.lot"},
    "training": {"epochs": 20},
}


def strokes(count: int, **context: Any) -> list[dict[str, Any]]:
    """Another machine: one channel, no ids, no units, groups of its own."""
    records = plant(count)
    for number, record in enumerate(records):
        bad = number % 5 == 0
        record["sensor_data"] = {"force": 9.0 + bad * 4 + (number % 7) / 10}
        record["sensor_quality"] = {"force": {"unit": "kN", "quality": "good"}}
        record["ground_truth_label"] = "crack" if bad else "ok"
        record["context"] = {"lot": number // 8, "thickness": 2.0 + (number % 3), **context}
    return records


def test_one_channel_and_nothing_else_is_learnt(tmp_path: Path) -> None:
    config = parse_config(PRESS)
    rows = rows_of(strokes(400), config)
    document, _ = train(rows, tmp_path, config)
    assert list(document["variants"]) == ["with_context"]
    assert document["variants"]["with_context"]["curve"][-1]["macro_f1"] > 0.95
    channel = load_candidates(tmp_path, config)["with_context"].encoding.config.channels[0]
    assert channel.unit == "kN"
    assert channel.range is not None
    assert channel.range[0] < 9 < 13.6 < channel.range[1]


def test_numbers_of_the_context_are_standardised_in_the_graph(tmp_path: Path) -> None:
    config = parse_config(PRESS | {"numeric": [{"fields": ["thickness"]}]})
    rows = rows_of(strokes(400), config)
    document, _ = train(rows, tmp_path, config)
    assert list(document["variants"]) == ["with_context", "without_context"]
    model = load_candidates(tmp_path, config)["with_context"].model
    learnt = torch.from_numpy(rows.train().numeric.astype("float32"))
    assert torch.allclose(model.get_buffer("number_mean_0"), learnt.mean(dim=0), atol=1e-5)
    assert torch.allclose(model.get_buffer("number_scale_0"), learnt.std(dim=0, correction=0), atol=1e-5)


def test_twenty_classes_one_of_which_nobody_saw(tmp_path: Path) -> None:
    names = [{"name": f"c{number}", "kind": "fault" if number else "normal"} for number in range(20)]
    config = parse_config(PRESS | {"labels": names})
    records = strokes(1200)
    for number, record in enumerate(records):
        label = number * 7 % 19
        record["sensor_data"]["force"] = label * 10.0
        record["ground_truth_label"] = f"c{label}"
    document, said = train(rows_of(records, config), tmp_path, config)
    assert "no row is labelled c19: the model cannot learn it" in said
    assert len(document["variants"]["with_context"]["calibration"]["bias"]) == 20
    judged = load_candidates(tmp_path, config)["with_context"].judge(rows_of(records, config))
    assert judged.probabilities.shape == (1200, 20)


def test_channels_that_never_move_are_kept(tmp_path: Path) -> None:
    records = strokes(200)
    for record in records:
        record["sensor_data"]["force"] = 0.0
    config = parse_config(PRESS)
    document, said = train(rows_of(records, config), tmp_path, config)
    assert "force never moves in the training rows: it is only centred" in said
    assert document["channels"][0]["range"] == [-1.0, 1.0]


def test_a_checkpoint_of_a_finished_training_is_enough(tmp_path: Path) -> None:
    config = parse_config(PRESS)
    rows = rows_of(strokes(200), config)
    first, _ = train(rows, tmp_path, config)
    second, said = train(rows, tmp_path, config)
    assert first == second
    assert not any("loss" in line and "epoch" in line for line in said)
    assert any("going on after epoch" in line for line in said)
    other, said = train(
        rows, tmp_path, dataclasses.replace(config, training=dataclasses.replace(config.training, seed=4))
    )
    assert any("is of other rows or settings: training starts over" in line for line in said)
    assert other != first


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "rubbish"])
def test_a_damaged_checkpoint_is_told_and_training_starts_over(tmp_path: Path, damage: str) -> None:
    config = parse_config(PRESS)
    rows = rows_of(strokes(200), config)
    first, _ = train(rows, tmp_path, config)
    path = tmp_path / "train" / "with_context" / "checkpoint.pt"
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    changed = {"cut": content[:-900], "flip": content, "empty": b"", "rubbish": b"no checkpoint" * 9}[damage]
    path.write_bytes(changed)
    again, said = train(rows, tmp_path, config)
    assert any("checkpoint.pt is damaged" in line and line.endswith("training starts over") for line in said)
    assert again == first


def test_a_checkpoint_runs_no_code(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, Any]:
            return Path.touch, (tmp_path / "ran",)

    torch.save({"x": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(ValueError, match="UnpicklingError"):
        from_bytes((tmp_path / "evil.pt").read_bytes())
    assert not (tmp_path / "ran").exists()


def test_a_training_that_diverges_says_what_to_change(tmp_path: Path) -> None:
    config = parse_config(PRESS | {"training": {"epochs": 60, "patience": 60, "learning_rate": 10, "weight_decay": 10}})
    with pytest.raises(TrainerError, match=r"diverged: the loss of epoch \d+ is .*learning_rate \(10\)"):
        train(rows_of(strokes(200), config), tmp_path, config)
