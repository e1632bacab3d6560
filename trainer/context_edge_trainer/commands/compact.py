"""`compact`: make many small segments quick to read."""

import argparse

from ..progress import Reporter
from . import flags

HELP = "put the LDO segments of each day into Parquet files, which snapshots then read instead; deletes nothing"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.store(parser)


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Compact."""
    from ..data.compact import compact
    from ..store.store import open_store

    compact(open_store(options.store), progress)
