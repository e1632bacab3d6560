"""From a store to a release in one go: snapshot, train, evaluate, export, release, through the work folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .config import Config
from .data.snapshot import take_snapshot
from .judge.evaluate import evaluate, other_judges
from .learn.trained import train
from .moment import as_before
from .progress import Reporter
from .ship.export import export
from .ship.publish import check_free
from .ship.release import check_wishes, release
from .store.store import Store


@dataclass(frozen=True)
class Wishes:
    """What to take from the store, what to compare with, and what to do with the release."""

    since: str | None = None
    validated: bool = False
    limit: int | None = None
    current: str | None = None
    best_possible: Path | None = None
    key: Path | None = None
    publish: bool = False
    tag: bool = False


def run(store: Store, out: Path, config: Config, progress: Reporter, wishes: Wishes | None = None) -> dict[str, Any]:
    """Learn from a store and leave the release in `out`/release. Returns its manifest.

    Raises GateError when a gate did not pass, then with the report written and nothing released, and TrainerError.
    """
    wishes = wishes or Wishes()
    # What would end the run at its end ends it now.
    check_wishes(config, store=store, key=wishes.key, publish=wishes.publish, tag=wishes.tag)
    if wishes.publish and config.version is not None and not as_before():
        check_free(store, config.name, config.version)
    other_judges(config, store, wishes.current, wishes.best_possible)
    progress.at("snapshot")
    take_snapshot(store, config, out, progress, since=wishes.since, validated=wishes.validated, limit=wishes.limit)
    progress.at("train")
    train(out, config, progress)
    progress.at("evaluate")
    evaluate(out, config, progress, store=store, current=wishes.current, best_possible=wishes.best_possible)
    progress.at("export")
    export(out, config, progress)
    progress.at("release")
    return release(out, config, progress, store=store, key=wishes.key, publish=wishes.publish, tag=wishes.tag)
