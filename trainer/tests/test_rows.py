"""A record becomes a row under the rules by which the device judges a sample; all others are counted by reason."""

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import load_config
from context_edge_trainer.data.segments import Labelled, Rejections, as_labelled
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.learn.folds import fold_of
from context_edge_trainer.learn.rows import Rows, collect, id_text

from .conftest import json_values, ldo


def rows_of(config: Config, *records: dict[str, Any]) -> tuple[Rows, Rejections]:
    """The records behind one that is sound, which takes place 0."""
    rejections = Rejections()
    numbered = [as_labelled(str(place), record) for place, record in enumerate([ldo(0), *records])]
    return collect(numbered, config, rejections), rejections


def context(**changes: Any) -> dict[str, Any]:
    return ldo(1)["context"] | changes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ground_truth_label": None}, "no label"),
        ({"ground_truth_label": "rust"}, 'the configuration has no label "rust"'),
        ({"ground_truth_label": ["hot"]}, "no label"),
        ({"simulated": True}, "simulated"),
        ({"simulated": "no"}, "simulated"),
        ({"mode": "commissioning"}, "mode is not live"),
        ({"timestamp": None}, "no plausible timestamp"),
        ({"timestamp": 1e300}, "no plausible timestamp"),
        ({"sensor_data": None}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": 50}}, "pressure is missing or not a number"),
        ({"sensor_data": {"temperature": math.nan, "pressure": 8}}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": math.inf, "pressure": 8}}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": "12,5", "pressure": 8}}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": True, "pressure": 8}}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": 201, "pressure": 8}}, "temperature is outside -40 to 200 °C"),
        ({"sensor_quality": {"temperature": {"unit": "°F"}}}, "temperature is in °F, not °C"),
        ({"context": None}, "the context has no number at normal.temperature"),
        ({"context": {"product": "Pump A"}}, "the context has no number at normal.temperature"),
        ({"context": {"normal": {"temperature": "75"}}}, "the context has no number at normal.temperature"),
        ({"context": {"normal": {"temperature": 900}}}, "normal.temperature is outside -40 to 200 °C"),
    ],
)
def test_what_cannot_be_a_row_is_counted(config: Config, changes: dict[str, Any], reason: str) -> None:
    rows, rejections = rows_of(config, ldo(1, **changes))
    assert len(rows) == 1
    assert rejections.counts == {f"row: {reason}": 1}
    assert rejections.first[f"row: {reason}"] == "1"


def test_a_record_is_live_and_real_and_in_the_unit_where_it_says_nothing_of_it(config: Config) -> None:
    record = ldo(1)
    for name in ("mode", "simulated", "sensor_quality"):
        del record[name]
    record["sensor_data"]["camera_text"] = "n/a"
    rows, rejections = rows_of(config, record)
    assert (len(rows), rejections.counts) == (2, {})


def test_the_label_is_the_truth_and_never_the_prediction(config: Config) -> None:
    rows, _ = rows_of(config, ldo(1, label="hot", ai_prediction="leak"))
    assert rows.labels.tolist() == [0, 1]


def test_fill_stands_in_for_reading_and_reference(configured: Callable[[str, str], Config]) -> None:
    config = configured('reference = "normal.temperature"', 'reference = "normal.temperature"\nfill = 0.5')
    rows, rejections = rows_of(config, ldo(1, context={}), ldo(2, sensor_data={"pressure": 8}))
    assert not rejections.counts
    assert [math.isnan(value) for value in rows.readings[:, 0]] == [False, True, True]


def test_the_asset_of_the_record_comes_before_that_of_the_context(config: Config) -> None:
    other = context(asset_id="from-context")
    rows, _ = rows_of(config, ldo(1, context=other), ldo(2, asset_id=None, context=other))
    assert rows.ids[1].tolist() == ["pump-0", "pump-1", "from-context"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("A", "A"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (True, "true"), (None, ""), ({}, ""), ([1], ""), (math.nan, "")],
)
def test_ids_are_spelt_as_the_device_spells_them(value: object, text: str) -> None:
    assert id_text(value) == text


def test_an_episode_takes_the_group_of_its_first_row(config: Config) -> None:
    episode = {"episode_id": "E1"}
    late = ldo(25, decision=episode)
    early = ldo(15, decision=episode)
    stranger = ldo(35, decision=episode, device="edge-2")
    rows, _ = rows_of(config, late, early, stranger)
    assert rows.groups[1] == rows.groups[2]
    assert rows.folds[1] == fold_of("tests", "LOT-1")
    assert rows.folds[3] == fold_of("tests", "LOT-3")


def test_what_is_held_back_is_in_no_fold(config: Config) -> None:
    rows, _ = rows_of(config, *(ldo(n, product="Pump New") for n in range(10, 400)))
    assert len(rows.train()) + len(rows.validation()) + len(rows.test()) == 1
    assert len(rows.never_seen(0)) == 390


def test_nothing_to_learn_from_is_said_with_the_reason(config: Config) -> None:
    with pytest.raises(TrainerError, match=r"row: no label \(1\)"):
        collect([as_labelled("here", ldo(1, label=None))], config, Rejections())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'field = "product"',
            'field = "job.dye.id"',
            r"no record has .* at job\.dye\.id .*have batch,.*product",
        ),
        ('field = "product"', 'field = "normal"', r"at normal .*\(normal: an object, name what is in it\)"),
        ('reference = "normal.temperature"', 'reference = "normal.temp"\nfill = 0', r"at normal\.temp .*normal\.temp"),
        (
            'reference = "normal.temperature"',
            'reference = "normal.temp"',
            r"learnt from.*\. No record has .*normal",
        ),
        ("[folds]", '[[numeric]]\nfields = ["load"]\n[folds]', r"no record can be learnt.*No record has .* at load"),
    ],
)
def test_a_misspelt_context_field_is_said_with_those_that_are_there(
    configured: Callable[[str, str], Config], old: str, new: str, said: str
) -> None:
    with pytest.raises(TrainerError, match=said):
        rows_of(configured(old, new), ldo(1))


def test_no_record_however_strange_ends_the_run(config: Config) -> None:
    draw = random.Random(3)
    strange = [None, True, -1, 1e308, "", "x", [], [None], {}, {"gs1": 5}, {"normal": []}, {"temperature": {}}]
    for number in range(3000):
        record = ldo(number)
        for field in draw.sample(sorted(record), draw.randint(1, 5)):
            record[field] = draw.choice(strange)
        rows_of(config, record)


def test_a_label_that_the_configuration_does_not_name_is_counted_by_name(config: Config) -> None:
    strange = [ldo(n, label=f"rust {min(n, 25) % 25}") for n in range(1, 60)]
    rows, rejections = rows_of(config, *strange)
    assert len(rows) == 1
    assert rejections.counts['row: the configuration has no label "rust 0"'] == 35
    assert rejections.counts["row: labels that the configuration does not name, all others"] == 5
    assert sum(rejections.counts.values()) == 59


@pytest.mark.parametrize(
    ("source", "stream", "identity", "probability", "weight"),
    [
        ("context", "", "", None, 1),
        ("process", "", "", None, 1),
        ("maintenance", "", "", 0.5, 1),
        ("engineer", "evaluation", "authenticated", 0.02, 50),
        ("engineer", "evaluation", "authenticated", 1.0, 1),
        ("engineer", "evaluation", "authenticated", None, 0),
        ("engineer", "evaluation", "authenticated", 0.0, 0),
        ("engineer", "evaluation", "declared", 0.02, 0),
        ("engineer", "learning", "authenticated", None, 0),
        ("engineer", "", "", None, 0),
        ("engineer", "", "declared", 1.0, 1),
    ],
)
def test_a_row_stands_for_as_many_as_its_draw_says(
    config: Config, source: str, stream: str, identity: str, probability: float | None, weight: float
) -> None:
    one = Labelled("", ldo(1), "hot", source, "anna", identity, stream, probability)
    rows = collect([one], config, Rejections())
    assert rows.test_weight.tolist() == [weight]
    assert (rows.sources[0], rows.writers[0]) == (source, "anna")


def test_a_settled_label_counts_and_not_the_one_in_the_record(config: Config) -> None:
    one = Labelled("", ldo(1, label="normal"), "leak", "engineer", "anna", changed=True)
    assert collect([one], config, Rejections()).labels.tolist() == [2]


def test_numbers_of_the_context_are_columns(configured: Callable[[str, str], Config]) -> None:
    config = configured("[folds]", '[[numeric]]\nfields = ["size.mm", "size.kg"]\n[folds]')
    sound = [ldo(n, context=context(size={"mm": n, "kg": 0.5})) for n in range(3)]
    odd = [{"mm": "3", "kg": 1}, {"mm": 3, "kg": 1e39}, {"mm": True, "kg": 1}]
    rejections = Rejections()
    records = [*sound, *(ldo(n, context=context(size=size)) for n, size in enumerate(odd, start=3))]
    rows = collect([as_labelled(str(n), record) for n, record in enumerate(records)], config, rejections)
    assert rows.numeric.tolist() == [[0, 0.5], [1, 0.5], [2, 0.5]]
    assert rejections.counts == {
        "row: the context has no usable number at size.mm": 2,
        "row: the context has no usable number at size.kg": 1,
    }


def test_rows_are_selected_and_joined_in_every_column(config: Config) -> None:
    rows, _ = rows_of(config, *(ldo(n, label="hot" if n % 2 else "normal") for n in range(1, 30)))
    hot = rows.labels == 1
    joined = Rows.joined([rows.where(hot), rows.where(~hot)])
    assert len(joined) == len(rows)
    assert sorted(joined.ldo_ids) == sorted(rows.ldo_ids)
    assert joined.labels.tolist() == sorted(rows.labels, reverse=True)
    for name in ("timestamps", "groups", "folds", "writers", "test_weight", "grouping"):
        assert len(getattr(joined, name)) == len(rows)


@given(st.lists(json_values, min_size=6, max_size=6))
def test_no_json_in_any_place_ends_the_run(values: list[Any]) -> None:
    config = load_config()
    names = ["context", "sensor_data", "sensor_quality", "timestamp", "asset_id", "scan"]
    record = ldo(1) | dict(zip(names, values, strict=True))
    with pytest.raises(TrainerError, match="no record can be learnt from"):
        collect([as_labelled("", record)], config, Rejections())
