"""An ONNX file with 8-bit weights and activations, as explicit QuantizeLinear and DequantizeLinear that TensorRT takes.

TensorRT knows no calibrators any more: the scales are found here, on rows of the training fold, and stand in the file.
It wants zero points of 0 and biases as they are; only what goes into a matrix product or a convolution is quantized,
so that sums and the logits keep their full precision.
"""

import io
import tempfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from ..errors import TrainerError
from ..files import refused
from .onnx_graph import Array, Feeds, quiet, some_rows, stand_alone

PRODUCTS = ("Gemm", "MatMul", "Conv")
WITHOUT = "set int8 = false in [export] to release without it"


@dataclass(frozen=True)
class Plan:
    """A way to find the scales: on inputs as they are, or each held within all but its outermost `cut` on either side.

    Without `first_layer` the layer that sees the inputs stays in floating point.
    """

    cut: float = 0.0
    first_layer: bool = True

    def __str__(self) -> str:
        kept = f"inputs cut at their outermost {self.cut:.1%}" if self.cut else "inputs as they are"
        return kept if self.first_layer else f"{kept}, first layer in floating point"


# In the order in which they are tried. One reading far from all others stretches the range of every layer until the
# rest falls on a few of its 256 steps: held back, it saturates, and the others keep their precision.
PLANS = (Plan(), Plan(0.001), Plan(0.01), Plan(0.01, first_layer=False))


def quantize(file: bytes, feeds: Feeds, plan: Plan = PLANS[0], rows_at_once: int = 512) -> bytes:
    """The file in INT8, its scales found on all rows of `feeds`. Raises TrainerError when it cannot be made."""
    proto = onnx.load_from_string(file)
    products = [node.name for node in proto.graph.node if node.op_type in PRODUCTS]
    left_alone = products[:1] if not plan.first_layer else []
    if len(products) == len(left_alone):
        raise TrainerError(f"INT8 cannot be made: the network has {len(products)} layers to quantize; {WITHOUT}")
    # It warns on the root logger, and prints: standard output belongs to whoever reads our progress.
    with tempfile.TemporaryDirectory() as folder, quiet(""), redirect_stdout(io.StringIO()):
        path = Path(folder) / "model.int8.onnx"
        try:
            quantize_static(
                proto,
                path,
                _Rows(_cut(feeds, plan.cut), rows_at_once),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(PRODUCTS),
                nodes_to_exclude=left_alone,
                per_channel=True,
                activation_type=QuantType.QInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
                extra_options={
                    "ActivationSymmetric": True,
                    "WeightSymmetric": True,
                    "QuantizeBias": False,
                    "OpTypesToExcludeOutputQuantization": list(PRODUCTS),
                },
            )
        except OSError as error:
            raise refused(path, error, "TMPDIR") from error
        # What the quantizer raises on a graph it does not like is not documented.
        except (ValueError, RuntimeError, TypeError, KeyError, IndexError) as error:
            raise TrainerError(f"INT8 cannot be made: {error}; {WITHOUT}") from error
        return stand_alone(onnx.load(path))


def _cut(feeds: Feeds, share: float) -> Feeds:
    """Every column of numbers held between its quantiles; ids stay as they are."""
    if share == 0:
        return feeds
    return {
        name: values
        if np.issubdtype(values.dtype, np.integer)
        else np.clip(values, *np.quantile(values, (share, 1 - share), axis=0)).astype(np.float32)
        for name, values in feeds.items()
    }


class _Rows(CalibrationDataReader):  # type: ignore[misc]
    """Hands rows to the calibrator, some at a time."""

    def __init__(self, feeds: Feeds, rows_at_once: int) -> None:
        count = len(next(iter(feeds.values())))
        self._parts = (some_rows(feeds, slice(at, at + rows_at_once)) for at in range(0, count, rows_at_once))

    def get_next(self) -> dict[str, Array] | None:
        """The next rows, or None at the end."""
        return next(self._parts, None)
