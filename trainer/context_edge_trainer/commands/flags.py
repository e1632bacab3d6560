"""Flags that several commands share, and what they stand for."""

import argparse
from dataclasses import replace
from pathlib import Path

from ..config import Config
from ..config_file import MOTOR_FAULTS, load_config
from ..errors import TrainerError
from ..toml_table import is_safe_name


def work_folder(parser: argparse.ArgumentParser) -> None:
    """--config and --out, which every stage takes."""
    parser.add_argument(
        "--config",
        type=Path,
        default=MOTOR_FAULTS,
        metavar="FILE",
        help="what to learn, in TOML; default: the motor model",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the work folder, in which stages hand on what they made"
    )


def store(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """--store."""
    parser.add_argument(
        "--store",
        required=required,
        metavar="URL",
        help="a folder, or s3://bucket[/prefix] with endpoint and credentials from AWS_ENDPOINT_URL_S3, AWS_…",
    )


def reading(parser: argparse.ArgumentParser) -> None:
    """What of the store a snapshot takes."""
    parser.add_argument("--since", metavar="last|DATE", help="only what is new since the last snapshot, or a UTC date")
    parser.add_argument(
        "--validated", action="store_true", help="only labels that a person, the process or maintenance stands behind"
    )
    parser.add_argument("--limit", type=_count, metavar="N", help="at most so many rows, the newest")


def comparing(parser: argparse.ArgumentParser) -> None:
    """What the new model is measured against."""
    parser.add_argument(
        "--current",
        metavar="DIR|RING",
        help="the model that is served now: its folder, or the ring (stable) whose pointer in the store names it",
    )
    parser.add_argument(
        "--best-possible", type=Path, metavar="FILE", help="lines of `simulate -- bayes`, to stand in the report"
    )


def version(parser: argparse.ArgumentParser) -> None:
    """--model-version."""
    parser.add_argument(
        "--model-version",
        metavar="V",
        help="version of the release; default: [model] version of the configuration, else date and time",
    )


def releasing(parser: argparse.ArgumentParser) -> None:
    """What is done with a model whose gates passed."""
    version(parser)
    parser.add_argument("--key", type=Path, metavar="PEM", help="private key (ECDSA P-256) that signs the release")
    parser.add_argument("--publish", action="store_true", help="put the signed release into the store")
    parser.add_argument("--tag", action="store_true", help="tag the git commit of this folder model-v<version>")


def configured(options: argparse.Namespace) -> Config:
    """The configuration that the flags name. Raises TrainerError."""
    config = load_config(options.config)
    version = getattr(options, "model_version", None)
    if version is None:
        return config
    if not is_safe_name(version):
        raise TrainerError(
            f"--model-version {version!r}: lower-case letters, digits, '.', '_' and '-', 63 at most, beginning with a "
            "letter or digit"
        )
    return replace(config, version=version)


def _count(text: str) -> int:
    """A whole number above 0."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number above 0 is needed")
    return value
