"""The contract as a tolerant reader holds it: the types of schemas/, and of what is required only what training needs.

A record of a later version may have fields and words that nobody here knows, one of an earlier version may lack some.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema_rs import Draft7Validator

SCHEMAS = Path(__file__).parents[1] / "schemas"
DEPTH = 32
NOT_EMPTY = "."
# Without these a record says nothing to a trainer.
NEEDED = {
    "ldo/1": ["schema", "ldo_id", "timestamp", "sensor_data"],
    "label/1": ["schema", "label_id", "ldo_id", "verdict", "label_source"],
}

# A text that never ends goes to the end of the line, and nothing is tried twice: a line costs its length, once.
TEXT = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


# Without what else the contract asks of it, an id must still be one.
LDO_ID = {"type": "string", "pattern": "^LDO-[0-9A-Za-z._-]{1,128}$"}
# What training reads of an LDO and the contract types. Of all else, a channel's value too, whoever uses it judges it.
READ = (
    "schema",
    "timestamp",
    "device",
    "asset_id",
    "mode",
    "simulated",
    "context",
    "ai_prediction",
    "ground_truth_label",
    "label_source",
)
PROBABILITY = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
DRAW = {"properties": {"evaluation": {"properties": {"probability": PROBABILITY}}}}


@cache
def schema_of(schema: str) -> dict[str, Any]:
    """What records of "ldo/1" or "label/1" must be."""
    strict = orjson.loads((SCHEMAS / f"{schema.replace('/', '-')}.json").read_bytes())
    # Of an LDO nothing but the mode is looked up in a list, and that list is the configuration's. What an answer says
    # must be known.
    loose: dict[str, Any] = _loosened(strict, words=schema == "label/1")
    if schema == "ldo/1":
        loose["properties"] = {name: loose["properties"][name] for name in READ}
        loose["properties"] |= {"sensor_data": {"type": "object"}, "decision": DRAW}
    loose["properties"]["ldo_id"] = LDO_ID
    return loose | {"required": NEEDED[schema]}


@cache
def validator(schema: str) -> Draft7Validator:
    """For records of "ldo/1" or "label/1"."""
    return Draft7Validator(schema_of(schema))


def _loosened(schema: Any, *, words: bool) -> Any:  # noqa: ANN401 - a JSON Schema is JSON
    """A copy that lets fields be missing, unknown and of another form, and without `words` be other words."""
    if isinstance(schema, list):
        return [_loosened(entry, words=words) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    loose = {key: value for key, value in schema.items() if key not in ("required", "additionalProperties", "format")}
    if loose.get("pattern") != NOT_EMPTY:
        loose.pop("pattern", None)
    if "enum" in loose and not words:
        loose = {"type": "string"}
    properties = loose.pop("properties", None)
    loose = {key: _loosened(value, words=words) for key, value in loose.items()}
    if properties is not None:
        loose["properties"] = {name: _loosened(value, words=words) for name, value in properties.items()}
    return loose


def loads(line: bytes) -> tuple[Any, bytes]:
    """The value of a line of JSON, and the line. Raises ValueError.

    NaN and Infinity, which some writers put where JSON has no number, are read as the contract has it: null.
    """
    try:
        return orjson.loads(line), line
    except orjson.JSONDecodeError:
        if b"NaN" not in line and b"Infinity" not in line:
            raise
    try:
        clean = orjson.dumps(json.loads(line, parse_constant=lambda _: None))
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from error
    return orjson.loads(clean), clean


def too_deep(line: bytes) -> bool:
    """Whether a line of JSON nests deeper than DEPTH: told before a parser walks into it."""
    brackets = line.translate(None, _NO_BRACKETS)
    # As many levels as opening brackets, at most: most records are done here.
    if brackets.count(b"{") + brackets.count(b"[") <= DEPTH:
        return False
    depth = 0
    for bracket in TEXT.sub(b"", line).translate(None, _NO_BRACKETS):
        depth += _STEP[bracket]
        if depth > DEPTH:
            return True
    return False
