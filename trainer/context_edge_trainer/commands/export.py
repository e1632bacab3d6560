"""`export`: make the files that a device runs."""

import argparse

from ..progress import Reporter
from . import flags

HELP = "write the model as ONNX, in 32 bits and in 8, and prove both against the network"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.work_folder(parser)
    flags.version(parser)


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Export."""
    config = flags.configured(options)
    from ..ship.export import export

    export(options.out, config, progress)
