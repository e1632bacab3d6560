"""`evaluate`: measure the networks, and the model that is served now, on rows that training never saw."""

import argparse

from ..progress import Reporter
from . import flags

HELP = "measure what was trained on the test fold, judge the gates, and write report.json and report.html"


def add(parser: argparse.ArgumentParser) -> None:
    """Its flags."""
    flags.work_folder(parser)
    flags.store(parser, required=False)
    flags.comparing(parser)


def run(options: argparse.Namespace, progress: Reporter) -> None:
    """Evaluate."""
    config = flags.configured(options)
    from ..judge.evaluate import evaluate
    from ..store.store import open_store

    store = None if options.store is None else open_store(options.store)
    wishes = {"current": options.current, "best_possible": options.best_possible}
    evaluate(options.out, config, progress, store=store, **wishes)
