"""model.json (`model/1`): how a device encodes a sample for the graph, and reads its answer."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from ..errors import TrainerError

MANIFEST = "model.json"
FP32 = {"fp32": "model.onnx"}
INT8 = {"int8": "model.int8.onnx"}
ENCODING = "encoding.json"
EXPORT = "export.json"
GOLDEN = "golden.json"
REPORT = "report.json"
SCHEMAS = Path(__file__).parents[1] / "schemas"


def manifest(
    name: str, version: str, created: str, encoding: Mapping[str, Any], training: Mapping[str, Any]
) -> dict[str, Any]:
    """`model/1`. Raises TrainerError when it breaks the message contract."""
    made = {"schema": "model/1", "name": name, "version": version, "created_at": created, **encoding}
    conforming(made | {"training": training})
    return made | {"training": dict(training)}


def conforming(document: Mapping[str, Any]) -> None:
    """Raise TrainerError unless a document follows the message contract's schema for its kind."""
    kind = str(document["schema"])
    try:
        _validator(kind.replace("/", "-")).validate(document)
    except jsonschema_rs.ValidationError as error:
        at = "/".join(str(step) for step in error.instance_path)
        raise TrainerError(f"what was made is no {kind}, a defect: {at or 'the document'}: {error.message}") from error


@cache
def _validator(name: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(orjson.loads((SCHEMAS / f"{name}.json").read_bytes()))
