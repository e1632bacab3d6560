"""The tensors are those that a device makes from the release manifest."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import parse_config
from context_edge_trainer.data.segments import Rejections, as_labelled
from context_edge_trainer.learn.encode import UNK, Encoding, drop_ids, graph_inputs, learn_vocabularies
from context_edge_trainer.learn.rows import collect

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


numbers = st.floats(-1e12, 1e12)


@given(
    st.lists(st.tuples(st.none() | numbers, st.none() | numbers, st.text(max_size=6), numbers), min_size=1, max_size=20)
)
def test_what_is_encoded_is_what_a_device_encodes(records: list[tuple[float | None, float | None, str, float]]) -> None:
    config = parse_config(
        {
            "model": {"name": "any"},
            "channels": [{"name": "a", "reference": "n.a", "fill": 0.25, "range": [-1e12, 1e12]}],
            "ids": [{"field": "kind"}],
            "numeric": [{"input": "size", "fields": ["w"]}],
            "labels": [{"name": "ok", "kind": "normal"}, {"name": "bad", "kind": "fault"}],
        }
    )
    found = [
        ldo(n, label="ok", sensor_data={"a": reading}, context={"n": {"a": normal}, "kind": kind, "w": width})
        # The last one only has all fields, which some record must.
        for n, (reading, normal, kind, width) in enumerate([*records, (1.0, 1.0, "k", 1.0)])
    ]
    rows = collect([as_labelled("", record) for record in found], config, Rejections())
    rows = rows.where(np.arange(len(rows)) < len(records))
    assert len(rows) == len(records)
    vocabularies = learn_vocabularies(rows)
    inputs = Encoding(config, vocabularies).encode(rows)
    assert graph_inputs(config) == ("sensors", "kind", "size")
    assert [tuple(part.shape) for part in inputs.graph()] == [(len(rows), 1), (len(rows),), (len(rows), 1)]
    for row, (reading, normal, kind, width) in enumerate(records):
        seen = 0.25 if reading is None or normal is None else reading - normal
        assert inputs.sensors[row].tolist() == [float(np.float32(seen))]
        assert inputs.ids[row].tolist() == [vocabularies[0].get(kind, UNK) if kind else UNK]
        assert inputs.numeric[0][row].tolist() == [float(np.float32(width))]
    told_nothing = Encoding(config, vocabularies, references=False, identities=False).encode(rows)
    assert not told_nothing.ids.any()
    assert not told_nothing.numeric[0].any()
    part = inputs.at(torch.tensor([len(rows) - 1]))
    assert all(torch.equal(one, whole[-1:]) for one, whole in zip(part.graph(), inputs.graph(), strict=True))
