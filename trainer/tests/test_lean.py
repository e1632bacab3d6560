"""What rows are made of is kept, whatever the configuration groups by; the rest is let go."""

import gc
from collections.abc import Callable, Iterator

import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.data.segments import Labelled, Rejections, as_labelled
from context_edge_trainer.learn.lean import lean
from context_edge_trainer.learn.rows import collect

from .conftest import ldo


def test_rows_are_the_same_with_all_of_the_records_and_with_what_is_kept(
    configured: Callable[[str, str], Config],
) -> None:
    config = configured('salt = "tests"', 'salt = "tests"\ngroup = ["line"]')
    records = [as_labelled(str(number), ldo(number, line=f"line-{number % 3}")) for number in range(60)]
    (kept,) = lean([as_labelled("", ldo(1))], config)
    assert "latency_ms" not in kept.ldo
    assert {"line", "context", "sensor_data"} <= kept.ldo.keys()
    assert collect(records, config, Rejections()).grouped_by == {"line": 60}


def test_the_collector_is_on_again_afterwards_also_when_reading_failed(config: Config) -> None:
    def broken() -> Iterator[Labelled]:
        assert not gc.isenabled()
        raise OSError
        yield

    with pytest.raises(OSError):  # noqa: PT011 - any will do
        lean(broken(), config)
    assert gc.isenabled()
