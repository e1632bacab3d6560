"""The report: what was learnt from, what the models are worth, how they came to be, and whether one may be released.

It is put together from what the stages left in the work folder, again after each of them that has something to add.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..config import Config
from ..files import read_json, write_bytes, write_json
from .gates import judge_gates
from .together import check_alert_level, check_configuration, check_same_model
from .words import verdict

REPORT = "report.json"
PAGE = "report.html"
EVALUATION = Path("evaluate") / "evaluation.json"
EXPORT = Path("export") / "export.json"
SETTINGS = ("network", "training", "policy", "gates")


def write(out: Path, config: Config) -> dict[str, Any]:
    """Write DIR/report.json and DIR/report.html of what is in `out`. Returns the report. Raises TrainerError.

    Until there is an export, its gates are "pending-export". What is of another network, or was measured under another
    configuration, is refused.
    """
    evaluation = read_json(out / EVALUATION, "evaluate")
    trained = read_json(out / "train" / "train.json", "train")
    snapshot = read_json(out / "snapshot" / "manifest.json", "snapshot")
    export = read_json(out / EXPORT, "export") if (out / EXPORT).exists() else None
    check_configuration(out, config, snapshot, trained)
    levels = {"evaluate": evaluation["metrics"]["alert_confidence"]}
    check_alert_level(out, config, levels | ({} if export is None else {"export": export.get("alert_confidence")}))
    check_same_model(out, snapshot, {"evaluate": evaluation} | ({} if export is None else {"export": export}))
    gates = judge_gates(evaluation, export, config)
    document = {
        "schema": "report/1",
        "name": config.name,
        "version": config.version,
        "created_at": evaluation["created_at"],
        "verdict": verdict(gates, simulated=config.data.simulated),
        "gates": gates,
        "data": _data(snapshot, trained, config),
        "notes": trained["notes"],
        "metrics": evaluation["metrics"],
        "current": evaluation["current"],
        "best_possible": evaluation["best_possible"],
        "training": trained["variants"],
        "export": export,
        "settings": {name: asdict(getattr(config, name)) for name in SETTINGS},
    }
    # Imported here: drawing takes a second to get ready, and only this needs it.
    from .report_html import page

    write_json(out / REPORT, document)
    write_bytes(out / PAGE, page(document).encode())
    return document


def _data(snapshot: Mapping[str, Any], trained: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """What was read, what of it became rows of which fold, and what was left out."""
    read = ("config_sha256", "since", "validated", "limit", "cursor", "gaps", "read", "answers", "corrections")
    counted = ("sources", "writers", "devices", "changed")
    learnt = ("salt", "grouped_by", "groups", "rows", "labels", "channels", "vocabularies", "absent", "leakage")
    return {
        "snapshot": snapshot["id"],
        **{name: snapshot[name] for name in (*read, *counted)},
        "simulated": config.data.simulated,
        **{name: trained[name] for name in (*learnt, "writer_cap")},
        "left_out": snapshot["rejections"] | trained["left_out"],
    }
