"""`snapshot`: fix what is learnt from."""

import argparse

from ..progress import Reporter
from . import flags

HELP = "read LDO and label segments, settle the labels and write the rows down as Parquet"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.store(parser)
    flags.work_folder(parser)
    flags.reading(parser)


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Take a snapshot."""
    config = flags.configured(options)
    from ..data.snapshot import take_snapshot
    from ..store.store import open_store

    take_snapshot(
        open_store(options.store),
        config,
        options.out,
        progress,
        since=options.since,
        validated=options.validated,
        limit=options.limit,
    )
