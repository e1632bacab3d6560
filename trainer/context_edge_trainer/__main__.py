"""The command line: `python -m context_edge_trainer run --store URL --out DIR [--config FILE]`."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType

from .errors import GateError, TakenError, TrainerError
from .progress import Reporter

COMMANDS = ("snapshot", "train", "evaluate", "export", "release", "run", "compact", "trigger")

STOPS = (signal.SIGINT, signal.SIGTERM)
MEND = 2
GATES = 3
TAKEN = 4
STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 2 something to mend, 3 a gate did not pass, 4 triggered already, 130 stopped by a signal."""
    commands = {name: importlib.import_module(f".commands.{name}", __package__) for name in COMMANDS}
    options = _parser(commands).parse_args(arguments)
    # Of the processes that torchrun starts the first one speaks.
    leads = os.environ.get("RANK", "0") == "0"
    progress = Reporter(as_json=options.progress == "json" and leads)
    # A supervisor's stop is the same wish as Ctrl-C.
    before = {number: signal.signal(number, _stop) for number in STOPS}
    try:
        progress.at(options.command)
        if options.command != "train" and int(os.environ.get("WORLD_SIZE", "1")) > 1:
            raise TrainerError(f"torchrun is for the command train: run `{options.command}` once, without it")
        commands[options.command].run(options, progress)
    except GateError as error:
        return _end(progress, "failed", f"not released: {error}", GATES)
    except TakenError as error:
        return _end(progress, "failed", str(error), TAKEN)
    except TrainerError as error:
        return _end(progress, "failed", str(error), MEND)
    except KeyboardInterrupt:
        return _end(progress, "stopped", "stopped; no half file is left", STOPPED)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    progress.end("done", f"{options.command} is done", code=0)
    return 0


def _end(progress: Reporter, result: str, text: str, code: int) -> int:
    print(f"context_edge_trainer: {text}", file=sys.stderr)
    progress.end(result, text, code=code)
    return code


def _stop(_: int, __: FrameType | None) -> None:
    """Stop, once: what cleans up after itself is not stopped in the middle by a second Ctrl-C."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _parser(commands: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m context_edge_trainer",
        description="Learns a failure-prediction model from Labeled Data Objects.",
        epilog="Status: 0 done, 2 something to mend, 3 a gate did not pass (nothing is released), "
        "4 triggered already (trigger), 130 stopped.",
    )
    parsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands.items():
        added = parsers.add_parser(name, help=command.HELP, description=command.HELP)
        command.add(added)
        added.add_argument(
            "--progress",
            choices=("lines", "json"),
            default="lines",
            help="json: also one object a line on standard output",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
