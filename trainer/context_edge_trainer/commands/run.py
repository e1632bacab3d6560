"""`run`: all stages, one behind the other."""

import argparse

from ..progress import Reporter
from . import flags

HELP = "snapshot, train, evaluate, export and release, in one go"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.store(parser)
    flags.work_folder(parser)
    flags.reading(parser)
    flags.comparing(parser)
    flags.releasing(parser)


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Run all stages."""
    config = flags.configured(options)
    from ..pipeline import Wishes, run
    from ..store.store import open_store

    wishes = Wishes(
        since=options.since,
        validated=options.validated,
        limit=options.limit,
        current=options.current,
        best_possible=options.best_possible,
        key=options.key,
        publish=options.publish,
        tag=options.tag,
    )
    run(open_store(options.store), options.out, config, progress, wishes)
