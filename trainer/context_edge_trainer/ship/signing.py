"""Signs a release with the reference library of OpenSSF Model Signing v1.0, in key mode: ECDSA P-256 with SHA-256.

The signature is one bundle (DSSE around an in-toto statement); its subject's digest stands for the whole folder. Every
signature is other bytes, so two releases are compared by that digest, never by their bundles.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ..errors import TrainerError

SIGNATURE = "model.sig"
MAKE_KEY = "make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out release.pem"


def check_key(path: Path) -> None:
    """Raise TrainerError unless a file holds a private key that can sign a release."""
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise TrainerError(f"--key {path}: {error.strerror}; {MAKE_KEY}") from error
    if b"PUBLIC KEY-----" in pem or b"CERTIFICATE-----" in pem:
        raise TrainerError(f"--key {path}: this is the public half, which verifies; signing needs the private key")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise TrainerError(
            f"--key {path}: the key is encrypted, and nobody is there to type its password; "
            "decrypt it into a file that only this user can read: openssl pkey -in … -out …"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TrainerError(f"--key {path}: not a private key in PEM ({error}); {MAKE_KEY}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        kind = type(key).__name__.lstrip("_").removesuffix("PrivateKey")
        raise TrainerError(f"--key {path}: an {kind} key; a release is signed with ECDSA P-256; {MAKE_KEY}")
    if not isinstance(key.curve, ec.SECP256R1):
        raise TrainerError(f"--key {path}: a key on the curve {key.curve.name}; P-256 is needed; {MAKE_KEY}")


def sign_folder(folder: Path, key: Path) -> bytes:
    """The bundle over all files of a folder, to stand in it as model.sig. Raises TrainerError."""
    check_key(key)
    # Imported here: what never signs need not wait for it.
    from model_signing import hashing, signing

    # The bundle itself may lie in the folder when it is verified.
    hashed = hashing.Config().set_ignored_paths(paths=[SIGNATURE], ignore_git_paths=True)
    target = folder.parent / f".{folder.name}.{SIGNATURE}.partial"
    try:
        signing.Config().set_hashing_config(hashed).use_elliptic_key_signer(private_key=key).sign(folder, target)
        return target.read_bytes()
    except (OSError, ValueError) as error:
        raise TrainerError(f"{folder} cannot be signed: {error}") from error
    finally:
        target.unlink(missing_ok=True)


@dataclass(frozen=True)
class Signed:
    """What a bundle signs: the root digest that a release is known by, and the SHA-256 of each file, hex."""

    digest: str
    files: dict[str, str]


def read_signed(bundle: bytes) -> Signed:
    """What a bundle signs. Raises ValueError for what is no bundle.

    The signature is not verified here: this tells releases apart, it does not trust them.
    """
    try:
        statement: Any = json.loads(base64.b64decode(json.loads(bundle)["dsseEnvelope"]["payload"], validate=True))
        (subject,) = statement["subject"]
        files = {str(entry["name"]): str(entry["digest"]) for entry in statement["predicate"]["resources"]}
        return Signed(str(subject["digest"]["sha256"]), files)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("no signature bundle") from error
