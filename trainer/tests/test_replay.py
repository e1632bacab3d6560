"""What a release would have answered: by its own model.json, refusing what a device refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.judge.replay import Answers, replay

from .tiny_release import manifest, network

SHIPPED = Path(__file__).parents[2] / "models" / "motor-faults"
TEMPERATURE = {"name": "temperature", "unit": "°C", "range": [-40, 200]}
RELATIVE = TEMPERATURE | {"reference": "normal.temperature"}
LABELS = ["normal", "hot"]


def answer(channel: dict[str, Any], *ldos: dict[str, Any]) -> Answers:
    """By a model whose "hot" has the log-odds of what it sees."""
    return replay(manifest([channel], LABELS), network([[0, 1]]), ldos)


def seen(channel: dict[str, Any], **ldo: Any) -> float:
    """The number that the model was given."""
    answers = answer(channel, ldo)
    assert answers.encoded.tolist() == [True], answers.refused
    cold, hot = answers.probabilities[0]
    return float(np.log(hot / cold))


def test_the_shipped_model_gives_its_golden_answers() -> None:
    described = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))
    golden = json.loads((SHIPPED / "golden.json").read_text(encoding="utf-8"))
    answers = replay(described, (SHIPPED / "model.onnx").read_bytes(), golden["rows"])
    assert answers.encoded.all()
    for row, found in zip(golden["rows"], answers.probabilities, strict=True):
        assert found == pytest.approx(list(row["probabilities"].values()), abs=1e-5)


def test_a_reading_is_seen_less_its_reference() -> None:
    assert seen(TEMPERATURE, sensor_data={"temperature": 3}) == pytest.approx(3)
    context = {"normal": {"temperature": 50}}
    assert seen(RELATIVE, sensor_data={"temperature": 52.5}, context=context) == pytest.approx(2.5)


def test_fill_stands_in_for_a_reading_and_for_a_reference() -> None:
    filled = RELATIVE | {"fill": -1.5}
    context = {"normal": {"temperature": 50}}
    assert seen(filled, sensor_data={"temperature": None}, context=context) == pytest.approx(-1.5)
    assert seen(filled, sensor_data={"temperature": 52.5}, context=None) == pytest.approx(-1.5)


@pytest.mark.parametrize(
    ("ldo", "reason"),
    [
        ({}, "temperature is missing or not a number"),
        ({"sensor_data": None}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": "52"}}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": True}}, "temperature is missing or not a number"),
        ({"sensor_data": {"temperature": 201}}, "temperature is outside -40 to 200 °C"),
        (
            {"sensor_data": {"temperature": 52}, "sensor_quality": {"temperature": {"unit": "°F"}}},
            "temperature is in °F, not °C",
        ),
        ({"sensor_data": {"temperature": 52}, "context": {}}, "the context has no number at normal.temperature"),
        (
            {"sensor_data": {"temperature": 52}, "context": {"normal": {"temperature": 999}}},
            "normal.temperature is outside -40 to 200 °C",
        ),
    ],
)
def test_what_a_device_refuses_is_counted_by_reason(ldo: dict[str, Any], reason: str) -> None:
    usable = {"sensor_data": {"temperature": 51}, "context": {"normal": {"temperature": 50}}}
    answers = answer(RELATIVE, ldo, usable)
    assert answers.refused == {reason: 1}
    assert answers.encoded.tolist() == [False, True]
    assert np.isnan(answers.probabilities[0]).all()
    assert answers.probabilities[1].sum() == pytest.approx(1)


def test_ids_and_numbers_of_the_context_are_looked_up() -> None:
    described = manifest([TEMPERATURE], LABELS, vocabulary={"A": 1, "7": 2}, numeric=["load.kg"])
    file = network([[0, 0]], embedding=[[0, 1], [0, 10], [0, 20]], numbers=[[0, 0.5]])
    contexts = [{"product": "A"}, {"product": 7}, {"product": "new"}, {}]
    ldos = [{"sensor_data": {"temperature": 1}, "context": {**context, "load": {"kg": 2}}} for context in contexts]
    answers = replay(described, file, [*ldos, {"sensor_data": {"temperature": 1}, "context": {"load": {"kg": 1e39}}}])
    odds = np.log(answers.probabilities[:4, 1] / answers.probabilities[:4, 0])
    assert odds == pytest.approx([11, 21, 2, 2])
    assert answers.refused == {"the context has no usable number at load.kg": 1}


def test_the_calibration_of_the_release_is_applied() -> None:
    described = manifest([TEMPERATURE], LABELS, calibration={"fp32": {"temperature": 2.0, "bias": [1.0, -1.0]}})
    found = replay(described, network([[0, 1]]), [{"sensor_data": {"temperature": 4}}]).probabilities[0]
    assert np.log(found[1] / found[0]) == pytest.approx((4 - 1 - 1) / 2)


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        (b"not a model", r"its model\.onnx cannot be run"),
        (network([[0, 1], [0, 1]]), r"its model\.onnx cannot be run"),
        (network([[0, 1, 2]]), r"its output logits has the shape \(1, 3\), 1 rows of 2 labels are needed"),
    ],
)
def test_a_file_that_its_manifest_does_not_describe_is_refused(file: bytes, complaint: str) -> None:
    with pytest.raises(TrainerError, match=complaint):
        replay(manifest([TEMPERATURE], LABELS), file, [{"sensor_data": {"temperature": 4}}])


def test_no_records_have_no_answers() -> None:
    answers = answer(TEMPERATURE)
    assert answers.probabilities.shape == (0, 2)
