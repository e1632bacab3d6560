"""The command line: `python -m context_edge_trainer run --store DIR --out DIR [--config FILE]`."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .config_file import MOTOR_FAULTS, load_config
from .errors import GateError, TrainerError

GATES = 3
STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 2 for what a person must mend, 3 for a gate that did not pass, 130 stopped by a signal."""
    options = _parser().parse_args(arguments)
    started = time.monotonic()

    def progress(line: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {line}", file=sys.stderr, flush=True)

    # A supervisor's stop is the same wish as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        config = load_config(options.config)
        # Imported here: PyTorch takes seconds, and a typing error on the command line should not.
        from .pipeline import run

        run(options.store, options.out, config, progress, options.best_possible, options.key)
    except GateError as error:
        print(f"context_edge_trainer: not released: {error}", file=sys.stderr)
        return GATES
    except TrainerError as error:
        print(f"context_edge_trainer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("context_edge_trainer: stopped; no file was changed", file=sys.stderr)
        return STOPPED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m context_edge_trainer", description="Trains a model from Labeled Data Objects."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train on a folder of LDO segments and write a release")
    run.add_argument(
        "--store",
        required=True,
        metavar="URL",
        help="s3://bucket[/prefix], or a folder laid out as the bucket (ldo/v1/…)",
    )
    run.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="the work folder: the release goes into its folder release/",
    )
    run.add_argument("--config", type=Path, default=MOTOR_FAULTS, metavar="FILE", help="TOML; default: the motor model")
    run.add_argument("--key", type=Path, metavar="PEM", help="private key (ECDSA P-256) that signs the release")
    run.add_argument(
        "--best-possible", type=Path, metavar="FILE", help="lines of `simulate -- bayes`, to stand in the report"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
