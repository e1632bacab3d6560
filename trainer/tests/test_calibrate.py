"""What is said with 90 % is right nine times out of ten."""

import torch

from context_edge_trainer.config import Config
from context_edge_trainer.data.segments import Labelled, Rejections
from context_edge_trainer.learn.calibrate import calibrate, natural_weights, uncalibrated
from context_edge_trainer.learn.rows import Rows, collect

from .conftest import ldo


def overconfident(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are three times too sure and say class 2 too often, with labels drawn from what they should say."""
    draw = torch.Generator().manual_seed(5)
    honest = torch.randn(count, 3, generator=draw, dtype=torch.float64) * 1.5
    labels = torch.multinomial(torch.softmax(honest, dim=1), 1, generator=draw).squeeze(1)
    return honest * 3 + torch.tensor([0.0, 0.0, 2.0]), labels


def test_temperature_and_bias_are_found_again() -> None:
    found = calibrate(*overconfident(40_000))
    assert abs(found.temperature - 3) < 0.1
    assert abs(sum(found.bias)) < 1e-5
    assert abs((found.bias[0] - found.bias[2]) - 2) < 0.15


def test_rows_it_was_not_fitted_on_gain_too() -> None:
    logits, labels = overconfident(20_000)
    found = calibrate(logits[:10_000], labels[:10_000])
    assert found.loss(logits[10_000:], labels[10_000:]) < uncalibrated(3).loss(logits[10_000:], labels[10_000:]) - 0.1
    probabilities = found.probabilities(logits[10_000:])
    said, right = (
        probabilities.max(dim=1).values.mean(),
        (probabilities.argmax(dim=1) == labels[10_000:]).double().mean(),
    )
    assert abs(float(said - right)) < 0.02


def test_it_never_makes_things_worse_and_survives_a_class_that_validation_lacks() -> None:
    logits = torch.tensor([[4.0, 0.0, -4.0], [0.0, 4.0, -4.0]] * 50)
    labels = torch.tensor([0, 1] * 50)
    found = calibrate(logits, labels)
    assert found.loss(logits, labels) <= uncalibrated(3).loss(logits, labels)
    assert all(abs(value) < 1000 for value in found.bias)
    assert found.temperature > 0


def test_rows_count_as_much_as_they_weigh() -> None:
    logits, labels = overconfident(4_000)
    seen = torch.arange(4_000) % 4 == 0
    weighed = calibrate(logits, labels, seen.double())
    alone = calibrate(logits[seen], labels[seen])
    assert abs(weighed.temperature - alone.temperature) < 1e-3
    assert max(abs(a - b) for a, b in zip(weighed.bias, alone.bias, strict=True)) < 1e-3


def test_a_handful_of_rows_does_not_say_much() -> None:
    logits, labels = torch.tensor([[2.0, 0.0, 0.0]] * 5), torch.tensor([0] * 5)
    found = calibrate(logits, labels)
    assert found.temperature > 0.2
    assert max(found.bias) < 3


def test_answers_that_were_picked_for_review_are_left_out_unless_there_is_nothing_else(config: Config) -> None:
    def rows(*sources: tuple[str, str]) -> Rows:
        found = [
            Labelled("", ldo(n), "hot", source, "anna", "authenticated", stream, 0.1)
            for n, (source, stream) in enumerate(sources)
        ]
        return collect(found, config, Rejections())

    weights, note = natural_weights(rows(("context", ""), ("engineer", "learning"), ("engineer", "evaluation")))
    assert weights.tolist() == [1, 0, 10]
    assert note is None
    weights, note = natural_weights(rows(("engineer", "learning"), ("engineer", "learning")))
    assert weights.tolist() == [1, 1]
    assert note is not None
    assert note.startswith("the 2 validation rows were all picked for review")
