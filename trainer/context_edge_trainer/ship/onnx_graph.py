"""From a network to one self-contained ONNX file, and back to answers: for FaultNet and ResNet-50 alike.

The exporter notes stack traces with the paths of this machine, and may write weights beside the file; neither leaves
here. A file is the same bytes whenever the same network is exported.
"""

import logging
import time
import warnings
from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..errors import TrainerError

OPSET = 18
PRODUCER = "context-edge-trainer"
ROWS_AT_ONCE = 1024

Array = NDArray[np.float32 | np.int64]
Feeds = Mapping[str, Array]
"""Input name to N rows."""


def to_onnx(network: nn.Module, feeds: Feeds, output: str) -> bytes:
    """The network in evaluation mode as an ONNX file, its inputs named and ordered as `feeds`, the first axis open.

    `feeds` are examples: two rows of each are enough, and more are not looked at.
    """
    whole = _Whole(network).eval()
    batch = torch.export.Dim("batch")
    # Two rows, so that the exporter cannot take the batch size for a constant.
    example = tuple(torch.from_numpy(np.resize(rows, (2, *rows.shape[1:]))) for rows in feeds.values())
    with warnings.catch_warnings(), quiet("torch.onnx", "onnxscript", "onnx_ir"):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            whole,
            example,
            input_names=list(feeds),
            output_names=[output],
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=(tuple({0: batch} for _ in example),),
            verbose=False,
        )
    if program is None:
        raise TrainerError("PyTorch exported nothing: torch.onnx.export gave no program")
    return stand_alone(program.model_proto)


def stand_alone(proto: onnx.ModelProto) -> bytes:
    """The bytes of a graph that says nothing of where and by whom it was made, checked."""
    del proto.metadata_props[:]
    proto.doc_string = ""
    proto.producer_name = PRODUCER
    proto.producer_version = ""
    graph = proto.graph
    parts = [graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info]
    for part in parts:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.checker.check_model(proto, full_check=True)
    return proto.SerializeToString(deterministic=True)


def session_of(file: bytes) -> onnxruntime.InferenceSession:
    """The file loaded into ONNX Runtime on one thread of the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Errors only: a warning about an operator that it could have fused is nothing to anybody.
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def run_onnx(file: bytes, feeds: Feeds, rows_at_once: int = ROWS_AT_ONCE) -> NDArray[np.float32]:
    """What the file answers to N rows, [N, …]."""
    session = session_of(file)
    count = len(next(iter(feeds.values())))
    parts = [
        np.asarray(session.run(None, some_rows(feeds, slice(start, start + rows_at_once)))[0])
        for start in range(0, count, rows_at_once)
    ]
    return np.concatenate(parts)


@torch.no_grad()
def run_network(network: nn.Module, feeds: Feeds, rows_at_once: int = ROWS_AT_ONCE) -> NDArray[np.float32]:
    """What the network answers to N rows in evaluation mode, [N, …]."""
    network.eval()
    count = len(next(iter(feeds.values())))
    parts: list[Tensor] = []
    for start in range(0, count, rows_at_once):
        batch = some_rows(feeds, slice(start, start + rows_at_once))
        parts.append(network(*(torch.from_numpy(rows) for rows in batch.values())))
    return torch.cat(parts).numpy()


def some_rows(feeds: Feeds, rows: slice | NDArray[np.int64]) -> dict[str, Array]:
    """Those rows of every input."""
    return {name: np.ascontiguousarray(values[rows]) for name, values in feeds.items()}


def latency_ms(file: bytes, feeds: Feeds, runs: int = 1000, most_seconds: float = 20.0) -> dict[str, float]:
    """{p50, p99} in milliseconds of a run with one row, by ONNX Runtime on one thread of this machine's CPU."""
    session = session_of(file)
    one = some_rows(feeds, slice(0, 1))
    for _ in range(max(3, runs // 20)):
        session.run(None, one)
    taken: list[float] = []
    until = time.perf_counter() + most_seconds
    while len(taken) < runs and (len(taken) < 20 or time.perf_counter() < until):
        started = time.perf_counter()
        session.run(None, one)
        taken.append(1000 * (time.perf_counter() - started))
    return {name: round(float(np.percentile(taken, at)), 4) for name, at in (("p50", 50), ("p99", 99))}


class _Whole(nn.Module):
    """Any network, called with its inputs one behind the other: the exporter wants to know how they are passed."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> Tensor:
        """What the network answers."""
        return self.network(*inputs)


class quiet:
    """Keeps the chatter of libraries about optional parts out of the progress."""

    def __init__(self, *names: str) -> None:
        self._loggers = [logging.getLogger(name) for name in names]

    def __enter__(self) -> None:
        self._levels = [logger.level for logger in self._loggers]
        for logger in self._loggers:
            logger.setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        for logger, level in zip(self._loggers, self._levels, strict=True):
            logger.setLevel(level)
