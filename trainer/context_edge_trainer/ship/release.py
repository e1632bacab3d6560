"""The release stage: the files that a device reads, put together, checked and signed.

A release carries its own encoding, so that a device needs nothing but these files to make the same tensors.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import Config
from ..errors import GateError, TrainerError
from ..files import json_bytes, put_folder, read_bytes, read_json, start_clean, write_bytes
from ..judge.gates import FEW, GOOD
from ..judge.report import write as write_report
from ..learn.mark import WITH_CONTEXT
from ..progress import Progress
from ..store.store import Store
from .manifest import ENCODING, EXPORT, GOLDEN, MANIFEST, REPORT, conforming, manifest
from .publish import publish as publish_release
from .signing import SIGNATURE, check_key, sign_folder
from .tag import check_tag, tag_name
from .tag import tag as set_tag

# What --tag tags: the commit of the folder that the command was started in.
REPOSITORY = Path()


def version_at(created: str) -> str:
    """A version that says when it was made: "20261124-013000"."""
    return created[:19].replace("-", "").replace(":", "").replace("T", "-")


def release(
    out: Path,
    config: Config,
    progress: Progress,
    *,
    store: Store | None = None,
    key: Path | None = None,
    publish: bool = False,
    tag: bool = False,
) -> dict[str, Any]:
    """Put DIR/release together from DIR/export and DIR/report.json; sign, publish and tag it as asked.

    Returns the manifest. Raises GateError when a gate did not pass, and TrainerError when a stage before is missing or
    a wish cannot be granted; then nothing was released.
    """
    check_wishes(config, store=store, key=key, publish=publish, tag=tag)
    # Judged again: a waiver may have been given since.
    report = write_report(out, config)
    encoding = read_json(out / "export" / ENCODING, "export")
    check_gates(report)
    # Not now: the same work folder gives the same release, however often.
    created = read_json(out / "export" / EXPORT, "export")["created_at"]
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
    if publish and store is not None:
        publish_release(out / "release", store, progress)
    if tag:
        progress(f"tagged {set_tag(version, REPOSITORY)}")
    return described


def check_wishes(config: Config, *, store: Store | None, key: Path | None, publish: bool, tag: bool) -> None:
    """Raise TrainerError for what cannot be granted, before hours are spent on a model."""
    if key is not None:
        check_key(key)
    if publish and key is None:
        raise TrainerError("--publish needs --key: devices take no release that nobody signed")
    if publish and store is None:
        raise TrainerError("--publish needs --store: the store to publish in")
    if tag:
        check_tag(None if config.version is None else tag_name(config.version), REPOSITORY)


def check_gates(report: Mapping[str, Any]) -> None:
    """Raise GateError, naming each, when a gate stands in the way of a release."""
    failed = [gate for gate in report["gates"] if gate["result"] not in GOOD]
    if failed:
        least = report["settings"]["gates"]["min_rows"]
        found = "; ".join(f"{gate['name']} {_measured(gate, least)}" for gate in failed)
        raise GateError(f"{found}. See report.html; a person may answer for a gate by name ([[waivers]])")


def _measured(gate: Mapping[str, Any], least: int) -> str:
    value = "has no value" if gate["value"] is None else f"is {gate['value']:.4g}"
    file = " in the INT8 file" if "file" in gate else ""
    rows = f"{gate['n']:,} rows" + (f" of the {least:,} needed" if gate["result"] == FEW else "")
    return f"{value}{file}, must be {gate['sense']} {gate['bound']:g} ({gate['result']}, on {rows})"


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
