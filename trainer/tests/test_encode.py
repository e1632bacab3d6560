"""The tensors are those that a device makes from the release manifest."""

import numpy as np
import torch

from context_edge_trainer.config import Config
from context_edge_trainer.encode import UNK, Encoding, drop_ids, learn_vocabularies
from context_edge_trainer.rows import collect
from context_edge_trainer.segments import Rejections, as_labelled

from .conftest import ldo, plant


def test_a_channel_with_a_reference_is_seen_as_the_difference(config: Config) -> None:
    record = ldo(1, sensor_data={"temperature": 50.3, "pressure": 8.125})
    rows = collect([as_labelled("", record)], config, Rejections())
    seen = Encoding(config, ({}, {})).encode(rows).sensors
    assert seen.dtype == torch.float32
    # Subtracted in 64 bits, then rounded once: in 32 bits it would be 0.2999992.
    assert seen.tolist() == [[float(np.float32(50.3 - 50.0)), 8.125]]
    raw = Encoding(config, ({}, {}), references=False).encode(rows).sensors
    assert raw.tolist() == [[float(np.float32(50.3)), 8.125]]


def test_vocabularies_know_what_training_saw_and_nothing_else(config: Config) -> None:
    records = [*plant(2000), *plant(200, seed=8, products=["Pump New"])]
    rows = collect([as_labelled("", record) for record in records], config, Rejections())
    products, assets = learn_vocabularies(rows.train())
    assert products == {"Pump A": 1, "Pump B": 2}
    assert assets == {"pump-0": 1, "pump-1": 2}
    encoding = Encoding(config, (products, assets))
    assert set(encoding.encode(rows.never_seen(0)).ids[:, 0].tolist()) == {UNK}
    assert set(encoding.encode(rows.test()).ids[:, 0].tolist()) == {1, 2}
    nameless = Encoding(config, (products, assets), identities=False)
    assert nameless.encode(rows).ids.sum() == 0


def test_ids_are_dropped_at_the_share_that_is_asked_for_and_independently() -> None:
    ids = torch.full((50_000, 2), 3)
    dropped = drop_ids(ids, 0.15, torch.Generator().manual_seed(1)) == UNK
    assert torch.allclose(dropped.float().mean(dim=0), torch.tensor(0.15), atol=0.01)
    assert abs(float(dropped.all(dim=1).float().mean()) - 0.15**2) < 0.005
    assert torch.equal(drop_ids(ids, 0.0, torch.Generator()), ids)
