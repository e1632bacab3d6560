"""Does slow work ahead in threads and hands out the results in order, without holding more than it may."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

WORKERS = 16
BUDGET_BYTES = 64 * 1024 * 1024

Item = TypeVar("Item")
Result = TypeVar("Result")


def ahead(
    items: Iterable[Item],
    work: Callable[[Item], Result],
    size: Callable[[Item], int],
    *,
    workers: int = WORKERS,
    budget: int = BUDGET_BYTES,
) -> Iterator[tuple[Item, Result]]:
    """Yield (item, result) in the order of `items`; raises what `work` raised for an item, in its turn.

    At most twice `workers` items, and items of `budget` bytes by `size`, are under way or wait to be taken; one item
    larger than the budget goes alone. The threads are daemons: a stop does not wait for a server that hangs.
    """
    tasks: queue.SimpleQueue[tuple[Future[Result], Item] | None] = queue.SimpleQueue()
    stopped = threading.Event()

    def serve() -> None:
        while (task := tasks.get()) is not None and not stopped.is_set():
            future, item = task
            try:
                future.set_result(work(item))
            except BaseException as error:  # it is raised where the result is taken
                future.set_exception(error)

    for _ in range(workers):
        threading.Thread(target=serve, daemon=True).start()
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    held = 0
    source = iter(items)
    following = next(source, None)
    try:
        while waiting or following is not None:
            while following is not None and len(waiting) < 2 * workers:
                weight = size(following)
                if waiting and held + weight > budget:
                    break
                future: Future[Result] = Future()
                waiting.append((following, future))
                held += weight
                tasks.put((future, following))
                following = next(source, None)
            item, future = waiting.popleft()
            result = future.result()
            held -= size(item)
            yield item, result
    finally:
        stopped.set()
        for _ in range(workers):
            tasks.put(None)
