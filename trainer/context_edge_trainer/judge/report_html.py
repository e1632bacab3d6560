"""report.html: the report for the person who decides, in one file that needs nothing else, on a screen or on paper.

What to do comes first, then why: the gates, what the context of the plant is worth, where the model errs and how sure
it is. What it was made of comes last. All of it is in report.json; nothing is measured here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..figures.bootstrap import Figure
from .gates import FAIL, FEW, PASS
from .markup import Child, Markup, element, joined, table
from .pictures import confusion, curves, losses, reliability
from .report_data import data_section, making_section
from .words import (
    NAMES,
    bound_of,
    gain_with_interval,
    name_of,
    percent,
    result_of,
    span,
    value_of,
    with_interval,
)

STYLE = Markup((Path(__file__).parent / "report.css").read_text(encoding="utf-8"))
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
VARIANTS = {
    "with_context": "this model",
    "without_references": "told the ids, not what is normal",
    "without_context": "told nothing of the context",
}
COLUMNS = ("accuracy", "fpr", "macro_f1", "alert_precision")
SHIPPED = "with_context"
STANDALONE = ("not in training", "latest days")

Report = Mapping[str, Any]


def page(report: Report) -> str:
    """The whole document."""
    title = f"{report['name']} {report['version'] or ''}".strip()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title}: report"),
        element("style", STYLE),
    )
    sections = [
        _opening(report, title),
        _gates(report),
        _context(report),
        _current(report),
        _errors(report),
        _confidence(report),
        _slices(report),
        _training(report),
        data_section(report),
        making_section(report),
    ]
    return f"<!doctype html>\n{element('html', head, element('body', sections), lang='en')}\n"


def _opening(report: Report, title: str) -> Markup:
    verdict, figures = report["verdict"], report["metrics"]["test"][SHIPPED]["figures"]
    tiles = [
        element(
            "div", element("b", percent(figures[name]["value"])), NAMES[name], _between(figures[name]), class_="tile"
        )
        for name in COLUMNS
    ]
    return joined(
        element("h1", title),
        element("p", f"Made {report['created_at']} of the snapshot {report['data']['snapshot']}.", class_="soft"),
        element(
            "div",
            element("h2", verdict["title"]),
            element("ul", [element("li", line) for line in verdict["lines"]]),
            class_=f"verdict {verdict['result']}",
        ),
        element("div", tiles, class_="tiles"),
    )


def _between(figure: Figure) -> Markup:
    between = span(figure)
    runs = f"{figure['n']:,} runs"
    return element("div", f"{between} %, {runs}" if between else runs, class_="soft")


def _gates(report: Report) -> Markup:
    least = report["settings"]["gates"]["min_rows"]
    rows = [
        (
            name_of(gate["name"]),
            element("span", result_of(gate, least), class_=f"mark {_mark(gate['result'])}"),
            value_of(gate),
            bound_of(gate),
            f"{gate['n']:,}" if gate["n"] else "",
        )
        for gate in report["gates"]
    ]
    return _section(
        "Gates",
        "What the model must reach. In brackets: the 95 % interval, from whole batches drawn again and again, because "
        "runs of one batch resemble each other.",
        element("div", table(("gate", "result", "measured", "must be", "runs"), rows), class_="words"),
    )


def _mark(result: str) -> str:
    return {PASS: "pass", FAIL: "fail", FEW: "fail"}.get(result, "wait")


def _context(report: Report) -> Markup:
    metrics = report["metrics"]
    parts: list[Child] = [_variants(metrics["test"], "Test runs"), _worth(metrics)]
    for path, found in metrics["unseen"].items():
        parts += [element("h3", f"Held back from training: {path}"), _variants(found, "Runs held back"), _worth(found)]
    ceiling = [_ceiling(entry) for entry in report["best_possible"]]
    if ceiling:
        head = ("best possible", "accuracy", "normal not called normal", "macro-F1")
        parts.append(
            table(head, ceiling, "No judge can do better than this on average: Bayes' rule of the simulated plant.")
        )
    if len(metrics["test"]) == 1:
        parts.append(
            element("p", "The configuration names no context field and no reference: there is nothing to compare.")
        )
    return _section(
        "What the context is worth",
        "The same network, trained on the same runs, but told less. The difference is what scanning the part is worth.",
        *parts,
    )


def _variants(measured: Mapping[str, Any], caption: str) -> Markup:
    rows = [
        (said, *(with_interval(measured[name]["figures"][figure]) for figure in COLUMNS))
        for name, said in VARIANTS.items()
        if name in measured
    ]
    runs = measured[SHIPPED]["rows"]
    return table(("", "accuracy", "FPR", "macro-F1", "alerts right"), rows, f"{caption}: {runs:,}")


def _worth(measured: Mapping[str, Any]) -> Child:
    said = {"context_gain": "Context", "reference_gain": "Knowing what is normal for each product"}
    return [
        element(
            "p",
            f"{who} is worth {gain_with_interval(measured[name]['accuracy'])} of accuracy and "
            f"{gain_with_interval(measured[name]['macro_f1'])} of macro-F1.",
        )
        for name, who in said.items()
        if name in measured
    ]


def _ceiling(entry: Mapping[str, Any]) -> tuple[str, ...]:
    name = f"products {entry.get('products', '')}, knowing {entry.get('knowledge', '')}"
    return (name, *(percent(entry.get(key)) for key in ("accuracy", "falseAlarmRate", "macroF1")))


def _current(report: Report) -> Markup:
    current = report["current"]
    if "gain" not in current:
        return _section("Against the current model", f"Not compared: {current['none']}.")
    rows = current["rows"]
    figures = [
        (
            NAMES[name],
            with_interval(current["candidate"][name]),
            with_interval(current["figures"][name]),
            gain_with_interval(current["gain"][name]),
        )
        for name in current["gain"]
    ]
    notes: list[Child] = []
    if rows["not_encoded"]:
        why = "; ".join(f"{reason} ({count:,})" for reason, count in current["not_encoded"].items())
        notes.append(element("p", f"It cannot judge {rows['not_encoded']:,} of {rows['test']:,} test runs: {why}."))
    labels = current["labels"]
    if labels["candidate_alone"] or labels["current_alone"]:
        text = f"Compared on runs of the labels that both know: {', '.join(labels['both'])}."
        for key, who in (("candidate_alone", "Only the new model"), ("current_alone", "Only the current model")):
            text += f" {who} knows {', '.join(labels[key])}." if labels[key] else ""
        notes.append(element("p", text))
    if current["may_have_trained_on_them"]:
        notes.append(
            element(
                "p",
                "Its folds had another salt: it may have learnt from these very runs, and look better than it is.",
            )
        )
    return _section(
        f"Against the current model, {current['name']} {current['version']}",
        f"Both on the same {rows['compared']:,} test runs ({current['place']}).",
        table(("", "new", "current", "difference"), figures),
        *notes,
    )


def _errors(report: Report) -> Markup:
    metrics = report["metrics"]
    shipped, labels = metrics["test"][SHIPPED], metrics["labels"]
    if shipped["rows"] == 0:
        return _section("Where it errs", "There is no test run to show it on.")
    figures = shipped["figures"]
    rows = [
        (
            label,
            f"{figures[f'recall.{label}']['n']:,}",
            with_interval(figures[f"recall.{label}"]),
            with_interval(figures[f"precision.{label}"]),
        )
        for label in labels
    ]
    return _section(
        "Where it errs",
        "Each row is what a run truly was, each column what the model said: blue is right, orange is wrong. "
        "How much of a label is found is its recall; how often it is right when said, its precision.",
        element(
            "div",
            confusion(shipped["confusion"], labels),
            table(("label", "runs", "found", "right when said"), rows),
            class_="pictures",
        ),
    )


def _confidence(report: Report) -> Markup:
    shipped, alerts = report["metrics"]["test"][SHIPPED], report["metrics"]["alert_confidence"]
    gap, ece = shipped["figures"]["alert_calibration_gap"], shipped["confidence"]["ece"]
    if shipped["rows"] == 0:
        return Markup()
    if gap["value"] is None:
        said = f"It never alerts: no answer but normal is above {percent(alerts, 0)}."
    else:
        way = f"{100 * abs(gap['value']):.1f} points {'more' if gap['value'] > 0 else 'less'} than is right"
        said = f"Where it alerts ({gap['n']:,} runs above {percent(alerts, 0)}) it says {way}."
    said += f" For information, the expected calibration error over all answers is {percent(ece)}."
    return _section(
        "How sure it is, and how right",
        "On the line, what it says is as often right as it says. Below the line it says too much. "
        "The bars are 95 % intervals.",
        reliability(shipped["confidence"]["bins"], alerts),
        element("p", said),
    )


def _slices(report: Report) -> Markup:
    least = report["settings"]["gates"]["min_rows"]
    return _section(
        "Part by part",
        "The test runs by what was on the line, where, when, and who labelled them.",
        [_slice(entry, least) for entry in report["metrics"]["slices"]],
    )


def _slice(entry: Mapping[str, Any], least: int) -> Markup:
    rows = []
    for part in entry["parts"]:
        few = element("span", f" fewer than {least}", class_="few") if part["few"] else None
        figures = (with_interval(part["figures"][name]) for name in COLUMNS)
        rows.append((joined(part["value"], few), f"{part['rows']:,}", *figures))
    more = entry.get("more")
    caption = f"and {more['values']:,} more with {more['rows']:,} runs together, not shown" if more else None
    return joined(
        element("h3", f"By {entry['by']}" if entry["by"] not in STANDALONE else entry["by"].capitalize()),
        table(("", "runs", "accuracy", "FPR", "macro-F1", "alerts right"), rows, caption),
    )


def _training(report: Report) -> Markup:
    training = report["training"]
    kept = ", ".join(f"{name.replace('_', ' ')} {run['best_epoch']}" for name, run in training.items())
    return _section(
        "How the training went",
        f"A dot is the epoch that was kept ({kept}): the one that was best on the validation fold.",
        element("div", curves(training), losses(training), class_="pictures"),
    )


def _section(title: str, says: str, *parts: Child) -> Markup:
    return element("section", element("h2", title), element("p", says), *parts)
