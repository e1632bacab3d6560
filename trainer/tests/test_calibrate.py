"""What is said with 90 % is right nine times out of ten."""

import torch

from context_edge_trainer.calibrate import calibrate, uncalibrated


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
