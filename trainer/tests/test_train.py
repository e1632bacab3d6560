"""Only the training fold teaches; the same rows and seed give the same weights."""

import dataclasses
from collections.abc import Callable

import pytest
import torch

from context_edge_trainer.config import Config
from context_edge_trainer.learn.encode import Inputs
from context_edge_trainer.learn.model import FaultNet, logits_of
from context_edge_trainer.learn.train import Fitted, fit, macro_f1


def rows(count: int, seed: int, shift: float = 0.0) -> Inputs:
    draw = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 3, (count,), generator=draw)
    sensors = torch.randn(count, 2, generator=draw) + labels[:, None] * 2 + shift
    return Inputs(sensors, torch.randint(1, 3, (count, 2), generator=draw), labels)


def fitted(config: Config, train: Inputs, validation: Inputs) -> Fitted:
    return fit(config, [2, 2], train, validation, lambda _: None)


def test_the_scaler_is_fitted_on_training_rows_alone(config: Config) -> None:
    train = rows(600, 1)
    model = fitted(config, train, rows(200, 2, shift=1000.0)).model
    assert torch.allclose(model.mean, train.sensors.mean(dim=0), atol=1e-5)
    assert torch.allclose(model.scale, train.sensors.std(dim=0, correction=0), atol=1e-5)


def test_a_channel_that_never_moves_does_no_harm(config: Config) -> None:
    model = FaultNet(config.network, 2, [1, 1], 3)
    model.fit_scaler(Inputs(torch.tensor([[5.0, 1.0], [5.0, 2.0]]), torch.zeros(2, 2), torch.zeros(2)))
    assert model.scale[0] == 1
    ids = torch.zeros(1, dtype=torch.int64)
    assert torch.isfinite(model(torch.tensor([[5.0, 1.5]]), ids, ids)).all()


def test_training_again_gives_the_same_weights(config: Config) -> None:
    train, validation = rows(600, 1), rows(200, 2)
    first, second = (fitted(config, train, validation).model.state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    reseeded = dataclasses.replace(config, training=dataclasses.replace(config.training, seed=2))
    other = fitted(reseeded, train, validation).model.state_dict()
    assert not torch.equal(first["layers.0.weight"], other["layers.0.weight"])


def test_the_best_epoch_is_kept_and_patience_ends_the_search(configured: Callable[[str, str], Config]) -> None:
    config = configured("epochs = 6", "epochs = 40")
    train, validation = rows(600, 1), rows(200, 2)
    result = fitted(config, train, validation)
    scores = [epoch.macro_f1 for epoch in result.epochs]
    assert len(scores) < 40
    assert len(scores) == scores.index(max(scores)) + 1 + config.training.patience
    best = min((epoch for epoch in result.epochs if epoch.macro_f1 == max(scores)), key=lambda e: e.validation_loss)
    assert result.best == best.number
    said = logits_of(result.model, validation).argmax(dim=1)
    assert macro_f1(said, validation.labels, 3) == max(scores)


def test_macro_f1_counts_every_class_alike() -> None:
    truth = torch.tensor([0, 0, 0, 1, 2])
    said = torch.tensor([0, 0, 1, 1, 0])
    # Class 0: 2 hits, 3 said, 3 true; class 1: 1 hit, 2 said, 1 true; class 2: never hit.
    assert macro_f1(said, truth, 3) == pytest.approx((4 / 6 + 2 / 3 + 0) / 3)
