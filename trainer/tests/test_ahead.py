"""Work done ahead comes in order, bounded, and fails in its turn."""

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context_edge_trainer.data.ahead import ahead


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 5), st.integers(1, 120))
def test_results_come_in_order_and_no_more_is_held_than_may_be(sizes: list[int], workers: int, budget: int) -> None:
    lock = threading.Lock()
    held = most = 0

    def work(item: tuple[int, int]) -> int:
        nonlocal held, most
        with lock:
            held += item[1]
            most = max(most, held)
        return item[0] * 2

    items = list(enumerate(sizes))
    taken = []
    for item, result in ahead(items, work, lambda item: item[1], workers=workers, budget=budget):
        taken.append(result)
        with lock:
            held -= item[1]
    assert taken == [number * 2 for number, _ in items]
    assert most <= max([budget, *sizes])


def fails_at(number: int) -> Callable[[int], int]:
    def work(item: int) -> int:
        if item == number:
            raise ValueError(item)
        return item

    return work


def test_what_fails_is_raised_in_its_turn() -> None:
    results = ahead(range(100), fails_at(7), lambda _: 1)
    assert [next(results)[0] for _ in range(7)] == list(range(7))
    with pytest.raises(ValueError, match="7"):
        next(results)


def test_who_stops_taking_does_not_wait_for_what_is_under_way() -> None:
    release = threading.Event()
    results = ahead([0, 1, 2, 3], lambda item: item == 0 or release.wait(60), lambda _: 1, workers=2)
    assert next(results) == (0, True)
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 30
    release.set()
