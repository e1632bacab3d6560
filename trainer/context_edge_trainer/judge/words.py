"""Figures and gates in the words of somebody who runs a plant, not a statistician."""

from collections.abc import Sequence
from typing import Any

from ..figures.bootstrap import Figure, worth_of
from .gates import CURRENT, FAIL, FEW, PASS, PENDING_DEVICE, PENDING_EXPORT, RECALL, WAIVED, Gate, passed

NAMES = {
    "accuracy": "right answers (accuracy)",
    "fpr": "false alarms on normal runs (FPR)",
    "fpr_likeliest": "normal runs not called normal",
    "macro_f1": "all labels alike (macro-F1)",
    "alert_precision": "alerts that are right",
    "alert_calibration_gap": "alerts say more than is right",
    "calibration": "alerts say more than is right (calibration)",
    "int8_drop": "accuracy lost by the INT8 file",
    "onnx_difference": "exported file against the network",
    "latency": "time for an answer on the device (p99)",
}
SENSES = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}
# Differences of shares, in points.
DIFFERENCES = ("calibration", "int8_drop")
NOTHING = "–"  # noqa: RUF001 - the dash of a table


def percent(value: float | None, digits: int | None = None) -> str:
    """A share in percent; a small one keeps a digit more."""
    if value is None:
        return NOTHING
    return f"{100 * value:.{_digits(value) if digits is None else digits}f} %"


def points(value: float | None, digits: int = 1) -> str:
    """A difference of shares, with its sign."""
    if value is None:
        return NOTHING
    # Adding 0 takes the sign from a zero.
    return f"{round(100 * value, digits) + 0.0:+.{digits}f}".replace("-", "−")  # noqa: RUF001 - a minus


def with_interval(figure: Figure) -> str:
    """`95.6 % (95.0 to 96.1)`."""
    between = span(figure)
    return f"{percent(figure['value'])} ({between})" if between else percent(figure["value"])


def span(figure: Figure) -> str:
    """`95.0 to 96.1`; nothing where no interval is known."""
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None or low is None or high is None:
        return ""
    digits = _digits(value)
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f}"


def gain_with_interval(figure: Figure) -> str:
    """`+14.1 points (+12.5 to +15.6)`."""
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None:
        return NOTHING
    digits = _digits(value)
    between = "" if low is None else f" ({points(low, digits)} to {points(high, digits)})"
    return f"{points(value, digits)} points{between}"


def _digits(value: float) -> int:
    return 2 if 0 < abs(value) < 0.01 else 1


def name_of(gate: str) -> str:
    """A gate's name in words."""
    if gate.startswith(RECALL):
        return f"finds {gate.removeprefix(RECALL)} (recall)"
    if gate.startswith(CURRENT):
        return f"against the current model: {NAMES[gate.removeprefix(CURRENT)]}"
    return NAMES[gate]


def value_of(gate: Gate) -> str:
    """What was measured, in its unit, and of which file where that is not the one of 32 bits."""
    if gate["value"] is None:
        return NOTHING
    if gate["name"] == "calibration" and gate["value"] < 0:
        return f"{gain_with_interval(gate)}, so alerts say less than is right; only more would fail"
    if gate["name"].startswith(CURRENT) or gate["name"] in DIFFERENCES:
        found = gain_with_interval(gate)
    else:
        found = _number(gate["name"], gate["value"]) if gate["low"] is None else with_interval(gate)
    return f"{found} in the INT8 file" if "file" in gate else found


def bound_of(gate: Gate) -> str:
    """What it must be."""
    if gate["name"].startswith(CURRENT):
        return "not worse beyond the interval"
    return f"{SENSES[gate['sense']]} {_number(gate['name'], gate['bound'])}"


def result_of(gate: Gate, least: int) -> str:
    """What came of it; `least` is how many rows a gate needs."""
    few = f"not enough rows: {_counted(gate)} of {least:,}"
    waived = few if gate.get("found") == FEW else "fails"
    return {
        PASS: "passes",
        FAIL: "fails",
        FEW: few,
        PENDING_EXPORT: "waits for the export",
        PENDING_DEVICE: "each device measures it before it serves the model",
        WAIVED: f"{waived}; waived by {gate.get('waived_by')}: {gate.get('reason')}",
    }[gate["result"]]


def line_of(gate: Gate, least: int) -> str:
    """A gate in one line, for progress."""
    if gate["value"] is None:
        return f"{gate['name']}: {result_of(gate, least)}"
    return f"{gate['name']}: {value_of(gate)}, must be {bound_of(gate)}, {gate['n']:,} rows: {result_of(gate, least)}"


def verdict(gates: Sequence[Gate], simulated: bool) -> dict[str, Any]:
    """`{result: "pass" | "fail" | "pending", title, lines}`: whether the model may be released, and why."""
    wrong = [gate for gate in gates if gate["result"] in (FAIL, FEW)]
    lines = [f"{sum(gate['result'] == PASS for gate in gates)} of {len(gates)} gates pass."]
    lines += [f"{sentence(name_of(gate['name']))}: {_why(gate)}." for gate in wrong]
    for gate in gates:
        if gate["result"] == WAIVED:
            lines.append(
                f"{gate.get('waived_by')} answers for {name_of(gate['name'])}, {_why(gate)}: {gate.get('reason')}"
            )
        elif gate["result"] == PENDING_DEVICE:
            lines.append(f"The {name_of(gate['name'])} must be {bound_of(gate)}: each device measures it first.")
    if simulated:
        lines.append("It learnt from a simulated plant: no figure here says anything about a real one.")
    if wrong:
        return {"result": "fail", "title": "This model must not be released", "lines": lines}
    if not passed(gates):
        return {"result": "pending", "title": "Good so far, but not exported yet", "lines": lines}
    return {"result": "pass", "title": "This model may be released", "lines": lines}


def _why(gate: Gate) -> str:
    if FEW in (gate["result"], gate.get("found")):
        return f"{_counted(gate)} runs are too few to tell"
    return f"{value_of(gate)}, must be {bound_of(gate)}"


def _counted(figure: Figure) -> str:
    """`1,250`, or `1,250 (worth 12.3)` where one weighs more than another."""
    return f"{figure['n']:,} (worth {worth_of(figure):,g})" if "worth" in figure else f"{figure['n']:,}"


def _number(name: str, value: float) -> str:
    if name == "latency":
        return f"{value:g} ms"
    if name == "onnx_difference":
        return f"{value:.1e}" if value else "0"
    if name in DIFFERENCES:
        return f"{100 * value:.1f} points"
    return percent(value)


def sentence(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]
