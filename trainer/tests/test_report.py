"""The report's page: it needs nothing but itself, says the verdict first, and no name in the data becomes markup."""

from dataclasses import asdict, replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from context_edge_trainer.config import Config, Waiver
from context_edge_trainer.figures.measures import Judged, Scheme, gains, judge, measure
from context_edge_trainer.judge.gates import Gate, judge_gates
from context_edge_trainer.judge.markup import Markup, element, table
from context_edge_trainer.judge.report_html import page
from context_edge_trainer.judge.words import gain_with_interval, line_of, verdict, with_interval

EVIL = "<script>alert('$x$')</script>"
EXPORT = {
    "fp32": {
        "bytes": 70_000,
        "largest_difference": 0.0,
        "rows_compared": 1000,
        "latency_ms": {"p50": 0.01, "p99": 0.02},
    },
    "int8": {"skipped": "int8 = false in [export]"},
}
RUN = {"best_epoch": 2, "curve": [{"number": n, "loss": 1 / n, "macro_f1": 1 - 0.5 / n} for n in (1, 2, 3)]}


def answers(right: float, count: int = 600) -> Judged:
    draw = np.random.default_rng(5)
    truth = np.arange(count) % 3
    said = np.where(draw.random(count) < right, truth, (truth + 1) % 3)
    probabilities = np.full((count, 3), 0.05)
    probabilities[np.arange(count), said] = 0.9
    return judge(probabilities, truth, np.arange(count) // 5)


def report_of(config: Config, good: Judged, **changes: Any) -> dict[str, Any]:
    """A report as `write` puts it together, of answers that nobody had to be trained for."""
    scheme, poor = Scheme.of(config), replace(good, said=np.zeros_like(good.said))
    gained = gains(good, poor, scheme, ("accuracy", "macro_f1", "fpr"))
    part = {"value": EVIL, "rows": 12, "groups": 3, "few": True, "figures": measure(good, scheme)["figures"]}
    metrics = {
        "labels": list(scheme.labels),
        "alert_confidence": scheme.alert_confidence,
        "uncounted": 7,
        "test": {"with_context": measure(good, scheme), "without_context": measure(poor, scheme)},
        "context_gain": gained,
        "unseen": {"product": {"with_context": measure(good, scheme), "reference_gain": gained}},
        "slices": [{"by": "product", "parts": [part], "more": {"values": 3, "rows": 9}}, {"by": EVIL, "parts": [part]}],
    }
    gates = judge_gates({"metrics": metrics}, EXPORT, config)
    counts = dict.fromkeys(("train", "validation", "test"), 600)
    data = {
        "snapshot": "20260101T000000Z-01234567",
        "config_sha256": "0" * 64,
        "simulated": False,
        "salt": EVIL,
        "grouped_by": {"context.batch": 600},
        "groups": counts,
        "rows": counts | {"unseen": 0},
        "labels": {fold: dict.fromkeys(scheme.labels, 200) for fold in counts},
        "sources": {"context": 500, "engineer": 100},
        "writers": {"": 500, EVIL: 100},
        "devices": {f"edge-{number}": 1 for number in range(40)},
        "gaps": {"ldo": {"0" * 32: [[3, 5]]}, "labels": {}},
        "answers": {"conflicts": 2, "to_no_record": 1, "faults": {"says correct, and names the opposite": 4}},
        "left_out": {f"row: the configuration has no label {EVIL}": {"count": 3, "first": "ldo/v1/x:1"}},
    }
    return {
        "name": "pumps",
        "version": "0.1.0",
        "created_at": "2026-01-01T00:00:00.000Z",
        "verdict": verdict(gates, simulated=False),
        "gates": gates,
        "data": data,
        "notes": [f"the test fold has no row of {EVIL}"],
        "metrics": metrics,
        "current": {"none": "no current model was named"},
        "best_possible": [
            {"products": "seen", "knowledge": "all", "accuracy": 0.9, "falseAlarmRate": 0.1, "macroF1": 0.8}
        ],
        "training": {"with_context": RUN, "without_context": RUN},
        "export": EXPORT,
        "settings": {name: asdict(getattr(config, name)) for name in ("network", "training", "policy", "gates")},
    } | changes


class Reader(HTMLParser):
    """What a browser makes of a page: elements, attributes, text; complains of an element that is closed wrongly."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data


def test_names_out_of_the_data_are_text(config: Config) -> None:
    labels = tuple(replace(label, name=name) for label, name in zip(config.labels, ["ok", EVIL, "a & b"], strict=True))
    read = Reader(page(report_of(replace(config, labels=labels), answers(0.97))))
    assert "script" not in {name for name, _ in read.elements}
    assert not [key for _, attributes in read.elements for key in attributes if key.startswith("on")]
    assert read.text.count(EVIL) >= 8
    assert "a & b" in read.text


def test_it_needs_nothing_but_itself(config: Config) -> None:
    text = page(report_of(config, answers(0.97)))
    read = Reader(text)
    links = [value for _, attributes in read.elements for key, value in attributes.items() if key in ("src", "href")]
    assert links == []
    assert "@import" not in text
    assert {value.split("#")[0] for value in _urls(text)} == {""}
    policy = next(attributes["content"] for name, attributes in read.elements if attributes.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert len(text) < 500_000


def _urls(text: str) -> list[str]:
    return [part.split(")")[0] for part in text.split("url(")[1:]]


def test_ids_are_used_once_and_found(config: Config) -> None:
    read = Reader(page(report_of(config, answers(0.97))))
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    uses = [attributes["xlink:href"] for _, attributes in read.elements if "xlink:href" in attributes]
    assert uses
    assert {use[1:] for use in uses if use is not None} <= set(ids)


def test_the_same_figures_make_the_same_page(config: Config) -> None:
    report = report_of(config, answers(0.97))
    assert page(report) == page(report)


def test_the_verdict_comes_first(config: Config) -> None:
    good, bad = (Reader(page(report_of(config, answers(right)))).text for right in (0.97, 0.6))
    assert good.index("This model may be released") < good.index("Gates")
    assert bad.index("This model must not be released") < bad.index("Gates")
    assert "Right answers (accuracy): 6" in bad


def test_data_that_lacks_something_says_so(config: Config) -> None:
    text = Reader(page(report_of(config, answers(0.97)))).text
    for said in (
        "3 LDO segments are missing",
        "2 runs have answers that disagree",
        "7 test runs count in no figure",
        "fewer than 30",
        "and 3 more with 9 runs together",
        "10 more",
    ):
        assert said in text, said


def test_a_comparison_names_what_could_not_be_compared(config: Config) -> None:
    scheme = Scheme.of(config)
    judged = answers(0.97)
    figures = measure(judged, scheme)["figures"]
    current = {
        "place": "the folder old",
        "name": "pumps",
        "version": "0.0.9",
        "rows": {"test": 600, "compared": 580, "label_unknown": 5, "not_encoded": 15},
        "not_encoded": {"pressure is missing or not a number": 15},
        "labels": {"both": ["normal", "hot"], "candidate_alone": ["leak"], "current_alone": []},
        "may_have_trained_on_them": True,
        "figures": figures,
        "candidate": figures,
        "gain": gains(judged, judged, scheme, ("accuracy", "macro_f1", "fpr")),
    }
    text = Reader(page(report_of(config, judged, current=current))).text
    assert "It cannot judge 15 of 600 test runs: pressure is missing or not a number (15)." in text
    assert "Compared on runs of the labels that both know: normal, hot. Only the new model knows leak." in text
    assert "it may have learnt from these very runs" in text


def test_without_rows_there_is_still_a_report(config: Config) -> None:
    text = Reader(page(report_of(config, answers(0.97, 0)))).text
    assert "There is no test run to show it on." in text
    assert "0 runs are too few to tell" in text


def test_many_labels_fit(config: Config) -> None:
    label = config.labels[1]
    names = [f"a fault with a long name, number {number}" for number in range(19)]
    config = replace(config, labels=(config.labels[0], *(replace(label, name=name) for name in names)))
    count = 2000
    truth = np.arange(count) % 20
    text = page(report_of(config, judge(np.eye(20)[truth], truth, truth)))
    assert len(text) < 500_000
    assert "a fault with a long n…" in text


def test_a_waiver_stands_beside_what_it_is_for(config: Config) -> None:
    waived = ("accuracy", "fpr", "calibration")
    config = replace(config, waivers=tuple(Waiver(gate, "A. Meier", "bench only") for gate in waived))
    report = report_of(config, answers(0.8))
    assert report["verdict"]["result"] == "pass"
    text = Reader(page(report)).text
    assert "fails; waived by A. Meier: bench only" in text
    assert "A. Meier answers for right answers (accuracy), " in text


def gate(**changes: Any) -> Gate:
    made: Gate = {
        "name": "accuracy",
        "value": 0.95,
        "low": 0.9,
        "high": 0.97,
        "n": 500,
        "sense": ">",
        "bound": 0.92,
        "result": "pass",
    }
    made.update(changes)  # type: ignore[typeddict-item]
    return made


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            gate(name="calibration", value=-0.127, low=None, high=None, sense="<=", bound=0.05),
            "calibration: −12.7 points, so alerts say less than is right; only more would fail, "  # noqa: RUF001
            "must be at most 5.0 points, 500 rows: passes",
        ),
        (gate(), "accuracy: 95.0 % (90.0 to 97.0), must be above 92.0 %, 500 rows: passes"),
        (
            gate(name="recall:hot", result="not enough rows", n=3),
            "recall:hot: 95.0 % (90.0 to 97.0), must be above 92.0 %, 3 rows: not enough rows: 3 of 30",
        ),
        (
            gate(name="current:fpr", value=0.004, low=-0.0001, high=0.012, sense="<="),
            "current:fpr: +0.40 points (−0.01 to +1.20), must be not worse beyond the interval, 500 rows: passes",  # noqa: RUF001
        ),
        (gate(name="int8_drop", value=None, result="pending-export"), "int8_drop: waits for the export"),
        (
            gate(name="onnx_difference", value=2e-7, low=None, sense="<=", bound=1e-5),
            "onnx_difference: 2.0e-07, must be at most 1.0e-05, 500 rows: passes",
        ),
    ],
)
def test_a_gate_in_a_line(found: Gate, line: str) -> None:
    assert line_of(found, 30) == line


def test_numbers_are_read_as_people_write_them() -> None:
    assert with_interval({"value": 0.0021, "low": 0.0011, "high": 0.0032, "n": 9}) == "0.21 % (0.11 to 0.32)"
    assert with_interval({"value": None, "low": None, "high": None, "n": 0}) == "–"  # noqa: RUF001
    assert gain_with_interval({"value": 0.141, "low": 0.125, "high": 0.156, "n": 9}) == "+14.1 points (+12.5 to +15.6)"
    assert gain_with_interval({"value": 0.0, "low": -0.00004, "high": 0.0, "n": 9}) == "+0.0 points (+0.0 to +0.0)"


@given(st.text(), st.text())
def test_text_is_escaped_wherever_it_stands(text: str, attribute: str) -> None:
    read = Reader(table([text], [[text]], text) + element("p", [text, Markup("<br>")], title=attribute))
    shown = text.replace("\r\n", "\n").replace("\r", "\n")
    assert {name for name, _ in read.elements} <= {
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "p",
        "br",
    }
    assert read.text.replace("\r\n", "\n").replace("\r", "\n") == shown * 4
    assert read.elements[-2][1]["title"] == attribute
