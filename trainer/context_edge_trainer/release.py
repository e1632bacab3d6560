"""The release stage: the files that a device reads, put together, checked and signed.

A release carries its own encoding, so that a device needs nothing but these files to make the same tensors.
"""

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .config import Config
from .errors import GateError, TrainerError
from .files import json_bytes, put_folder, read_bytes, read_json, start_clean, write_bytes
from .gates import GOOD
from .manifest import ENCODING, GOLDEN, MANIFEST, REPORT, conforming, manifest
from .progress import Progress
from .signing import SIGNATURE, check_key, sign_folder

WITH_CONTEXT = "with_context"


def created_at() -> str:
    """Now, or SOURCE_DATE_EPOCH where it is set, as ISO 8601 UTC with milliseconds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise TrainerError(f"SOURCE_DATE_EPOCH = {epoch!r}: seconds since 1970 are needed") from error
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def version_at(created: str) -> str:
    """A version that says when it was made: "20261124-013000"."""
    return created[:19].replace("-", "").replace(":", "").replace("T", "-")


def release(out: Path, config: Config, progress: Progress, *, key: Path | None = None) -> dict[str, Any]:
    """Put DIR/release together from DIR/export and DIR/report.json; sign it where there is a key. Returns the manifest.

    Raises GateError when a gate did not pass, and TrainerError when a stage before is missing.
    """
    if key is not None:
        check_key(key)
    report = read_json(out / REPORT, "evaluate")
    encoding = read_json(out / "export" / ENCODING, "export")
    check_gates(report)
    created = created_at()
    version = config.version or version_at(created)
    described = manifest(config.name, version, created, encoding, provenance(report, config))
    files = {
        MANIFEST: json_bytes(described),
        REPORT: json_bytes(report | {"version": version, "created_at": created}),
    }
    for name in described["files"].values():
        if name not in files:
            files[name] = read_bytes(out / "export" / name, "export")
    conforming(json.loads(files[GOLDEN]))
    # Made beside its place under the name that the signature gives it, and moved there whole.
    making = start_clean(out / ".release.partial" / f"{config.name}-{version}")
    try:
        for name, content in sorted(files.items()):
            write_bytes(making / name, content)
        if key is not None:
            write_bytes(making / SIGNATURE, sign_folder(making, key))
        put_folder(making, out / "release")
    finally:
        shutil.rmtree(making.parent, ignore_errors=True)
    sizes = ", ".join(f"{name} {len(content):,} bytes" for name, content in sorted(files.items()))
    progress(f"released {config.name} {version} in {out / 'release'}: {sizes}; {'signed' if key else 'not signed'}")
    return described


def check_gates(report: Mapping[str, Any]) -> None:
    """Raise GateError, naming each, when a gate stands in the way of a release."""
    failed = [gate for gate in report["gates"] if gate["result"] not in GOOD]
    if failed:
        raise GateError("; ".join(f"{gate['name']} {_measured(gate)}" for gate in failed))


def _measured(gate: Mapping[str, Any]) -> str:
    value = "has no value" if gate["value"] is None else f"is {gate['value']:.4g}"
    return f"{value}, must be {gate['sense']} {gate['bound']:g} ({gate['result']}, on {gate['n']:,} rows)"


def provenance(report: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """What the manifest says of how the model came to be; the report has it all."""
    data = report["data"]
    figures = report["metrics"]["test"][WITH_CONTEXT]["figures"]
    return {
        "snapshot": data["snapshot"],
        "salt": config.folds.salt,
        "group": max(data["grouped_by"], key=data["grouped_by"].get),
        "rows": {name: data["rows"][name] for name in ("train", "validation", "test")},
        "metrics": {name: figures[name]["value"] for name in ("accuracy", "fpr", "macro_f1")},
    }
