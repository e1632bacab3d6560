"""Puts a ResNet-50 with random weights through the export that the fault model goes through.

    cd trainer && $(node ../scripts/trainer-env.mjs) bench/resnet.py [--rows 1000] [--engine]

It shows that the export is for any classifier, and what INT8 is worth for a vision model: one that 8 bits make small
and fast, where the fault model is too small to gain. --engine also has TensorRT build both, which takes minutes.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torchvision.models import resnet50

sys.path.insert(0, str(Path(__file__).parents[1]))
from context_edge_trainer.ship.graph_files import Part, export_files
from context_edge_trainer.ship.onnx_graph import Feeds, run_network

SIDE = 224
SEED = 1


def pictures(count: int, seed: int) -> Feeds:
    """Smooth random pictures, float32 [N, 3, 224, 224]: noise alone would look all the same to a convolution."""
    draw = np.random.default_rng(seed)
    coarse = torch.from_numpy(draw.normal(size=(count, 3, 14, 14)).astype(np.float32))
    return {"pictures": torch.nn.functional.interpolate(coarse, size=SIDE, mode="bilinear").numpy()}


def answered(network: torch.nn.Module, count: int, seed: int) -> Part:
    """Pictures whose label is what the network says of them: there is no other truth for random weights."""
    feeds = pictures(count, seed)
    return Part(feeds, run_network(network, feeds, 32).argmax(axis=1).astype(np.int64), np.ones(count))


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description="ResNet-50 through the export")
    parser.add_argument("--rows", type=int, default=1000, help="pictures to compare on")
    parser.add_argument("--calibration-rows", type=int, default=256, help="pictures to find the scales on")
    parser.add_argument("--engine", action="store_true", help="also build both engines with tensorrt-rtx")
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    network = resnet50(weights=None)
    # Without running statistics random weights let every block double what it is given.
    network.train()
    with torch.no_grad():
        for seed in range(8):
            network(torch.from_numpy(pictures(16, 100 + seed)["pictures"]))
        # Without this it would say one class of every picture.
        network.fc.bias -= torch.from_numpy(run_network(network, pictures(64, 200), 32)).mean(dim=0)
    started = time.monotonic()
    train = pictures(options.calibration_rows, 1)
    exported = export_files(network, train, answered(network, 64, 2), answered(network, options.rows, 3), seed=SEED)
    figures = exported.document | {"seconds": round(time.monotonic() - started, 1)}
    # A thousand numbers; and figures that say nothing: random weights have no margin between classes.
    for name in ("calibration", "agreement", "accuracy_drop"):
        figures["int8"].pop(name)
    if options.engine and exported.int8 is not None:
        sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
        from tensorrt_engine import engine_bytes

        figures["engine_bytes"] = {"fp32": engine_bytes(exported.fp32), "int8": engine_bytes(exported.int8.file)}
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
