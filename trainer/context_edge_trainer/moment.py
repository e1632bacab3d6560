"""When something is made: now, or SOURCE_DATE_EPOCH where the same bytes are wanted again."""

import os
from datetime import UTC, datetime

from .errors import TrainerError


def as_before() -> bool:
    """Whether the same bytes are wanted again: then nothing that is measured by a clock may stand in a file."""
    return bool(os.environ.get("SOURCE_DATE_EPOCH"))


def moment() -> datetime:
    """Now, or SOURCE_DATE_EPOCH, in UTC. Raises TrainerError for one that is no time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise TrainerError(f"SOURCE_DATE_EPOCH = {epoch!r}: seconds since 1970 are needed") from error


def created_at() -> str:
    """The moment as ISO 8601 UTC with milliseconds. Raises TrainerError."""
    return moment().isoformat(timespec="milliseconds").replace("+00:00", "Z")
