"""One retraining per cause: whoever wants to start one creates triggers/<model>/<cause>.json first.

Causes are named so that everybody who sees the same one gives it the same name: a month, a snapshot since which enough
was corrected, a release whose false positive rate passed the limit for the n-th time.
"""

import re
import secrets
from datetime import UTC, datetime
from typing import Any

import orjson

from ..errors import TrainerError
from ..files import json_bytes
from ..store.store import Store
from ..toml_table import is_safe_name

CAUSE = re.compile(r"month-[0-9]{4}-(0[1-9]|1[0-2])|count-[A-Za-z0-9._-]{1,80}|fpr-[0-9a-f]{8}-[1-9][0-9]{0,5}")
MAX_BODY_BYTES = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def trigger(store: Store, model: str, cause: str, body: dict[str, Any] | None = None, starter: str = "") -> bool:
    """Whether the trigger of a cause is this starter's: created now, or by an earlier call of the same `starter`.

    Raises TrainerError.
    """
    if not is_safe_name(model):
        raise TrainerError(f"--model {model!r}: 1 to 63 of a-z 0-9 . _ -, beginning with a letter or digit, is needed")
    if not CAUSE.fullmatch(cause) or ".." in cause:
        raise TrainerError(f"--cause {cause!r}: month-2026-11, count-<snapshot> or fpr-<release, 8 hex>-<n> is needed")
    if starter and not _ID.fullmatch(starter):
        raise TrainerError(
            f"--id {starter!r}: 1 to 128 of A-Z a-z 0-9 . _ -, beginning with a letter or digit, is needed"
        )
    # The nonce makes these bytes ours: a put whose answer was lost is then known to have been the one that won.
    document = {
        **(body or {}),
        "schema": "trigger/1",
        "model": model,
        "cause": cause,
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "nonce": starter or secrets.token_hex(16),
        **({"trigger_id": starter} if starter else {}),
    }
    key = f"triggers/{model}/{cause}.json"
    return store.put_new(key, json_bytes(document)) != "other" or (starter != "" and _owner(store.get(key)) == starter)


def _owner(found: bytes | None) -> object:
    try:
        document = orjson.loads(found or b"")
    except orjson.JSONDecodeError:
        return None
    return document.get("trigger_id") if isinstance(document, dict) else None


def parse_body(text: str) -> dict[str, Any]:
    """What a starter adds to its trigger: a JSON object. Raises TrainerError."""
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise TrainerError(f"--body is not JSON: {error}") from error
    if not isinstance(body, dict) or len(text) > MAX_BODY_BYTES:
        raise TrainerError(f"--body: a JSON object of at most {MAX_BODY_BYTES} bytes is needed")
    return body
