"""From a network to a signed release: ONNX, INT8, golden samples, signature, publication."""
