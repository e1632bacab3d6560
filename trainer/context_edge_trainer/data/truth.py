"""What is true of a run: the label that its context carried, and the answers that were given later.

An answer comes before the context's label. The context says what was meant to be so when the part was scanned: a
seeded fault, a hold. Whoever answers has looked at the part, its test result or the closed work order, knowing more
and later. An answer that agrees with the context only confirms it: the label stays the context's, because it does not
depend on anyone having looked, and a test figure that lost the rows that somebody looked at would flatter the model.

Answers are label records (`label/1`), append-only:
- One that is named in another's `supersedes` is dead, for good: withdrawing its successor does not bring it back.
- "correct" takes the prediction's label, "wrong" the one it names; "cannot_tell" says nothing, "withdrawn" takes back.
- Answers that live and agree are one. Two that disagree are a conflict: the run has no label until that is settled.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..config import LABEL_SOURCES

NO_LABEL = "no label"
CONFLICT = "answers disagree"
UNNAMED = "answered as wrong, without saying what is right"
CANNOT_TELL = "nobody could tell"

JUDGING = ("correct", "wrong")
# Of answers that agree, the first of these is the one that is kept: what is measured, and known to be measured, first.
_SOURCES = ("process", "maintenance", "engineer")


@dataclass(frozen=True, slots=True)
class Answer:
    """A label record, reduced to what settles a label; `at` is its time in Unix seconds, -inf where it has none."""

    label_id: str
    ldo_id: str
    verdict: str
    source: str
    label: str | None = None
    supersedes: str | None = None
    writer: str = ""
    identity: str = "declared"
    at: float = -math.inf
    drawn: bool = False
    probability: float | None = None

    @staticmethod
    def of(record: Mapping[str, Any], writer: str) -> "Answer":
        """From a record that has passed its schema; `writer` stands in where it does not say who answered."""
        evaluation = record.get("evaluation")
        return Answer(
            label_id=record["label_id"],
            ldo_id=record["ldo_id"],
            verdict=record["verdict"],
            source=record["label_source"],
            label=record.get("ground_truth_label") or None,
            supersedes=record.get("supersedes"),
            writer=record.get("validated_by") or writer,
            identity=record.get("identity_source", "declared"),
            at=_seconds(record.get("validated_at")),
            drawn=evaluation is not None,
            probability=None if evaluation is None else evaluation.get("probability"),
        )

    def rank(self) -> tuple[int, int, int, float, str]:
        """The smallest is kept of answers that agree."""
        return (_SOURCES.index(self.source), not self.drawn, self.identity != "authenticated", self.at, self.label_id)


@dataclass(slots=True)
class Settled:
    """The label of a run and where it is from, or in `why` the reason that it has none.

    `changed`: an answer says other than the context, or where that says nothing, than the prediction. `confirmed`: a
    person, the process or maintenance stands behind it.
    """

    label: str | None = None
    source: str = "none"
    writer: str = ""
    identity: str = ""
    stream: str = ""
    probability: float | None = None
    changed: bool = False
    confirmed: bool = False
    why: str = NO_LABEL


@dataclass
class Truth:
    """Answers by run, those that live; `faults` counts what is wrong with some, `dead` those that others replaced."""

    live: dict[str, list[Answer]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    dead: int = 0

    @staticmethod
    def of(answers: Iterable[Answer]) -> "Truth":
        """From label records, each label_id once, in any order."""
        truth = Truth()
        by_id = {answer.label_id: answer for answer in answers}
        replaced = truth._replaced(by_id)
        for answer in by_id.values():
            if answer.label_id not in replaced:
                truth.live.setdefault(answer.ldo_id, []).append(answer)
        for ldo_id, found in truth.live.items():
            truth.live[ldo_id] = _not_taken_back(found)
        truth.dead = len(replaced)
        return truth

    def _replaced(self, by_id: Mapping[str, Answer]) -> set[str]:
        """Ids of answers that another one supersedes."""
        replaced: set[str] = set()
        for answer in by_id.values():
            if answer.supersedes is None:
                continue
            target = by_id.get(answer.supersedes)
            if target is None:
                self.faults["supersedes an answer that is not there"] += 1
            elif target.ldo_id != answer.ldo_id:
                self.faults["supersedes an answer to another run"] += 1
            else:
                replaced.add(target.label_id)
        # Every answer of a circle replaces another: none of them lives.
        self.faults["supersede each other in a circle"] += len(_in_circles(by_id))
        return replaced

    def settle(self, ldo: Mapping[str, Any]) -> Settled:
        """The label of an LDO."""
        given = ldo.get("ground_truth_label")
        before = given if isinstance(given, str) and given else None
        answers = self.live.get(ldo["ldo_id"], [])
        if answers:
            answers = self._consistent(answers, ldo.get("ai_prediction"))
            settled = _answered(answers, before, ldo)
            if settled is not None:
                return settled
        if before is None:
            asked = any(answer.verdict == "cannot_tell" for answer in answers)
            return Settled(why=CANNOT_TELL if asked else NO_LABEL)
        source = _source(ldo)
        return Settled(label=before, source=source, confirmed=source != "context")

    def _consistent(self, answers: list[Answer], predicted: object) -> list[Answer]:
        """Without those that say "correct" and name another label than the prediction, or "wrong" and name it."""
        sound = []
        for answer in answers:
            named = predicted is not None and answer.label is not None
            if named and (answer.verdict == "correct") != (answer.label == predicted) and answer.verdict in JUDGING:
                self.faults[f"says {answer.verdict}, and names the opposite"] += 1
            else:
                sound.append(answer)
        return sound


def _seconds(text: str | None) -> float:
    """ISO 8601 in Unix seconds, whatever its offset and its digits; -inf for what is none."""
    try:
        moment = datetime.fromisoformat(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return -math.inf


def _not_taken_back(answers: list[Answer]) -> list[Answer]:
    """Without what its own writer has withdrawn by a record that names no other."""
    until: dict[str, float] = {}
    for answer in answers:
        if answer.verdict == "withdrawn" and answer.supersedes is None:
            until[answer.writer] = max(answer.at, until.get(answer.writer, -math.inf))
    return [answer for answer in answers if answer.writer not in until or answer.at > until[answer.writer]]


def _in_circles(by_id: Mapping[str, Answer]) -> set[str]:
    """Ids of answers that supersede themselves, by whatever detour."""
    found: set[str] = set()
    known: set[str] = set()
    for start in by_id:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in known and at not in path:
            path[at] = None
            at = by_id[at].supersedes if at in by_id else None
        if at is not None and at in path:
            steps = list(path)
            found.update(steps[steps.index(at) :])
        known.update(path)
    return found


def _answered(answers: list[Answer], before: str | None, ldo: Mapping[str, Any]) -> Settled | None:
    """What the living answers to a run make of it; None when they say nothing about its label."""
    predicted = ldo.get("ai_prediction")
    predicted = predicted if isinstance(predicted, str) else None
    said = [(label, answer) for answer in answers if (label := _said(answer, predicted)) is not None]
    refused = any(answer.verdict == "wrong" and answer.label is None for answer in answers)
    labels = {label for label, _ in said}
    if len(labels) > 1 or (refused and predicted in labels):
        return Settled(why=CONFLICT)
    if not labels:
        return Settled(why=UNNAMED) if refused else None
    label = labels.pop()
    if label == before:
        return Settled(label=label, source=_source(ldo), confirmed=True)
    chosen = min((_as_drawn(answer, ldo) for _, answer in said), key=Answer.rank)
    earlier = before if before is not None else predicted
    return Settled(
        label=label,
        source=chosen.source,
        writer=chosen.writer,
        identity=chosen.identity,
        # What carries a label of its own has one whether anybody is asked or not: it is no draw, and stands for itself.
        stream=_stream(chosen) if before is None else "",
        probability=(chosen.probability if chosen.drawn else None) if before is None else 1.0,
        changed=earlier is not None and label != earlier,
        confirmed=True,
    )


def _source(ldo: Mapping[str, Any]) -> str:
    """Where the label that an LDO carries itself comes from."""
    source = ldo.get("label_source")
    return source if source in LABEL_SOURCES else "context"


def _said(answer: Answer, predicted: str | None) -> str | None:
    """The label that an answer gives; None for one that gives none."""
    if answer.verdict == "correct" and predicted is not None:
        return predicted
    return answer.label if answer.verdict in JUDGING else None


def _stream(answer: Answer) -> str:
    """Which stream of the review queue an engineer's answer came through; "" for what came from elsewhere."""
    if answer.source != "engineer":
        return ""
    return "evaluation" if answer.drawn else "learning"


def _as_drawn(answer: Answer, ldo: Mapping[str, Any]) -> Answer:
    """The answer with the draw of the record's decision; what it says itself counts only where there is no decision."""
    decision = ldo.get("decision")
    if not isinstance(decision, dict):
        return answer
    draw = decision.get("evaluation")
    probability = draw.get("probability") if isinstance(draw, dict) else None
    drawn = isinstance(probability, int | float)
    return replace(answer, drawn=drawn, probability=probability if drawn else None)
