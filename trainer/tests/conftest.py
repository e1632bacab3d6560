"""A small plant of the tests' own: two products whose normal temperatures differ by more than a fault adds."""

import gzip
import os
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import settings
from hypothesis import strategies as st

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import load_config

from .s3_servers import SERVERS, Server, Start, use

# Before PyTorch is imported: threads that wait for each other on a busy machine take ten times as long as one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine is no failure; and the same examples come every time, with nothing kept between runs.
settings.register_profile("trainer", deadline=None, derandomize=True, database=None)
settings.load_profile("trainer")

# Any JSON, with the names and the oddities that a reader of records stumbles over.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["batch", "normal", "temperature", "pressure", "product", "episode_id", "unit", "0", ""]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)

SPOOL = "0123456789abcdef0123456789abcdef"
NORMAL = {"Pump A": 50.0, "Pump B": 70.0, "Pump New": 90.0}
CONFIG = """
[model]
name = "pumps"
version = "0.1.0"
[[channels]]
name = "temperature"
unit = "°C"
range = [-40, 200]
reference = "normal.temperature"
[[channels]]
name = "pressure"
unit = "bar"
range = [0, 40]
[[ids]]
input = "product_id"
field = "product"
[[ids]]
input = "asset_id"
field = "asset_id"
[[labels]]
name = "normal"
kind = "normal"
severity = "low"
action = "None."
[[labels]]
name = "hot"
kind = "fault"
severity = "high"
action = "Cool it."
[[labels]]
name = "leak"
kind = "fault"
severity = "high"
action = "Seal it."
[folds]
salt = "tests"
[data.unseen]
product = ["Pump New"]
[training]
epochs = 6
patience = 3
batch = 64
"""


def ldo(number: int, *, product: str = "Pump A", label: str | None = "normal", **changes: Any) -> dict[str, Any]:
    """A record as a device writes it."""
    good = {"quality": "good", "age_ms": 40, "source": "opcua"}
    record: dict[str, Any] = {
        "schema": "ldo/1",
        "ldo_id": f"LDO-{uuid.UUID(int=number)}",
        "timestamp": 1_767_225_600.0 + number,
        "device": "edge-1",
        "install_id": str(uuid.UUID(int=1)),
        "site": "plant",
        "line": "line-1",
        "run_id": str(uuid.UUID(int=number)),
        "asset_id": f"pump-{number % 2}",
        "mode": "live",
        "simulated": False,
        "scan": None,
        "lookup": None,
        "context": {"product": product, "batch": f"LOT-{number // 10}", "normal": {"temperature": NORMAL[product]}},
        "sensor_data": {"temperature": NORMAL[product] + 1.0, "pressure": 8.0},
        "sensor_quality": {"temperature": {"unit": "°C", **good}, "pressure": {"unit": "bar", **good}},
        "clock": {"synced": True, "skew_ms": 0},
        "ai_prediction": "leak",
        "ai_confidence": 0.7,
        "ai_probabilities": {"normal": 0.2, "hot": 0.1, "leak": 0.7},
        "model": None,
        "backend": None,
        "ground_truth_label": label,
        "label_source": "none" if label is None else "context",
        "decision": None,
        "video_clip": None,
        "latency_ms": {"lookup": None, "fuse": None, "infer": 0.1, "total": None},
    }
    return record | changes


def plant(count: int, seed: int = 7, products: Iterable[str] = ("Pump A", "Pump B")) -> list[dict[str, Any]]:
    """Runs that a judge who knows the product can tell apart, and one who does not cannot."""
    draw = random.Random(seed)
    choices = list(products)
    records = []
    for number in range(count):
        product = choices[(number // 10) % len(choices)]
        label = draw.choices(["normal", "hot", "leak"], [6, 2, 2])[0]
        temperature = NORMAL[product] + draw.gauss(0, 2) + (15 if label == "hot" else 0)
        pressure = draw.gauss(8, 0.4) - (3 if label == "leak" else 0)
        sensors = {"temperature": round(temperature, 3), "pressure": round(pressure, 3)}
        record = ldo(number + seed * 1_000_000, product=product, label=label, sensor_data=sensors)
        record["context"]["batch"] = f"LOT-{seed}-{number // 10}"
        records.append(record)
    return records


def write_store(folder: Path, records: Iterable[dict[str, Any]], *, spool: str = SPOOL, seq: int = 0) -> Path:
    """Put records into a folder as one segment."""
    target = folder / "ldo" / "v1" / "dev=edge-1" / spool / f"{seq:010d}.ndjson.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(b"".join(orjson.dumps(record) + b"\n" for record in records)))
    return target


def write_key(folder: Path) -> tuple[Path, Path]:
    """A new key that may sign releases, and its public half."""
    key = ec.generate_private_key(ec.SECP256R1())
    private, public = folder / "release.pem", folder / "release.pub.pem"
    pem = serialization.Encoding.PEM
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def answer(number: int, to: int, verdict: str = "wrong", label: str | None = None, **changes: Any) -> dict[str, Any]:
    """A label record as a review queue writes it: answer `number`, to the record `to`."""
    record: dict[str, Any] = {
        "schema": "label/1",
        "label_id": f"LABEL-{number}",
        "ldo_id": f"LDO-{uuid.UUID(int=to)}",
        "verdict": verdict,
        "ground_truth_label": label,
        "label_source": "engineer",
        "validated_by": "alice",
        "identity_source": "authenticated",
        "validated_at": f"2026-01-02T00:00:{number % 60:02d}.000Z",
        "notes": "",
        "evaluation": None,
    }
    return record | changes


def write_labels(folder: Path, records: Iterable[dict[str, Any]], *, spool: str = SPOOL[::-1], seq: int = 1) -> Path:
    """Put label records into a folder as one segment."""
    target = folder / "labels" / "v1" / "by=queue-1" / spool / f"{seq:010d}.ndjson.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(b"".join(orjson.dumps(record) + b"\n" for record in records)))
    return target


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "pumps.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def config(config_file: Path) -> Config:
    return load_config(config_file)


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str, str], Config]:
    """The configuration with one text replaced by another."""

    def change(old: str, new: str) -> Config:
        assert old in CONFIG
        path = tmp_path / "changed.toml"
        path.write_text(CONFIG.replace(old, new), encoding="utf-8")
        return load_config(path)

    return change


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts an S3 server by its name when the first test asks for it."""
    with ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(SERVERS[name](tmp_path_factory.mktemp("s3") / "data")))


@pytest.fixture(params=list(SERVERS))
def server(request: pytest.FixtureRequest, start: Start, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that boto3 finds by the environment."""
    return use(start(request.param), monkeypatch)
