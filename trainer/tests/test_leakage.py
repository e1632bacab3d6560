"""Fields that carry the answer are refused; features that merely help are not."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import parse_config
from context_edge_trainer.data.segments import Rejections, as_labelled
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.learn.leakage import Told, check_leakage, tell_leakage
from context_edge_trainer.learn.rows import Rows, collect

from .conftest import ldo

LABELS = ["ok", "worn", "loose", "stuck"]
Field = Callable[[int, str, random.Random], Any]


def config(**tables: Any) -> Config:
    document = {
        "model": {"name": "gears"},
        "channels": [{"name": "noise"}],
        "labels": [{"name": name, "kind": "fault" if name != "ok" else "normal"} for name in LABELS],
    }
    return parse_config(document | tables)


def rows_of(settings: Config, field: Field, count: int = 1200, rates: tuple[int, ...] = (7, 1, 1, 1)) -> Rows:
    """Rows whose context has the field `x`, made from the number and the label of each."""
    draw = random.Random(4)
    records = []
    for number in range(count):
        label = draw.choices(LABELS, rates)[0]
        context = {"batch": f"B{number // 10}", "x": field(number, label, draw)}
        records.append(ldo(number, label=label, context=context, sensor_data={"noise": LABELS.index(label)}))
    return collect([as_labelled(str(n), record) for n, record in enumerate(records)], settings, Rejections())


def told(field: Field, kind: str = "ids", **leakage: Any) -> Told:
    tables = {"ids": [{"field": "x"}]} if kind == "ids" else {"numeric": [{"fields": ["x"]}]}
    settings = config(**tables, leakage=leakage)
    return check_leakage(rows_of(settings, field), settings)[0]


def flipped(share: float, field: Field) -> Field:
    """The field, wrong for a share of the rows."""
    return lambda number, label, draw: field(number, draw.choice(LABELS) if draw.random() < share else label, draw)


def code(number: int, label: str, draw: random.Random) -> str:
    return f"code {LABELS.index(label)}"


def score(number: int, label: str, draw: random.Random) -> float:
    return LABELS.index(label) * 10 + draw.random() * 9


def cost(number: int, label: str, draw: random.Random) -> float:
    return 0.0 if label == "ok" else draw.uniform(50, 900)


def hold(number: int, label: str, draw: random.Random) -> bool:
    return label != "ok"


def only_when_faulty(number: int, label: str, draw: random.Random) -> str | None:
    return None if label == "ok" else "see work order"


@pytest.mark.parametrize(
    ("field", "kind", "score"),
    [
        (code, "ids", "1.000 over 4 classes"),
        (hold, "ids", "1.000 of normal or not"),
        (only_when_faulty, "ids", "1.000 of normal or not"),
        (score, "numeric", "over 4 classes"),
        (cost, "numeric", "of normal or not"),
        (lambda n, label, d: LABELS.index(label) * 7.5, "numeric", "1.000 over 4 classes"),
    ],
)
def test_a_field_that_alone_tells_the_label_is_refused(field: Field, kind: str, score: str) -> None:
    with pytest.raises(TrainerError) as refused:
        told(field, kind)
    assert "x alone tells the label (balanced accuracy" in str(refused.value)
    assert score in str(refused.value)
    assert 'name it in [leakage] allow = ["x"]' in str(refused.value)


def test_it_may_be_allowed_by_name_and_is_told() -> None:
    found = told(code, allow=["x"])
    assert found.leaks
    assert found.allowed
    assert tell_leakage([found]) == ["x is allowed by name, and alone tells the label"]


def troubled(number: int, label: str, draw: random.Random) -> str:
    """A product that fails a lot: nine in ten of the faults are its."""
    return "troubled" if draw.random() < (0.1 if label == "ok" else 0.9) else draw.choice(["fine", "good"])


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (troubled, "ids"),
        (lambda n, label, d: f"P{n // 10 % 4}", "ids"),
        (lambda n, label, d: "always the same", "ids"),
        (flipped(0.2, code), "ids"),
        (flipped(0.2, score), "numeric"),
        (lambda n, label, d: n * 1.0, "numeric"),
        (lambda n, label, d: 5.0, "numeric"),
        (lambda n, label, d: d.gauss(2 if label == "ok" else 3, 1), "numeric"),
    ],
)
def test_honest_features_are_not(field: Field, kind: str) -> None:
    found = told(field, kind)
    assert not found.leaks
    assert not found.unique


def test_a_field_that_gives_one_fault_away_is_told() -> None:
    found = told(lambda n, label, d: "jammed" if label == "stuck" else d.choice(["a", "b"]))
    assert found.gives_away == ("stuck",)
    assert tell_leakage([found]) == ["x alone tells stuck from all else: is it known before?"]


@pytest.mark.parametrize("repeats", [1, 1.5])
def test_a_serial_number_is_no_feature(repeats: float) -> None:
    with pytest.raises(TrainerError, match=r"x has [\d,]+ different values in 1,010 training rows: an id that hardly"):
        told(lambda n, label, d: f"SN-{int(n / repeats)}")


def test_a_reference_is_looked_at_and_a_channel_is_not() -> None:
    channels = [{"name": "noise", "reference": "x"}]
    settings = config(channels=channels)
    with pytest.raises(TrainerError, match="x alone tells the label"):
        check_leakage(rows_of(settings, lambda n, label, d: LABELS.index(label) * 1.0), settings)
    # The channel tells the label as well; of those there is no complaint.
    found = check_leakage(rows_of(settings, lambda n, label, d: float(n // 10 % 4)), settings)
    assert [entry.field for entry in found] == ["x"]
    assert check_leakage(rows_of(config(), code), config()) == []


def test_all_that_is_wrong_is_said_at_once() -> None:
    settings = config(ids=[{"field": "x"}, {"field": "batch"}], numeric=[{"fields": ["y"]}])
    rows = rows_of(config(ids=[{"field": "x"}, {"field": "batch"}]), code)
    with pytest.raises(TrainerError) as refused:
        check_leakage(rows, config(ids=[{"field": "x"}, {"field": "x.y"}]))
    assert "x alone tells" in str(refused.value)
    assert settings.numeric[0].fields == ("y",)


def test_few_rows_are_not_judged() -> None:
    settings = config(ids=[{"field": "x"}])
    found = check_leakage(rows_of(settings, code, count=12), settings)
    assert found[0].over_classes is None
