"""From a snapshot to networks: rows, folds, encoding, training, calibration."""
