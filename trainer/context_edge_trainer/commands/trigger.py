"""`trigger`: be the one who starts a retraining, or learn that somebody else is."""

import argparse

from ..errors import TakenError
from ..progress import Reporter
from . import flags

HELP = "create the trigger of a cause, so that it starts one retraining; status 4 when it is there already"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.store(parser)
    parser.add_argument("--model", required=True, metavar="NAME", help="the model's name, as in its configuration")
    parser.add_argument(
        "--cause", required=True, metavar="CAUSE", help="month-2026-11, count-<snapshot> or fpr-<release, 8 hex>-<n>"
    )
    parser.add_argument(
        "--id", default="", metavar="ID", help="names the starter: one that begins again finds its own trigger"
    )
    parser.add_argument("--body", default="{}", metavar="JSON", help="an object with what else the trigger shall say")


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Create the trigger. Raises TakenError when it is there already."""
    from ..data.trigger import parse_body, trigger
    from ..store.store import open_store

    store = open_store(options.store)
    if not trigger(store, options.model, options.cause, parse_body(options.body), options.id):
        raise TakenError(f"{options.cause} of {options.model} is triggered already in {store.description}")
    progress(f"triggered {options.model}: {options.cause}")
