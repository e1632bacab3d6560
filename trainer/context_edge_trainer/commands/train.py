"""`train`: fit the network, and those it is compared with."""

import argparse

from ..progress import Reporter
from . import flags

HELP = "train on the snapshot in the work folder; goes on where it was stopped"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.work_folder(parser)


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Train."""
    config = flags.configured(options)
    from ..learn.trained import train

    train(options.out, config, progress)
