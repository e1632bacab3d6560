"""What is true of a run: every way in which answers, contexts and predictions can agree or not."""

from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from context_edge_trainer.data.segments import LABEL, Parser, Rejections
from context_edge_trainer.data.tolerant import SCHEMAS
from context_edge_trainer.data.truth import CANNOT_TELL, CONFLICT, NO_LABEL, UNNAMED, Answer, Settled, Truth

from .conftest import answer, ldo

DRAWN = {"stratum": "alert_model", "probability": 0.2}


def truth(*records: dict[str, Any]) -> Truth:
    return Truth.of(Answer.of(record, "queue-1") for record in records)


def settle(
    *records: dict[str, Any], label: str | None = None, predicted: str | None = "leak", **changes: Any
) -> Settled:
    """What answers to run 1 make of it; nothing is known of it beforehand but the prediction "leak"."""
    return truth(*records).settle(ldo(1, label=label, ai_prediction=predicted, **changes))


def test_the_answers_of_these_tests_are_those_of_a_queue() -> None:
    schema = orjson.loads((SCHEMAS / "label-1.json").read_bytes())
    jsonschema.validate(answer(1, 1, "wrong", "hot", evaluation=DRAWN), schema)
    parser = Parser(LABEL, Rejections())
    assert parser.parse(orjson.dumps(answer(1, 1)), "here:1") == (answer(1, 1), orjson.dumps(answer(1, 1)))


def test_without_answers_the_context_tells() -> None:
    assert settle(label="hot") == Settled(label="hot", source="context")
    assert settle().why == NO_LABEL


def test_correct_takes_the_label_of_the_prediction() -> None:
    found = settle(answer(1, 1, "correct"))
    assert (found.label, found.source, found.writer, found.identity) == ("leak", "engineer", "alice", "authenticated")
    assert (found.stream, found.changed, found.confirmed) == ("learning", False, True)


def test_wrong_takes_the_label_it_names_and_is_a_correction() -> None:
    found = settle(answer(1, 1, "wrong", "hot"))
    assert (found.label, found.changed) == ("hot", True)


def test_an_answer_comes_before_the_label_of_the_context() -> None:
    found = settle(answer(1, 1, "wrong", "hot"), label="normal")
    assert (found.label, found.source, found.changed) == ("hot", "engineer", True)


def test_what_agrees_with_the_context_only_confirms_it() -> None:
    found = settle(answer(1, 1, "wrong", "normal"), label="normal")
    assert found == Settled(label="normal", source="context", confirmed=True)


def test_a_label_where_nobody_had_said_anything_corrects_nothing() -> None:
    found = settle(answer(1, 1, "wrong", "hot"), predicted=None)
    assert (found.label, found.changed) == ("hot", False)
    assert settle(answer(1, 1, "correct", "hot"), predicted=None).label == "hot"
    assert settle(answer(1, 1, "correct"), predicted=None).label is None


def test_answers_that_agree_are_one_and_those_that_disagree_a_conflict() -> None:
    bob = {"validated_by": "bob", "label_source": "process"}
    agreed = settle(answer(1, 1, "wrong", "hot"), answer(2, 1, "wrong", "hot", **bob))
    assert (agreed.label, agreed.source, agreed.writer, agreed.stream) == ("hot", "process", "bob", "")
    split = settle(answer(1, 1, "wrong", "hot"), answer(2, 1, "wrong", "normal", **bob), label="normal")
    assert (split.label, split.why) == (None, CONFLICT)
    assert settle(answer(1, 1, "correct"), answer(2, 1, "wrong", "hot")).why == CONFLICT


def test_wrong_without_a_label_says_only_what_it_is_not() -> None:
    assert settle(answer(1, 1, "wrong")).why == UNNAMED
    assert settle(answer(1, 1, "wrong"), answer(2, 1, "wrong", "hot")).label == "hot"
    assert settle(answer(1, 1, "wrong"), answer(2, 1, "correct")).why == CONFLICT


def test_who_cannot_tell_contradicts_nobody() -> None:
    assert settle(answer(1, 1, "cannot_tell")).why == CANNOT_TELL
    assert settle(answer(1, 1, "cannot_tell"), answer(2, 1, "wrong", "hot")).label == "hot"
    assert settle(answer(1, 1, "cannot_tell"), label="hot").label == "hot"


def test_an_answer_that_is_superseded_is_dead_for_good() -> None:
    chain = [
        answer(1, 1, "wrong", "hot"),
        answer(2, 1, "wrong", "normal", supersedes="LABEL-1"),
        answer(3, 1, "correct", supersedes="LABEL-2"),
    ]
    for records in (chain, chain[::-1]):
        assert settle(*records).label == "leak"
    back = answer(4, 1, "withdrawn", supersedes="LABEL-3")
    assert settle(*chain, back).why == NO_LABEL
    assert settle(*chain, back, label="hot").label == "hot"
    assert truth(*chain, back).dead == 3


def test_what_is_taken_back_without_naming_it_is_all_that_this_person_said_so_far() -> None:
    back = answer(5, 1, "withdrawn")
    assert settle(answer(1, 1, "wrong", "hot"), back).label is None
    assert settle(answer(1, 1, "wrong", "hot"), back, answer(6, 1, "correct")).label == "leak"
    assert settle(answer(1, 1, "wrong", "hot", validated_by="bob"), back).label == "hot"


def test_answers_that_point_wrong_are_counted() -> None:
    lost = truth(answer(1, 1, "wrong", "hot", supersedes="LABEL-9"))
    assert lost.faults["supersedes an answer that is not there"] == 1
    assert lost.settle(ldo(1, label=None)).label == "hot"
    other = truth(answer(1, 1, "wrong", "hot"), answer(2, 2, "correct", supersedes="LABEL-1"))
    assert other.faults["supersedes an answer to another run"] == 1
    assert other.settle(ldo(1, label=None)).label == "hot"
    circle = truth(*(answer(n, 1, "wrong", "hot", supersedes=f"LABEL-{n % 3 + 1}") for n in (1, 2, 3)))
    assert circle.faults["supersede each other in a circle"] == 3
    assert circle.settle(ldo(1, label=None)).why == NO_LABEL
    assert truth(answer(1, 1, supersedes="LABEL-1")).faults["supersede each other in a circle"] == 1


@pytest.mark.parametrize(("verdict", "label"), [("correct", "hot"), ("wrong", "leak")])
def test_an_answer_that_contradicts_itself_does_not_count(verdict: str, label: str) -> None:
    found = truth(answer(1, 1, verdict, label))
    assert found.settle(ldo(1, label=None)).label is None
    assert found.faults[f"says {verdict}, and names the opposite"] == 1


def test_the_draw_for_evaluation_is_that_of_the_decision() -> None:
    decision = {"outcome": "alert", "reasons": [], "evaluation": {"stratum": "alert_model", "probability": 0.25}}
    drawn = answer(1, 1, "wrong", "hot", evaluation=DRAWN)
    found = settle(drawn, decision=decision)
    assert (found.stream, found.probability) == ("evaluation", 0.25)
    assert settle(drawn).probability == 0.2
    unsaid = settle(answer(1, 1, "wrong", "hot"), decision=decision)
    assert (unsaid.stream, unsaid.probability) == ("evaluation", 0.25)
    undrawn = settle(drawn, decision=decision | {"evaluation": None})
    assert (undrawn.stream, undrawn.probability) == ("learning", None)


def test_an_answer_to_what_carried_a_label_anyway_is_of_no_stream() -> None:
    for drawn in (None, DRAWN):
        found = settle(answer(1, 1, "wrong", "hot", evaluation=drawn), label="normal")
        assert (found.label, found.source, found.stream, found.probability) == ("hot", "engineer", "", 1.0)


def test_times_of_answers_are_moments_and_not_texts() -> None:
    def back(said: str, taken_back: str) -> str | None:
        wrong = answer(1, 1, "wrong", "hot", validated_at=said)
        return settle(wrong, answer(2, 1, "withdrawn", validated_at=taken_back)).label

    assert back("2026-01-02T10:00:00+02:00", "2026-01-02T09:00:00Z") is None
    assert back("2026-01-02T09:00:00.500Z", "2026-01-02T09:00:00Z") == "hot"
    assert back("yesterday", "2026-01-02T09:00:00Z") is None
    assert back("2026-01-02T09:00:00Z", "yesterday") == "hot"
    first = answer(1, 1, "wrong", "hot", validated_at="2026-01-02T10:00:00+02:00", validated_by="bob")
    assert settle(answer(2, 1, "wrong", "hot", validated_at="2026-01-02T09:00:00Z"), first).writer == "bob"


def test_of_answers_that_agree_the_one_that_may_be_measured_is_kept() -> None:
    found = settle(
        answer(1, 1, "wrong", "hot"),
        answer(2, 1, "wrong", "hot", evaluation=DRAWN, identity_source="declared"),
        answer(3, 1, "wrong", "hot", evaluation=DRAWN, validated_by="bob"),
    )
    assert (found.writer, found.stream) == ("bob", "evaluation")


answers = st.lists(
    st.builds(
        lambda number, verdict, label, target, who: (
            answer(number, 1, verdict, label, validated_by=who)
            | ({} if target is None else {"supersedes": f"LABEL-{target}"})
        ),
        st.integers(1, 6),
        st.sampled_from(["correct", "wrong", "cannot_tell", "withdrawn"]),
        st.sampled_from([None, "hot", "leak", "normal"]),
        st.none() | st.integers(1, 7),
        st.sampled_from(["alice", "bob"]),
    ),
    max_size=6,
    unique_by=lambda record: record["label_id"],
)


@given(answers, st.sampled_from([None, "hot", "leak"]), st.randoms())
def test_the_order_in_which_answers_arrive_does_not_matter(records: list[Any], label: str | None, draw: Any) -> None:
    settled = settle(*records, label=label)
    draw.shuffle(records)
    assert settle(*records, label=label) == settled
    assert (settled.label is None) == (settled.source == "none")
    assert not (settled.changed and not settled.confirmed)
