"""From the trained network to one self-contained ONNX file, proved equal to the network it came from.

The exporter notes stack traces with the paths of this machine, and may write weights beside the file; neither leaves
here.
"""

import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from .config import Config
from .encode import Inputs
from .errors import TrainerError
from .model import FaultNet

OPSET = 18
SENSORS = "sensors"
LOGITS = "logits"
MAX_DIFFERENCE = 1e-5


def export_onnx(model: FaultNet, config: Config) -> bytes:
    """The network without dropout, as an ONNX file.

    Inputs: sensors float32 [N, channels] and one int64 [N] per id; output: logits float32 [N, labels].
    """
    model.eval()
    names = [SENSORS, *(entry.input for entry in config.ids)]
    # Two rows, so that the exporter cannot take the batch size for a constant.
    example = (torch.zeros(2, len(config.channels)), *(torch.zeros(2, dtype=torch.int64) for _ in config.ids))
    batch = torch.export.Dim("batch")
    shapes = ({0: batch}, tuple({0: batch} for _ in config.ids))
    with (
        tempfile.TemporaryDirectory() as folder,
        warnings.catch_warnings(),
        _Quiet("torch.onnx", "onnxscript", "onnx_ir"),
    ):
        warnings.simplefilter("ignore")
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            model,
            example,
            path,
            input_names=names,
            output_names=[LOGITS],
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=shapes,
            external_data=False,
            verbose=False,
        )
        proto = onnx.load(path, load_external_data=False)
    _clean(proto)
    onnx.checker.check_model(proto, full_check=True)
    return proto.SerializeToString(deterministic=True)


def run_onnx(file: bytes, inputs: Inputs, config: Config) -> NDArray[np.float32]:
    """Logits [N, labels] of the exported file, by ONNX Runtime on the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    feeds = {SENSORS: inputs.sensors.numpy()}
    for column, entry in enumerate(config.ids):
        feeds[entry.input] = np.ascontiguousarray(inputs.ids[:, column].numpy())
    return np.asarray(session.run([LOGITS], feeds)[0])


def largest_difference(file: bytes, inputs: Inputs, expected: Tensor, config: Config) -> float:
    """Largest absolute difference between the file's logits and the network's. Raises TrainerError beyond 1e-5."""
    difference = float(np.abs(run_onnx(file, inputs, config) - expected.numpy()).max())
    if not difference <= MAX_DIFFERENCE:
        raise TrainerError(
            f"the ONNX file differs from the network by {difference:g} on its logits, limit {MAX_DIFFERENCE:g}"
        )
    return difference


def _clean(proto: onnx.ModelProto) -> None:
    """Drop everything that says where and by whom the file was made; names of nodes and tensors stay."""
    del proto.metadata_props[:]
    proto.doc_string = ""
    proto.producer_name = "context-edge-trainer"
    proto.producer_version = ""
    _clean_all(
        [
            proto.graph,
            *proto.graph.node,
            *proto.graph.initializer,
            *proto.graph.input,
            *proto.graph.output,
            *proto.graph.value_info,
        ]
    )


def _clean_all(parts: Sequence[onnx.GraphProto | onnx.NodeProto | onnx.TensorProto | onnx.ValueInfoProto]) -> None:
    for part in parts:
        del part.metadata_props[:]
        part.doc_string = ""


class _Quiet:
    """Keeps the exporter's chatter about optional parts out of the progress."""

    def __init__(self, *names: str) -> None:
        self.loggers = [logging.getLogger(name) for name in names]

    def __enter__(self) -> None:
        self.levels = [logger.level for logger in self.loggers]
        for logger in self.loggers:
            logger.setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        for logger, level in zip(self.loggers, self.levels, strict=True):
            logger.setLevel(level)
