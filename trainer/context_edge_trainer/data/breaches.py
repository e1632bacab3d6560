"""What is wrong with a record in words: every key that is missing or of another kind, at once."""

from typing import Any

import orjson
from jsonschema_rs import Draft7Validator

from .tolerant import schema_of, validator

LONGEST = 40
WORDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


def breaches(schema: str, record: dict[str, Any]) -> str:
    """`mode is missing; timestamp is "yesterday", a number is needed`: of a record that fails the schema."""
    checker: Draft7Validator = validator(schema)
    found: dict[str, None] = {}
    for error in checker.iter_errors(record):
        *steps, keyword = error.schema_path
        rule: Any = schema_of(schema)
        for step in steps:
            rule = rule[step]
        path = [str(step) for step in error.instance_path]
        if keyword == "required":
            present = _at(record, error.instance_path)
            for name in rule["required"]:
                if name not in present:
                    found[f"{'.'.join([*path, name])} is missing"] = None
        else:
            found[f"{'.'.join(path)} is {_shown(_at(record, error.instance_path))}, {wanted(rule)} is needed"] = None
    return "; ".join(found)[:300]


def wanted(rule: dict[str, Any]) -> str:
    """A rule of a schema in words."""
    if "anyOf" in rule:
        return " or ".join(wanted(one) for one in rule["anyOf"])
    if "enum" in rule:
        return " or ".join(str(word) for word in rule["enum"])
    if "const" in rule:
        return str(rule["const"])
    kinds = rule.get("type", "another value")
    words = " or ".join(WORDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
    if "pattern" in rule:
        words += " that is not empty" if rule["pattern"] == "." else f" like {rule['pattern'].strip('^$')}"
    if "maximum" in rule:
        words += f" from {rule.get('minimum', 0)} to {rule['maximum']}"
    return words


def _at(record: Any, path: Any) -> Any:  # noqa: ANN401 - JSON is anything
    for step in path:
        record = record[step]
    return record


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
