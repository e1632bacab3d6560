"""A release small enough to know its answers by heart: one layer over the channels and numbers, one row per id."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

KINDS = {"normal": "normal", "other": "other"}


def manifest(
    channels: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    *,
    vocabulary: Mapping[str, int] | None = None,
    numeric: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """`model/1` with an id "product" where there is a vocabulary, and with numbers of the context."""
    ids = [] if vocabulary is None else [{"input": "product_id", "field": "product", "vocabulary": dict(vocabulary)}]
    inputs: dict[str, Any] = {"sensors": {"dtype": "float32", "shape": [None, len(channels)]}}
    inputs |= {entry["input"]: {"dtype": "int64", "shape": [None]} for entry in ids}
    made: dict[str, Any] = {
        "schema": "model/1",
        "name": "pumps",
        "version": "0.0.9",
        "created_at": "2026-01-01T00:00:00.000Z",
        "files": {"fp32": "model.onnx", "golden": "golden.json", "report": "report.json"},
        "channels": [dict(channel) for channel in channels],
        "ids": ids,
        "output": {"name": "logits", "shape": [None, len(labels)]},
        "labels": [
            {"name": name, "kind": KINDS.get(name, "fault"), "severity": "low", "action": "Look."} for name in labels
        ],
        "calibration": {"fp32": {"temperature": 1.0, "bias": [0.0] * len(labels)}},
        "build": {"opset": 18},
        "training": {"salt": "tests"},
    }
    if numeric:
        made["numeric"] = [{"input": "numbers", "fields": list(numeric)}]
        inputs["numbers"] = {"dtype": "float32", "shape": [None, len(numeric)]}
    return made | {"inputs": inputs} | more


def network(weights: Any, *, embedding: Any = None, numbers: Any = None) -> bytes:
    """ONNX of logits = sensors · weights [+ embedding[product_id]] [+ numbers · numbers]."""
    made = {"weights": np.array(weights, np.float32)}
    labels = made["weights"].shape[1]
    inputs = [helper.make_tensor_value_info("sensors", TensorProto.FLOAT, [None, len(weights)])]
    nodes = [helper.make_node("MatMul", ["sensors", "weights"], ["of_sensors"])]
    terms = ["of_sensors"]
    if embedding is not None:
        made["embedding"] = np.array(embedding, np.float32)
        inputs.append(helper.make_tensor_value_info("product_id", TensorProto.INT64, [None]))
        nodes.append(helper.make_node("Gather", ["embedding", "product_id"], ["of_product"]))
        terms.append("of_product")
    if numbers is not None:
        made["by_number"] = np.array(numbers, np.float32)
        inputs.append(helper.make_tensor_value_info("numbers", TensorProto.FLOAT, [None, len(numbers)]))
        nodes.append(helper.make_node("MatMul", ["numbers", "by_number"], ["of_numbers"]))
        terms.append("of_numbers")
    nodes.append(helper.make_node("Sum", terms, ["logits"]))
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [None, labels])
    graph = helper.make_graph(nodes, "g", inputs, [output], [numpy_helper.from_array(v, k) for k, v in made.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def write_folder(folder: Path, described: Mapping[str, Any], file: bytes) -> Path:
    """A release's folder, as far as a comparison reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps(described), encoding="utf-8")
    (folder / "model.onnx").write_bytes(file)
    return folder


def envelope(document: Mapping[str, Any]) -> dict[str, Any]:
    """A DSSE envelope; the signature is for devices."""
    return {
        "payload": base64.b64encode(json.dumps(document).encode()).decode(),
        "payloadType": "application/json",
        "signatures": [{"sig": "AAAA"}],
    }


def in_store(described: Mapping[str, Any], file: bytes, ring: str = "fleet") -> dict[str, bytes]:
    """The objects of a release that a ring points at."""
    files = {"model.json": json.dumps(described).encode(), "model.onnx": file}
    digests = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    resources = [{"name": name, "algorithm": "sha256", "digest": digest} for name, digest in digests.items()]
    bundle = json.dumps({"dsseEnvelope": envelope({"predicate": {"resources": resources}})}).encode()
    model, version = described["name"], described["version"]
    pointer = {"schema": "pointer/1", "model": model, "ring": ring, "version": version}
    pointer["release_sha256"] = hashlib.sha256(bundle).hexdigest()
    objects = {f"blobs/sha256/{digests[name]}": body for name, body in files.items()}
    objects[f"releases/{model}/{version}.json"] = bundle
    objects[f"channels/{model}/{ring}.json"] = json.dumps(envelope(pointer)).encode()
    return objects
