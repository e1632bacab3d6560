"""Too little to learn from is said with counts, and with what would help."""

from typing import Any

import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import parse_config
from context_edge_trainer.data.columns import plausible_times, values_at
from context_edge_trainer.data.segments import Rejections, as_labelled
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.learn.enough import alternatives, check_enough
from context_edge_trainer.learn.label_names import check_label_names, near
from context_edge_trainer.learn.rows import collect

from .conftest import ldo


def config(**tables: Any) -> Config:
    return parse_config(
        {
            "model": {"name": "saws"},
            "channels": [{"name": "pressure"}],
            "labels": [
                {"name": name, "kind": "normal" if name == "fine" else "fault"} for name in ("fine", "dull", "bent")
            ],
        }
        | tables
    )


def record(number: int, label: str, batch: str) -> dict[str, Any]:
    """Seven records are a run, twenty an order, and each day has fifty of them."""
    context = {"batch": batch, "order": f"O{number // 20}", "serial": f"S{number}", "site": "north"}
    at = 1_767_225_600.0 + number // 50 * 86_400
    return ldo(number, label=label, context=context, run_id=f"R{number // 7}", asset_id="saw", timestamp=at)


def check(records: list[dict[str, Any]], settings: Config) -> list[str]:
    rows = collect([as_labelled(str(n), one) for n, one in enumerate(records)], settings, Rejections())
    times = plausible_times(values_at(records, "timestamp"))
    return check_enough(rows, settings, lambda: alternatives(records, times, settings))


def saws(count: int, batches: int, labels: tuple[str, ...] = ("fine", "fine", "dull")) -> list[dict[str, Any]]:
    return [record(n, labels[n % len(labels)], f"B{n * batches // count}") for n in range(count)]


def test_too_few_groups_are_said_with_what_else_could_group_the_rows() -> None:
    with pytest.raises(TrainerError) as refused:
        check(saws(1000, 3), config())
    text = str(refused.value)
    assert "the 1,000 rows make 3 groups (by context.batch), and none is in the validation fold" in text
    assert "(here 2 train, 0 validation, 1 test)" in text
    assert (
        'in these records [folds] group could be [] (asset and UTC day, 20 groups), or ["context.order"] (50 groups)'
        in text
    )
    assert '["run_id"] (143 groups)' in text
    # One value for all, and one for each, are no groups.
    assert "site" not in text
    assert "serial" not in text


def test_what_is_proposed_works() -> None:
    for group in ([], ["context.order"], ["run_id"]):
        assert check(saws(1000, 3), config(folds={"group": group})) == [
            "no row is labelled bent: the model cannot learn it"
        ]


def test_where_nothing_else_groups_more_batches_are_asked_for() -> None:
    with pytest.raises(TrainerError, match=r"the 12 rows make 1 group .* so more batches are needed: twenty or so"):
        check(saws(12, 1), config())


def test_fewer_rows_than_labels_and_one_class_are_said_with_counts() -> None:
    with pytest.raises(TrainerError, match=r"2 rows for 3 labels are too few to learn from: fine 2, dull 0, bent 0"):
        check(saws(2, 2), config())
    with pytest.raises(TrainerError, match=r"the 400 rows are of one class, two are needed: fine 400, dull 0, bent 0"):
        check(saws(400, 40, ("fine",)), config())


def test_a_training_fold_of_one_class_is_said_with_counts_of_all() -> None:
    records = saws(600, 60, ("fine",))
    rows = collect([as_labelled("", one) for one in records], config(), Rejections())
    tests = [n for n in range(600) if rows.folds[n] == 0]
    for number in tests:
        records[number]["ground_truth_label"] = "dull"
    with pytest.raises(TrainerError) as refused:
        check(records, config())
    assert "the train fold has rows of one class, two are needed (train: fine 510, dull 0, bent 0; " in str(
        refused.value
    )
    assert f"test: fine 0, dull {len(tests)}, bent 0)" in str(refused.value)


def test_a_label_that_only_some_folds_have_is_told() -> None:
    records = saws(1000, 100)
    rows = collect([as_labelled("", one) for one in records], config(), Rejections())
    train = next(n for n in range(1000) if rows.folds[n] > 1)
    records[train]["ground_truth_label"] = "bent"
    assert check(records, config()) == [
        "the validation fold has no row of bent: confidence in it cannot be calibrated",
        "the test fold has no row of bent: how well it is found is not measured",
    ]


def test_rows_that_are_all_held_back_are_said() -> None:
    with pytest.raises(TrainerError, match=r"all 90 rows have a value that \[data.unseen\] holds back"):
        check(saws(90, 30), config(data={"unseen": {"site": ["north"]}}))


def test_a_label_that_is_written_in_two_ways_is_said_at_the_beginning() -> None:
    rejections = Rejections()
    records = [record(number, "Fine" if number % 2 else "bent", "B1") for number in range(40)]
    rows = collect([as_labelled("", one) for one in records], config(), rejections)
    with pytest.raises(TrainerError, match=r'"fine": no row has this label, and 20 are labelled "Fine".*you mean'):
        check_label_names(rows, config(), rejections)
    records = [record(number, "rust" if number % 2 else "bent", "B1") for number in range(40)]
    rejections = Rejections()
    rows = collect([as_labelled("", one) for one in records], config(), rejections)
    assert check_label_names(rows, config(), rejections) == [
        '20 records are labelled "rust", which [[labels]] does not name'
    ]
    assert near("seal_wear", "Seal wear")
    assert not near("bearing_1", "bearing_2")
