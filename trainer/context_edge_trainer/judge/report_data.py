"""The end of report.html: what was learnt from, and how the model was made."""

from collections.abc import Mapping
from typing import Any

from .markup import Child, Markup, element, joined, table
from .words import sentence

Report = Mapping[str, Any]
MOST = 30
FOLDS = ("train", "validation", "test")
BY = {"sources": "label source", "writers": "who labelled", "devices": "device"}
NOBODY = "(the device's own context)"


def data_section(report: Report) -> Markup:
    """Rows by fold and label, by source, writer and device; what is missing, left out and disputed."""
    data = report["data"]
    uncounted = report["metrics"]["uncounted"]
    lines = [
        f"{data['rows'][fold]:,} runs {does}"
        for fold, does in (("train", "train"), ("validation", "validate"), ("test", "test"))
    ]
    notes = [f"{', '.join(lines)}; grouped by {_counted(data['grouped_by'])}."]
    if uncounted:
        notes.append(
            f"{uncounted:,} test runs count in no figure: they were reviewed because they were doubtful, or who "
            "answered had not signed in."
        )
    notes += _missing(data) + [f"{sentence(note)}." for note in report["notes"]]
    return element(
        "section",
        element("h2", "What it learnt from"),
        [element("p", note) for note in notes],
        _labels(report),
        _by(data),
        _left_out(data),
    )


def _labels(report: Report) -> Markup:
    labels = report["data"]["labels"]
    rows = [(name, *(f"{labels[fold].get(name, 0):,}" for fold in FOLDS)) for name in report["metrics"]["labels"]]
    return table(("runs", *FOLDS), rows)


def _by(data: Mapping[str, Any]) -> list[Markup]:
    tables = []
    for key, says in BY.items():
        counts = sorted(data.get(key, {}).items(), key=lambda entry: (-entry[1], entry[0]))
        rows = [(name or NOBODY, f"{count:,}") for name, count in counts[:MOST]]
        rest = counts[MOST:]
        if rest:
            rows.append((f"{len(rest):,} more", f"{sum(count for _, count in rest):,}"))
        tables += [table((says, "runs"), rows)] if rows else []
    return [element("div", tables, class_="pictures")] if tables else []


def _missing(data: Mapping[str, Any]) -> list[str]:
    """Sentences on what the store lacks and on answers that disagree."""
    found = []
    for kind, name in (("ldo", "LDO"), ("labels", "label")):
        spools = data.get("gaps", {}).get(kind, {})
        lost = sum(last - first + 1 for ranges in spools.values() for first, last in ranges)
        if lost:
            found.append(
                f"{lost:,} {name} segments are missing between those that are there: what was in them is lost."
            )
    answers = data.get("answers", {})
    if answers.get("conflicts"):
        found.append(f"{answers['conflicts']:,} runs have answers that disagree, and were left out.")
    if answers.get("to_no_record"):
        found.append(f"{answers['to_no_record']:,} answers belong to no record that is there.")
    found += [f"{count:,} answers: {fault}." for fault, count in answers.get("faults", {}).items()]
    return found


def _left_out(data: Mapping[str, Any]) -> Child:
    rows = [
        (reason, f"{found['count']:,}", element("code", found["first"])) for reason, found in data["left_out"].items()
    ]
    if not rows:
        return element("p", "Nothing was left out.")
    head = element("h3", "Left out")
    return joined(head, element("div", table(("why", "how many", "first at"), rows[:MOST]), class_="words"))


def making_section(report: Report) -> Markup:
    """What it takes to make the model again, and the files that came of it."""
    data, settings = report["data"], report["settings"]
    facts = {
        "snapshot": data["snapshot"],
        "configuration (SHA-256)": data.get("config_sha256"),
        "salt of the folds": data["salt"],
        "network": _listed(settings["network"]),
        "training": _listed(settings["training"]),
        "alerts above": f"{settings['policy']['alert_confidence']:g}",
    } | _files(report["export"])
    rows = [(name, element("code", str(value))) for name, value in facts.items() if value is not None]
    return element(
        "section",
        element("h2", "How it was made"),
        element("p", "The same snapshot, configuration and seed make the same network on the same processor."),
        element("div", table(("", ""), rows), class_="words"),
    )


def _files(export: Mapping[str, Any] | None) -> dict[str, str]:
    """The files of the release: size, latency on the machine that trained."""
    if export is None:
        return {"files": "not exported yet"}
    found = {"model.onnx": _file(export["fp32"])}
    int8 = export["int8"]
    return found | {"model.int8.onnx": f"none: {int8['skipped']}" if "skipped" in int8 else _file(int8)}


def _file(found: Mapping[str, Any]) -> str:
    taken = found.get("latency_ms")
    return f"{found['bytes']:,} bytes" + (
        "" if taken is None else f"; here, on the CPU, {taken['p50']:.3f} ms a run (p99 {taken['p99']:.3f})"
    )


def _listed(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in settings.items())


def _value(value: object) -> str:
    return (
        " ".join(_value(entry) for entry in value)
        if isinstance(value, list | tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count:,} runs)" for name, count in counts.items())
