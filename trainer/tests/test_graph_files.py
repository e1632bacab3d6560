"""Both files of any classifier: equal to the network, free of this machine, and taken by TensorRT's own parser."""

import os

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.ship.graph_files import (
    Exported,
    Part,
    accuracy_drop,
    export_files,
    largest_difference,
    make_int8,
)
from context_edge_trainer.ship.int8 import PLANS, quantize
from context_edge_trainer.ship.onnx_graph import OPSET, Feeds, run_network, run_onnx, to_onnx

CLASSES = 3


class Small(nn.Module):
    """Numbers and an id, as FaultNet has them."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(4, 4)
        self.layers = nn.Sequential(nn.Linear(7, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, CLASSES))

    def forward(self, sensors: Tensor, product: Tensor) -> Tensor:
        return self.layers(torch.cat([sensors, self.embedding(product)], dim=1))


class Pictures(nn.Module):
    """Convolutions, as ResNet-50 has them."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(8, CLASSES),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(pictures)


def feeds(kind: str, count: int, seed: int) -> Feeds:
    draw = np.random.default_rng(seed)
    if kind == "pictures":
        return {"pictures": draw.normal(size=(count, 3, 16, 16)).astype(np.float32)}
    return {"sensors": draw.normal(size=(count, 3)).astype(np.float32), "product": draw.integers(0, 4, count)}


def part(kind: str, network: nn.Module, count: int, seed: int) -> Part:
    """Rows whose label is what the network says, but for one in ten."""
    rows = feeds(kind, count, seed)
    labels = run_network(network, rows).argmax(axis=1).astype(np.int64)
    labels[::10] = (labels[::10] + 1) % CLASSES
    return Part(rows, labels, np.ones(count))


@pytest.fixture(scope="module", params=["numbers", "pictures"])
def made(request: pytest.FixtureRequest) -> tuple[nn.Module, Part, Exported]:
    torch.manual_seed(1)
    network: nn.Module = Pictures() if request.param == "pictures" else Small()
    test = part(request.param, network, 150, 3)
    validation = part(request.param, network, 300, 2)
    return network, test, export_files(network, feeds(request.param, 5000, 1), validation, test, seed=1)


def test_the_files_answer_as_the_network_does(made: tuple[nn.Module, Part, Exported]) -> None:
    network, test, exported = made
    fp32, int8 = exported.document["fp32"], exported.document["int8"]
    assert fp32["largest_difference"] <= 1e-5
    assert (fp32["rows_compared"], fp32["rows_made_up"]) == (1000, 850)
    assert np.allclose(run_onnx(exported.fp32, test.feeds), run_network(network, test.feeds), atol=1e-5)
    assert (int8["calibration_rows"], int8["train_rows"]) == (4096, 5000)
    assert int8["agreement"] > 0.95
    assert abs(int8["accuracy_drop"]) < 0.05


def test_a_row_is_answered_alike_in_any_batch(made: tuple[nn.Module, Part, Exported]) -> None:
    _, test, exported = made
    assert exported.int8 is not None
    for file in (exported.fp32, exported.int8.file):
        assert np.allclose(run_onnx(file, test.feeds, 1), run_onnx(file, test.feeds, 64), atol=1e-5)


def test_the_files_stand_alone_and_name_nobody(made: tuple[nn.Module, Part, Exported]) -> None:
    _, _, exported = made
    assert exported.int8 is not None
    for file in (exported.fp32, exported.int8.file):
        proto = onnx.load_from_string(file)
        assert [(entry.domain, entry.version) for entry in proto.opset_import] == [("", OPSET)]
        assert not proto.functions
        assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in proto.graph.initializer)
        for trace in (b"/root", b"/home", b"/tmp", b".py", b"stack_trace", os.uname().nodename.encode()):
            assert trace not in file
    kinds = {node.op_type for node in onnx.load_from_string(exported.int8.file).graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds


def test_tensorrt_builds_an_engine_of_each_for_any_batch(made: tuple[nn.Module, Part, Exported]) -> None:
    pytest.importorskip("tensorrt_rtx", reason="TensorRT has no package for this kind of machine")
    from .tensorrt_engine import engine_bytes

    _, _, exported = made
    assert exported.int8 is not None
    for file in (exported.fp32, exported.int8.file):
        assert engine_bytes(file) > 0


def test_the_same_network_gives_the_same_bytes(made: tuple[nn.Module, Part, Exported]) -> None:
    network, test, exported = made
    assert to_onnx(network, test.feeds, "logits") == exported.fp32
    assert quantize(exported.fp32, test.feeds) == quantize(exported.fp32, test.feeds)


def test_one_wild_reading_does_not_cost_the_precision_of_all_others() -> None:
    """Its range would leave the others a few of 256 steps: another plan is chosen by what validation rows lose."""
    torch.manual_seed(1)
    network = Small()
    train = dict(feeds("numbers", 5000, 1))
    train["sensors"][7, 0] = 4000.0
    fp32 = to_onnx(network, train, "logits")
    validation = part("numbers", network, 2000, 2)
    test = feeds("numbers", 2000, 3)
    said = run_onnx(fp32, test).argmax(axis=1)

    def agreement(file: bytes) -> float:
        return float((run_onnx(file, test).argmax(axis=1) == said).mean())

    chosen = make_int8(fp32, train, validation)
    assert chosen.plan != PLANS[0]
    assert agreement(quantize(fp32, train, PLANS[0])) < 0.7
    assert agreement(chosen.file) > 0.97


def test_a_network_without_a_layer_to_quantize_says_how_to_go_on() -> None:
    rows = {"numbers": np.ones((4, 3), np.float32)}
    file = to_onnx(nn.Sequential(nn.ReLU()), rows, "logits")
    with pytest.raises(TrainerError, match=r"INT8 cannot be made: .* 0 layers .*int8 = false in \[export\]"):
        quantize(file, rows)


def test_differences_are_relative_to_logits_that_are_large() -> None:
    network = np.array([[1000.0, 0.0]], np.float32)
    assert largest_difference(network + np.float32(0.001), network) == pytest.approx(1e-6, rel=0.1)
    with pytest.raises(TrainerError, match="not finite"):
        largest_difference(network, network * np.float32(np.nan))


def test_accuracy_lost_counts_rows_by_their_weight() -> None:
    truth, worse = np.array([0, 1, 2, 0]), np.array([0, 1, 1, 1])
    rows = Part({}, truth, np.array([1.0, 1.0, 0.0, 2.0]))
    assert accuracy_drop(truth, worse, rows) == pytest.approx(0.5)
    assert accuracy_drop(truth, worse, Part({}, truth, np.zeros(4))) is None
