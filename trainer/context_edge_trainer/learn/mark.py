"""What tells one training from another: all that a network depends on, and the bytes that it came to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..config import Config
from ..files import read_bytes

FOLDER = "train"
NETWORK = "network.pt"
WITH_CONTEXT = "with_context"
LEARNT_FROM = ("channels", "ids", "numeric", "labels", "folds", "data", "leakage", "network", "training")


def settings(config: Config) -> str:
    """SHA-256 of what of a configuration a network depends on: not its gates, not its version."""
    whole = asdict(config)
    return digest({name: whole[name] for name in LEARNT_FROM})


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a document, whatever order its entries have."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def shipped_network(out: Path) -> str:
    """SHA-256 of the network that ships. Raises TrainerError when there is none."""
    return hashlib.sha256(read_bytes(out / FOLDER / WITH_CONTEXT / NETWORK, "train")).hexdigest()
