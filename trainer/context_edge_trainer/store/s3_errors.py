"""What a failed request to S3 means: whether to try again, and what a person can mend.

Servers differ: what decides is the error's code where it is telling, else the status.
"""

import ssl
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSLError,
)
from urllib3.exceptions import HTTPError

Kind = Literal["missing", "condition", "again", "final"]


@dataclass(frozen=True)
class Failure:
    """`again`: it may succeed, or may have been carried out; `final`: not before somebody changes something."""

    kind: Kind
    detail: str
    remedy: str = ""

    @property
    def text(self) -> str:
        """For people."""
        return f"{self.detail}; {self.remedy}" if self.remedy else self.detail


# What boto3 calls a connection that was refused or broke off; of the body, urllib3's own word for it comes through.
BROKEN = (HTTPClientError, ConnectionError, IncompleteReadError, HTTPError, OSError)
REACH = "look whether it runs and can be reached"

_BUCKET = "create the bucket, or correct its name in --store"
_KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_CLOCK = "this machine's clock and the server's are too far apart: set the time (NTP)"
_REGION = "correct the region (AWS_REGION) or the endpoint (AWS_ENDPOINT_URL_S3)"
_FULL = "the server's disk is full: make room there"
_UNKNOWN_KEY = "the access key is not known there: correct AWS_ACCESS_KEY_ID"

_CODES: dict[str, tuple[Kind, str]] = {
    "NoSuchBucket": ("final", _BUCKET),
    "InvalidBucketName": ("final", _BUCKET),
    "NoSuchKey": ("missing", ""),
    "InvalidAccessKeyId": ("final", _UNKNOWN_KEY),
    # versitygw says so, with 404.
    "XAdminUserNotFound": ("final", _UNKNOWN_KEY),
    "SignatureDoesNotMatch": ("final", "the secret does not belong to the access key: correct AWS_SECRET_ACCESS_KEY"),
    "ExpiredToken": ("final", "the session has expired: take new credentials"),
    "InvalidToken": ("final", "AWS_SESSION_TOKEN does not belong to the access key"),
    "RequestTimeTooSkewed": ("final", _CLOCK),
    "RequestExpired": ("final", _CLOCK),
    "AuthorizationHeaderMalformed": ("final", _REGION),
    "PermanentRedirect": ("final", _REGION),
    "NotImplemented": ("final", "the server lacks conditional writes: use another"),
    "EntityTooLarge": ("final", "the server takes no object that large"),
    "PreconditionFailed": ("condition", ""),
    # Two writers met; AWS asks to try again.
    "ConditionalRequestConflict": ("again", ""),
    "OperationAborted": ("again", ""),
    # The body did not arrive as it was sent, or not in time.
    "RequestTimeout": ("again", ""),
    "IncompleteBody": ("again", ""),
    "BadDigest": ("again", ""),
    "SlowDown": ("again", ""),
    "InsufficientStorage": ("final", _FULL),
    "XMinioStorageFull": ("final", _FULL),
    "QuotaExceeded": ("final", "the bucket's quota is used up: raise it, or make room"),
}
_INSUFFICIENT_STORAGE = 507


def explain(thrown: Exception) -> Failure:
    """Sort what boto3 throws."""
    if isinstance(thrown, ClientError):
        return _answer(thrown)
    if isinstance(thrown, NoCredentialsError):
        return Failure("final", "no credentials", _KEYS)
    if isinstance(thrown, PartialCredentialsError):
        return Failure("final", "only half of the credentials", _KEYS)
    if isinstance(thrown, ProfileNotFound | CredentialRetrievalError):
        return Failure("final", str(thrown), _KEYS)
    if isinstance(thrown, SSLError | ssl.SSLError):
        return Failure("final", f"TLS failed: {thrown}", "AWS_CA_BUNDLE names further certificates to trust")
    if isinstance(thrown, ConnectTimeoutError | ReadTimeoutError):
        return Failure("again", "the server did not answer in time", REACH)
    if isinstance(thrown, BROKEN):
        return Failure("again", f"the connection failed: {thrown}", REACH)
    return Failure("final", f"{type(thrown).__name__}: {thrown}")


def _answer(error: ClientError) -> Failure:
    answer = error.response.get("Error", {})
    code = str(answer.get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    # An answer to HEAD has no body, so its "code" is the status once more.
    detail = " ".join(
        part for part in (str(status), code if code != str(status) else "", answer.get("Message")) if part
    )
    kind, remedy = _CODES.get(code) or _by_status(status)
    return Failure(kind, detail, remedy)


def _by_status(status: int) -> tuple[Kind, str]:
    if status == 412:
        return "condition", ""
    if status == 404:
        return "missing", ""
    if status in (401, 403):
        return "final", "check access key and secret, and what the key may do with this bucket"
    if status == _INSUFFICIENT_STORAGE:
        return "final", _FULL
    if status in (409, 429) or status >= 500:
        return "again", ""
    if 300 <= status < 400:
        return "final", _REGION
    return "final", ""
