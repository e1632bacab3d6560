"""`release`: put together what a device reads, sign it and hand it out."""

import argparse

from ..progress import Reporter
from . import flags

HELP = "make the release of a model whose gates passed; sign, publish and tag it"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.work_folder(parser)
    flags.store(parser, required=False)
    flags.releasing(parser)


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Release."""
    config = flags.configured(options)
    from ..ship.release import release
    from ..store.store import open_store

    release(
        options.out,
        config,
        progress,
        store=None if options.store is None else open_store(options.store),
        key=options.key,
        publish=options.publish,
        tag=options.tag,
    )
