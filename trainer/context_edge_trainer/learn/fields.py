"""Context fields that the configuration names and no record has: most often they are called otherwise there."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..config import Config
from ..data.columns import numbers, texts, values_at
from ..errors import TrainerError

ASSET = "asset_id"
READ_FROM = 1000
NAMED = 30


def check_fields(ldos: Sequence[Any], config: Config) -> None:
    """Raise TrainerError when an id, a number or a reference of the context stands in none of the records."""
    said = tell_strange(ldos, config)
    if said:
        raise TrainerError(f"{said}; mend [[ids]], [[numeric]] or reference in the configuration")


def tell_strange(ldos: Sequence[Any], config: Config) -> str:
    """What to say of configured context fields that no record has; "" when there is none."""
    contexts = values_at(ldos, "context")
    strange = [entry.field for entry in config.ids if not _has_id(ldos, contexts, entry.field)]
    paths = [path for entry in config.numeric for path in entry.fields]
    paths += [channel.reference for channel in config.channels if channel.reference is not None]
    strange += [path for path in paths if np.isnan(numbers(values_at(contexts, path))).all()]
    if not strange:
        return ""
    objects = [path for path in strange if any(isinstance(value, dict) for value in values_at(contexts, path))]
    known = sorted({path for context in contexts[:READ_FROM] for path in _paths(context)})
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    inside = f" ({', '.join(objects)}: an object, name what is in it)" if objects else ""
    return (
        f"no record has a usable value at {', '.join(dict.fromkeys(strange))} in its context{inside}"
        f"; the contexts have {', '.join(known[:NAMED]) or 'nothing'}{more}"
    )


def _has_id(ldos: Sequence[Any], contexts: Sequence[Any], path: str) -> bool:
    if path == ASSET and (texts(values_at(ldos, ASSET)) != "").any():
        return True
    return bool((texts(values_at(contexts, path)) != "").any())


def _paths(value: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON is anything
    """Dotted paths of what is no object."""
    if not isinstance(value, dict):
        if path and value is not None:
            yield path
        return
    for name, inner in value.items():
        yield from _paths(inner, f"{path}.{name}" if path else str(name))
