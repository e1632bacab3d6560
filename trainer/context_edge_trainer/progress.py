"""What a run tells of itself while it runs: lines for a person, or one JSON object a line for Node-RED.

Stages take a `Progress`, a function of a line. A line that `told` made also carries its numbers, so that nothing has to
be read back out of words.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

Progress = Callable[[str], None]
Fact = str | int | float | bool | None


class Told(str):
    """A line with the facts it was made of."""

    facts: dict[str, Fact]


def told(text: str, **facts: Fact) -> str:
    """A line of progress that carries its numbers: `progress(told("epoch 3 of 50: …", epoch=3, epochs=50))`."""
    line = Told(text)
    line.facts = facts
    return line


class Reporter:
    """Lines to stderr, each with the seconds since the start; with `as_json` also objects to stdout.

    An object is `{stage, at, text, …facts}`, `at` ISO 8601 UTC; `stage` is what the run is at.
    """

    def __init__(self, *, as_json: bool = False, lines: TextIO | None = None, objects: TextIO | None = None) -> None:
        self.stage = "start"
        self._objects = (objects or sys.stdout) if as_json else None
        self._lines = lines or sys.stderr
        self._started = time.monotonic()

    def __call__(self, text: str) -> None:
        """Tell a line."""
        _print(f"{time.monotonic() - self._started:6.1f} s  {text}", self._lines)
        self._object(text, text.facts if isinstance(text, Told) else {})

    def at(self, stage: str) -> None:
        """A stage begins."""
        self.stage = stage
        self._object(None, {})

    def end(self, result: str, text: str, **facts: Fact) -> None:
        """The last line: `result` is "done", "failed" or "stopped"; `during` the stage that these two came in."""
        during = {} if result == "done" else {"during": self.stage}
        self.stage = result
        self._object(text, {**during, **facts})

    def _object(self, text: str | None, facts: dict[str, Fact] | dict[str, str]) -> None:
        if self._objects is None:
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said = {} if text is None else {"text": text}
        _print(json.dumps({"stage": self.stage, "at": at, **said, **facts}), self._objects)


def _print(line: str, to: TextIO) -> None:
    """A reader that is gone is no reason to give up hours of training."""
    with suppress(BrokenPipeError):
        print(line, file=to, flush=True)
