"""What a stage makes out of date: what later stages made of its result before."""

from pathlib import Path

from .files import remove

LATER = ("evaluate", "export", "release", "report.json", "report.html")
# Networks stay when there is a new snapshot: a training that was stopped goes on from them, if the rows are the same.
OUTDATED = {"snapshot": LATER, "train": LATER, "evaluate": ("release",), "export": ("release",)}


def forget(out: Path, stage: str) -> None:
    """Take away what speaks of an older result of `stage`, before a newer one takes its place. Raises TrainerError."""
    for name in OUTDATED[stage]:
        remove(out / name)
