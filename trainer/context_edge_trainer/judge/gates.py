"""What a model must reach before it may be released, each with its value, its bound and the rows that it rests on.

Accuracy and FPR alone approve a model that always says "normal": with 3.4 % faults it is 96.6 % accurate and never
alerts. Macro-F1 and the recall of every fault do not. A figure that rests on too few rows does not pass, and a person
who answers for a gate that did not pass stands beside it with name and reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired

from ..config import Config, Waiver
from ..errors import TrainerError
from ..figures.bootstrap import Figure, worth_of
from ..learn.mark import WITH_CONTEXT

PASS = "pass"
FAIL = "fail"
FEW = "not enough rows"
PENDING_EXPORT = "pending-export"
PENDING_DEVICE = "pending-device"
WAIVED = "waived"
# What does not stand in the way of a release: the device measures its latency itself, before it serves the model.
GOOD = (PASS, WAIVED, PENDING_DEVICE)

LARGEST_DIFFERENCE = 1e-5
# What is compared with the current model, and which way is better.
COMPARED = {"accuracy": 1, "macro_f1": 1, "fpr": -1}
CURRENT = "current:"
RECALL = "recall:"


class Gate(Figure):
    """One condition: `value` must be `sense` (">", ">=", "<" or "<=") `bound`. `found` is what a waiver stands for.

    `file` is "int8" where that file is the worse one of the two that a device may run.
    """

    name: str
    sense: str
    bound: float
    result: str
    file: NotRequired[str]
    found: NotRequired[str]
    waived_by: NotRequired[str]
    reason: NotRequired[str]


def judge_gates(evaluation: Mapping[str, Any], export: Mapping[str, Any] | None, config: Config) -> list[Gate]:
    """All gates, waivers applied; those of the export are "pending-export" until there is one. Raises TrainerError."""
    gates = [
        *_figures(evaluation, export, config),
        *_export(export, config),
        *_current(evaluation.get("current"), config),
    ]
    return _waive(gates, config)


def passed(gates: Iterable[Gate]) -> bool:
    """True when nothing stands in the way of a release."""
    return all(gate["result"] in GOOD for gate in gates)


def gate_names(config: Config) -> list[str]:
    """Every gate that a configuration can have, as waivers name them."""
    recalls = [f"{RECALL}{config.labels[index].name}" for index in _faults(config)]
    others = ["calibration", "int8_drop", "onnx_difference", "latency", *(f"{CURRENT}{name}" for name in COMPARED)]
    return ["accuracy", "fpr", "macro_f1", *recalls, *others]


def _figures(evaluation: Mapping[str, Any], export: Mapping[str, Any] | None, config: Config) -> list[Gate]:
    """Those of the network, which the 32-bit file answers as; what INT8 changes, by the worse one of both files.

    Accuracy and macro-F1 of INT8 are not asked for again: `int8_drop` bounds what they can lose together.
    """
    gates, least = config.gates, config.gates.min_rows
    int8: Mapping[str, Figure] = {} if export is None else export["int8"].get("figures", {})
    figures: Mapping[str, Figure] = evaluation["metrics"]["test"][WITH_CONTEXT]["figures"]
    names = [config.labels[index].name for index in _faults(config)]

    def worse(name: str, figure: str, sense: str, bound: float) -> Gate:
        fp32 = _measured(name, figures[figure], sense, bound, least)
        if figure not in int8:
            return fp32
        other = _measured(name, int8[figure], sense, bound, least)
        other["file"] = "int8"
        return max(fp32, other, key=_badness)

    return [
        _measured("accuracy", figures["accuracy"], ">", gates.accuracy, least),
        worse("fpr", "fpr", "<", gates.fpr),
        _measured("macro_f1", figures["macro_f1"], ">=", gates.macro_f1, least),
        *(worse(f"{RECALL}{name}", f"recall.{name}", ">=", gates.recall) for name in names),
        worse("calibration", "alert_calibration_gap", "<=", gates.calibration_gap),
    ]


def _export(export: Mapping[str, Any] | None, config: Config) -> list[Gate]:
    """Without an INT8 file there is nothing to lose by it."""
    bounds = config.gates.int8_drop, config.gates.min_rows
    latency = _pending("latency", "<", config.gates.latency_ms, PENDING_DEVICE)
    if export is None:
        drop = _pending("int8_drop", "<=", config.gates.int8_drop, PENDING_EXPORT)
        return [drop, _pending("onnx_difference", "<=", LARGEST_DIFFERENCE, PENDING_EXPORT), latency]
    fp32, int8 = export["fp32"], export["int8"]
    rows = fp32["rows_compared"]
    difference = _measured("onnx_difference", _point(fp32["largest_difference"], rows), "<=", LARGEST_DIFFERENCE, 1)
    if "skipped" in int8:
        return [difference, latency]
    lost = _point(int8["accuracy_drop"], int8["rows_compared"])
    if int8["worth"] < lost["n"]:
        lost["worth"] = int8["worth"]
    drop = _measured("int8_drop", lost, "<=", *bounds)
    return [drop, difference, latency]


def _current(current: Mapping[str, Any] | None, config: Config) -> list[Gate]:
    """The gain over the model that is served now must not lie on the wrong side of 0 with its whole interval."""
    if current is None or "gain" not in current:
        return []
    found: list[Gate] = []
    for name, better in COMPARED.items():
        figure: Figure = current["gain"][name]
        worst = figure["high"] if better > 0 else figure["low"]
        few = worst is None or worth_of(figure) < config.gates.min_rows
        result = FEW if few or worst is None else PASS if worst * better >= 0 else FAIL
        found.append(_gate(f"{CURRENT}{name}", figure, ">=" if better > 0 else "<=", 0.0, result))
    return found


def _measured(name: str, figure: Figure, sense: str, bound: float, least: int) -> Gate:
    value = figure["value"]
    reached = value is not None and _holds(value, sense, bound)
    return _gate(name, figure, sense, bound, FEW if worth_of(figure) < least else PASS if reached else FAIL)


def _badness(gate: Gate) -> tuple[bool, float]:
    """Orders two gates of one condition: what does not pass is worse, then what is nearer to the wrong side."""
    value = gate["value"] or 0.0
    return gate["result"] != PASS, value if gate["sense"].startswith("<") else -value


def _holds(value: float, sense: str, bound: float) -> bool:
    return {">": value > bound, ">=": value >= bound, "<": value < bound, "<=": value <= bound}[sense]


def _pending(name: str, sense: str, bound: float, result: str) -> Gate:
    return _gate(name, _point(None, 0), sense, bound, result)


def _point(value: float | None, n: int) -> Figure:
    """A figure that is measured whole: it has no interval."""
    return {"value": value, "low": None, "high": None, "n": n}


def _gate(name: str, figure: Figure, sense: str, bound: float, result: str) -> Gate:
    gate: Gate = {
        "name": name,
        "value": figure["value"],
        "low": figure["low"],
        "high": figure["high"],
        "n": figure["n"],
        "sense": sense,
        "bound": bound,
        "result": result,
    }
    if "worth" in figure:
        gate["worth"] = figure["worth"]
    return gate


def _waive(gates: Sequence[Gate], config: Config) -> list[Gate]:
    """A waiver turns what did not pass into "waived"; what passed, or is still to be measured, needs none."""
    known = gate_names(config)
    for waiver in config.waivers:
        if waiver.gate not in known:
            raise TrainerError(
                f"[[waivers]] gate = {waiver.gate!r}: there is no such gate; known are {', '.join(known)}"
            )
    waivers = {waiver.gate: waiver for waiver in reversed(config.waivers)}
    return [_waived(gate, waivers[gate["name"]]) if gate["name"] in waivers else gate for gate in gates]


def _waived(gate: Gate, waiver: Waiver) -> Gate:
    if gate["result"] not in (FAIL, FEW):
        return gate
    waived = gate.copy()
    waived.update({"result": WAIVED, "found": gate["result"], "waived_by": waiver.by, "reason": waiver.reason})
    return waived


def _faults(config: Config) -> list[int]:
    return [index for index in range(len(config.labels)) if index != config.normal]
