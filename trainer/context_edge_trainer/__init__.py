"""Trains failure-prediction models from Labeled Data Objects and exports them for the edge.

The rooms, in the order in which data passes through them: `segments` (bucket to rows), `folds` (who trains, who
tests), `encode` (rows to tensors), `model`, `train`, `calibrate`, `evaluate`, `export` (ONNX), `release` (the files a
device reads). `pipeline` walks them; `config` says for which channels, context fields and labels.
"""

__version__ = "0.1.0"
