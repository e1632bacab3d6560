"""Objects in an S3 bucket, over boto3: endpoint, region and credentials as boto3 finds them in the environment.

Every retry is ours, and bounded: a put that is repeated behind our back turns "stored" into "somebody else was first".
"""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError
from botocore.utils import parse_timestamp
from urllib3.exceptions import HTTPError

from ..errors import TrainerError
from .s3_errors import Failure, explain
from .store import MAX_OBJECT_BYTES, Listed, Placed, check_key

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
# Pauses before the second, third and fourth attempt, in seconds.
PAUSES_S = (0.2, 1.0, 4.0)
CONNECTIONS = 32
# What a device's store writes too: which bytes these are, told without reading them.
SHA256 = "sha256"
NO_BUCKET = Failure("final", "404", "create the bucket, or correct its name in --store")

Answer = TypeVar("Answer")


class S3Store:
    """A bucket, or a prefix of it that ends with a slash; `pauses` in seconds stand between attempts."""

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        connect_timeout: float = CONNECT_TIMEOUT_S,
        read_timeout: float = READ_TIMEOUT_S,
        pauses: tuple[float, ...] = PAUSES_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._pauses = pauses
        self._sleep = sleep
        where = f"bucket {bucket}{f'/{prefix}' if prefix else ''}"
        try:
            self._client, endpoint = _connect(connect_timeout, read_timeout)
        except (BotoCoreError, ValueError) as error:
            raise TrainerError(f"{where}: {explain(error).text}") from error
        self.description = f"{where} at {endpoint}"

    def list(self, prefix: str) -> list[Listed]:
        """Page by page, 1,000 keys each."""
        found: list[Listed] = []
        token: dict[str, str] = {}
        while True:
            page = self._asked(f"list {prefix}", partial(self._page, prefix, token))
            if page is None:
                raise self._error(f"list {prefix}", NO_BUCKET)
            for entry in page.get("Contents", ()):
                found.append(Listed(entry["Key"][len(self._prefix) :], entry["Size"]))
            if not page.get("IsTruncated"):
                return sorted(found, key=lambda entry: entry.key.encode())
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _page(self, prefix: str, token: dict[str, str]) -> dict[str, Any]:
        return self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix + prefix, **token)

    def get(self, key: str, limit: int = MAX_OBJECT_BYTES) -> bytes | None:
        """The object's bytes; an answer that breaks off is asked for again."""
        return self._asked(f"get {key}", lambda: self._body(key, limit, {}))

    def tail(self, key: str, count: int) -> bytes | None:
        """The object's last bytes."""
        return self._asked(f"get {key}", lambda: self._body(key, count, {"Range": f"bytes=-{count}"}))

    def _body(self, key: str, limit: int, more: dict[str, str]) -> bytes:
        answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + check_key(key), **more)
        with answer["Body"] as body:
            size = int(answer["ContentLength"])
            if size > limit:
                raise TrainerError(f"{key} in {self.description} has {size:,} bytes, limit {limit:,}")
            return body.read()

    def put_new(self, key: str, body: bytes) -> Placed:
        """Put under If-None-Match "*"; whatever else is answered than 200, a look at the key tells what is there."""
        digest = hashlib.sha256(body).hexdigest()
        what = f"put {key}"
        last = Failure("again", "")
        for pause in (*self._pauses, None):
            try:
                self._put(key, body, digest, {"IfNoneMatch": "*"})
                return "stored"
            except (BotoCoreError, ClientError, HTTPError, OSError) as error:
                last = explain(error)
            if last.kind == "missing":
                raise self._error(what, NO_BUCKET)
            if last.kind == "final":
                raise self._error(what, last)
            there = self._digest_at(key)
            if there is not None:
                return "same" if there == digest else "other"
            if pause is not None:
                self._sleep(pause)
        raise self._error(what, last)

    def put(self, key: str, body: bytes) -> None:
        """Put over whatever is there."""
        digest = hashlib.sha256(body).hexdigest()
        if self._asked(f"put {key}", lambda: self._put(key, body, digest, {})) is None:
            raise self._error(f"put {key}", NO_BUCKET)

    def delete(self, key: str) -> None:
        """Remove the object."""
        self._asked(
            f"delete {key}",
            lambda: self._client.delete_object(Bucket=self._bucket, Key=self._prefix + check_key(key)),
        )

    def _put(self, key: str, body: bytes, digest: str, more: dict[str, str]) -> Any:  # noqa: ANN401 - boto3 has no types
        return self._client.put_object(
            Bucket=self._bucket,
            Key=self._prefix + check_key(key),
            Body=body,
            ContentType="application/octet-stream",
            Metadata={SHA256: digest},
            **more,
        )

    def _digest_at(self, key: str) -> str | None:
        """SHA-256 of the object under a key, from its metadata or else its bytes; None when there is none."""
        head = self._asked(
            f"head {key}", lambda: self._client.head_object(Bucket=self._bucket, Key=self._prefix + check_key(key))
        )
        if head is None:
            return None
        told = head.get("Metadata", {}).get(SHA256)
        if told:
            return str(told)
        body = self.get(key, max(MAX_OBJECT_BYTES, int(head["ContentLength"])))
        return None if body is None else hashlib.sha256(body).hexdigest()

    def _asked(self, what: str, request: Callable[[], Answer]) -> Answer | None:
        """The answer to a request that may be repeated; None for "no such object". Raises TrainerError."""
        failure = Failure("again", "")
        for pause in (*self._pauses, None):
            try:
                return request()
            except (BotoCoreError, ClientError, HTTPError, OSError) as error:
                failure = explain(error)
            if failure.kind == "missing":
                return None
            if failure.kind != "again":
                break
            if pause is not None:
                self._sleep(pause)
        raise self._error(what, failure)

    def _error(self, what: str, failure: Failure) -> TrainerError:
        attempts = f" (tried {len(self._pauses) + 1} times)" if failure.kind == "again" else ""
        return TrainerError(f"cannot {what} in {self.description}{attempts}: {failure.text}")


def _timestamp(value: Any) -> datetime:  # noqa: ANN401 - text, or seconds since 1970
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return parse_timestamp(value)


def _connect(connect_timeout: float, read_timeout: float) -> tuple[Any, str]:
    """A client and where it goes; its bucket stands in the path unless the server is AWS's own."""
    plain = botocore.session.get_session()
    # Of a listing's cost, three quarters were the guesses of dateutil about the time of each object.
    plain.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_timestamp)
    session = boto3.session.Session(botocore_session=plain)

    def client(style: str) -> Any:  # noqa: ANN401 - boto3 has no types
        return session.client(
            "s3",
            region_name=session.region_name or "us-east-1",
            config=BotoConfig(
                connect_timeout=connect_timeout,
                read_timeout=read_timeout,
                retries={"total_max_attempts": 1},
                max_pool_connections=CONNECTIONS,
                s3={"addressing_style": style},
                # The signature already covers the body; servers other than AWS trip over the newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    made = client("path")
    endpoint = str(made.meta.endpoint_url)
    host = urlsplit(endpoint).hostname or ""
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        made, endpoint = client("auto"), f"AWS {made.meta.region_name}"
    return made, endpoint
