"""Trains failure-prediction models from Labeled Data Objects and exports them for the edge.

The rooms, in the order in which data passes through them: `snapshot` (store to labelled records), `rows` (records to
columns), `folds` (who trains, who tests), `enough` and `leakage` (what cannot be learnt from), `encode` (rows to
tensors), `model`, `train`, `calibrate`, `trained` (the stage that walks these), `evaluate`, `export` (ONNX), `release`
(the files a device reads). `pipeline` walks the stages; `config` says for which channels, context fields and labels.
"""

__version__ = "0.1.0"
