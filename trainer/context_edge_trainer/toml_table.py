"""One table of a TOML file, read key by key: what is missing, wrong or misspelt is named with its table."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from .errors import TrainerError

SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")

Made = TypeVar("Made")


def is_safe_name(text: str) -> bool:
    """Whether a text may stand in an object's key: the grammar of devices, models, versions and rings."""
    return SAFE_NAME.fullmatch(text) is not None and ".." not in text


class Table:
    """Hands out the values of a table, checked; `done` complains of keys that nobody asked for."""

    def __init__(self, raw: Mapping[str, Any], path: str, where: str) -> None:
        self._raw = raw
        self._path = path
        self._where = where
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - a TOML value is anything
        """The value as it stands."""
        self._asked.add(key)
        return self._raw.get(key, default)

    def complain(self, key: str, wanted: str) -> TrainerError:
        """What to raise when `key` is not what is `wanted`."""
        return TrainerError(f"{self._where} {key} = {self._raw.get(key)!r}: {wanted}")

    def done(self) -> None:
        """Raise TrainerError for a key that no reader asked for: most often it is misspelt."""
        for key in self._raw:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(self._asked))}"
                raise TrainerError(f"{self._where or 'the file'} has an unknown key {key}: {hint}")

    def checked(self, made: Made) -> Made:
        """`made`, once all keys are known to have been asked for."""
        self.done()
        return made

    def table(self, key: str, *, optional: bool = False) -> "Table":
        """A table inside this one; an empty one where an optional one is missing."""
        found = self.get(key, {} if optional else None)
        path = f"{self._path}.{key}" if self._path else key
        if not isinstance(found, Mapping):
            raise TrainerError(f"[{path}] is missing or not a table")
        return Table(found, path, f"[{path}]")

    def text(self, key: str, default: str | None = None, *, empty: bool = False) -> str:
        """A text, not empty unless `empty`."""
        value = self.get(key, default)
        if not isinstance(value, str) or (value == "" and not empty):
            raise self.complain(key, "a text is needed")
        return value

    def name(self, key: str) -> str:
        """A text that may stand in an object's key."""
        value = self.text(key)
        if not is_safe_name(value):
            raise self.complain(
                key, "lower-case letters, digits, '.', '_' and '-', 63 at most, beginning with a letter or digit"
            )
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of several texts."""
        value = self.text(key, default)
        if value not in choices:
            raise self.complain(key, f"one of {', '.join(choices)}")
        return value

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        """A number between two, both included."""
        value = self.get(key, default)
        if not _is_number(value) or not low <= value <= high:
            raise self.complain(key, f"a number from {low:g} to {high:g} is needed")
        return float(value)

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number between two, both included."""
        value = self.number(key, default, low, high)
        if value != int(value):
            raise self.complain(key, "a whole number is needed")
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.complain(key, "true or false")
        return value

    def numbers(self, key: str, default: tuple[float, ...], low: float, high: float) -> tuple[float, ...]:
        """A list of numbers, each between two."""
        value = self.get(key, list(default))
        if not isinstance(value, list) or not all(_is_number(entry) and low <= entry <= high for entry in value):
            raise self.complain(key, f"a list of numbers from {low:g} to {high:g} is needed")
        return tuple(float(entry) for entry in value)

    def texts(self, key: str, default: tuple[str, ...] = (), *, single: bool = False) -> tuple[str, ...]:
        """A list of texts; `single` takes one text alone as a list of it."""
        value = self.get(key, list(default))
        if single and isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
            raise self.complain(key, "a list of texts is needed")
        return tuple(value)


def tables(document: Table, key: str, *, least: int = 0) -> list[Table]:
    """The tables of an array [[key]], at least so many. Raises TrainerError."""
    entries = document.get(key, [])
    if not isinstance(entries, list) or len(entries) < least:
        raise TrainerError(f"[[{key}]] is needed at least {least} times")
    found: list[Table] = []
    for number, entry in enumerate(entries, start=1):
        where = f"[[{key}]] number {number}"
        if not isinstance(entry, Mapping):
            raise TrainerError(f"{where} is not a table")
        found.append(Table(entry, key, where))
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
