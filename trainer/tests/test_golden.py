"""Golden samples hold what is easily got wrong, and tell a manifest that is not what the network was trained on."""

import copy
from typing import Any

import numpy as np
import pytest
import torch

from context_edge_trainer.config_file import parse_config
from context_edge_trainer.data.segments import Rejections, as_labelled
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.learn.calibrate import Calibration
from context_edge_trainer.learn.encode import Encoding, learn_vocabularies
from context_edge_trainer.learn.model import FaultNet
from context_edge_trainer.learn.rows import collect
from context_edge_trainer.ship.encoding_document import encoding_of
from context_edge_trainer.ship.export import feeds_of
from context_edge_trainer.ship.golden import check_golden, golden, golden_rows
from context_edge_trainer.ship.manifest import conforming
from context_edge_trainer.ship.onnx_graph import run_onnx, to_onnx

from .conftest import ldo

CONFIG = {
    "model": {"name": "mixed"},
    "channels": [
        {"name": "temperature", "unit": "°C", "reference": "normal.temperature"},
        {"name": "humidity", "fill": 40},
    ],
    "ids": [{"field": "product"}, {"field": "line.number", "input": "line"}],
    # A field that is an id and a number: on a device it is a number that is spelt as the id.
    "numeric": [{"input": "numbers", "fields": ["load", "line.number"]}],
    "labels": [{"name": name, "kind": kind} for name, kind in (("fine", "normal"), ("hot", "fault"), ("odd", "other"))],
}


def record(number: int) -> dict[str, Any]:
    draw = np.random.default_rng(number)
    context = {"product": "größer", "batch": f"B{number // 4}", "normal": {"temperature": 50.0}}
    context |= {"load": float(draw.normal()), "line": {"number": number % 3}}
    sensors = {"temperature": 50 + float(draw.normal()), "humidity": float(draw.normal(40))}
    if number % 5 == 0:
        del sensors["humidity"]
    label = "odd" if number == 17 else ("fine", "hot")[number % 2]
    return ldo(number, label=label, context=context, sensor_data=sensors, sensor_quality={})


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, Any], dict[str, Any], dict[str, bytes]]:
    """Golden samples, the manifest's part on encoding, and the file, of a network that was never trained."""
    config = parse_config(CONFIG)
    rows = collect((as_labelled(str(i), record(i)) for i in range(400)), config, Rejections())
    encoding = Encoding(config, learn_vocabularies(rows.train()))
    torch.manual_seed(1)
    network = FaultNet(config.network, 2, [len(known) for known in encoding.vocabularies], 3, [2])
    samples = golden_rows(rows, encoding)
    feeds = feeds_of(encoding, samples)
    file = to_onnx(network, feeds, "logits")
    calibration = Calibration(0.5, (0.1, 0.0, -0.1))
    answers = calibration.probabilities(torch.from_numpy(run_onnx(file, feeds))).numpy()
    return golden(samples, config, answers, None), encoding_of(encoding, {"fp32": calibration}), {"fp32": file}


def test_every_label_is_there_and_everything_new_and_missing(made: tuple[Any, Any, Any]) -> None:
    document, manifest, _ = made
    conforming(document)
    rows = document["rows"]
    # The one "odd" row trains: it stands in for test rows that there are none of.
    assert len(rows) == 3 * 5 - 4 + 5 + 5
    known = manifest["ids"][0]["vocabulary"]
    assert sum(row["context"]["product"] not in known for row in rows) == 5
    assert sum("humidity" not in row["sensor_data"] for row in rows) >= 5
    assert all(isinstance(row["context"]["line"]["number"], float) for row in rows)
    assert all(abs(sum(row["probabilities"].values()) - 1) < 1e-6 for row in rows)


def test_a_device_that_knows_the_manifest_alone_answers_them(made: tuple[Any, Any, Any]) -> None:
    check_golden(*made)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["channels"][0].pop("reference"),
        lambda m: m["channels"].reverse(),
        lambda m: m["channels"][1].update(fill=400),
        lambda m: m["ids"][0].update(field="batch"),
        lambda m: m["ids"][1].update(vocabulary={}),
        lambda m: m["numeric"][0]["fields"].reverse(),
        lambda m: m["labels"].reverse(),
        lambda m: m["calibration"]["fp32"].update(temperature=5.0),
    ],
    ids=["reference", "order", "fill", "field", "vocabulary", "numbers", "labels", "calibration"],
)
def test_a_manifest_that_is_not_the_networks_is_told(change: Any, made: tuple[Any, Any, Any]) -> None:
    document, manifest, files = made
    changed = copy.deepcopy(manifest)
    change(changed)
    with pytest.raises((TrainerError, TypeError), match=r"otherwise than the network does|NoneType"):
        check_golden(document, changed, files)


def test_an_id_that_is_also_a_reference_is_no_reason_to_refuse() -> None:
    tables = CONFIG | {"ids": [{"field": "product"}, {"field": "normal.temperature", "input": "normal"}], "numeric": []}
    config = parse_config(tables)
    rows = collect((as_labelled(str(i), record(i)) for i in range(400)), config, Rejections())
    encoding = Encoding(config, learn_vocabularies(rows.train()))
    torch.manual_seed(1)
    network = FaultNet(config.network, 2, [len(known) for known in encoding.vocabularies], 3, [])
    samples = golden_rows(rows, encoding)
    feeds = feeds_of(encoding, samples)
    file, calibration = to_onnx(network, feeds, "logits"), Calibration(0.5, (0.1, 0.0, -0.1))
    answers = calibration.probabilities(torch.from_numpy(run_onnx(file, feeds))).numpy()
    check_golden(golden(samples, config, answers, None), encoding_of(encoding, {"fp32": calibration}), {"fp32": file})


def test_another_file_is_told(made: tuple[Any, Any, Any]) -> None:
    document, manifest, files = made
    torch.manual_seed(2)
    other = FaultNet(parse_config(CONFIG).network, 2, [len(e["vocabulary"]) for e in manifest["ids"]], 3, [2])
    names = {
        name: (np.float32 if spec["dtype"] == "float32" else np.int64) for name, spec in manifest["inputs"].items()
    }
    shapes = {name: (2, *spec["shape"][1:]) for name, spec in manifest["inputs"].items()}
    feeds = {name: np.zeros(shapes[name], kind) for name, kind in names.items()}
    assert files.keys() == {"fp32"}
    with pytest.raises(TrainerError, match="the fp32 file answers a golden sample otherwise"):
        check_golden(document, manifest, {"fp32": to_onnx(other, feeds, "logits")})
