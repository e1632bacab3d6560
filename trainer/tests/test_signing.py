"""What is signed here, the reference library verifies; a key that cannot sign says why, and what to do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.ship.signing import SIGNATURE, check_key, read_signed, sign_folder

from .conftest import write_key

PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
PLAIN = serialization.NoEncryption()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pumps-0.1.0"
    made.mkdir()
    (made / "model.json").write_text("{}", encoding="utf-8")
    (made / "model.onnx").write_bytes(bytes(range(256)))
    return made


def verified(folder: Path, public: Path) -> bool:
    command = ["verify", "key", folder, "--public_key", public, "--signature", folder / SIGNATURE]
    return subprocess.run([sys.executable, "-m", "model_signing", *command], capture_output=True).returncode == 0


def test_the_reference_verifies_what_was_signed_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    private, public = write_key(tmp_path)
    (folder / SIGNATURE).write_bytes(sign_folder(folder, private))
    assert verified(folder, public)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pumps-0.1.0", "release.pem", "release.pub.pem"]
    (folder / "model.onnx").write_bytes(bytes(255) + b"\xfe")
    assert not verified(folder, public)


def test_two_signatures_of_the_same_files_are_one_release(folder: Path, tmp_path: Path) -> None:
    private, _ = write_key(tmp_path)
    first, second = sign_folder(folder, private), sign_folder(folder, private)
    assert first != second
    assert read_signed(first) == read_signed(second)
    assert list(read_signed(first).files) == ["model.json", "model.onnx"]
    (folder / "model.json").write_text("{ }", encoding="utf-8")
    assert read_signed(sign_folder(folder, private)).digest != read_signed(first).digest


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"dsseEnvelope": {"payload": "e30="}}', b"\xff\xfe"])
def test_what_is_no_bundle_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ValueError, match="no signature bundle"):
        read_signed(content)


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(PEM, PKCS8, PLAIN)


P256 = ec.generate_private_key(ec.SECP256R1())
WRONG = {
    "rsa": (private_pem(rsa.generate_private_key(65537, 2048)), "an RSA key; .* ECDSA P-256; make one with: openssl"),
    "ed25519": (private_pem(ed25519.Ed25519PrivateKey.generate()), "an Ed25519 key"),
    "p384": (private_pem(ec.generate_private_key(ec.SECP384R1())), "curve secp384r1; P-256 is needed"),
    "encrypted": (
        P256.private_bytes(PEM, PKCS8, serialization.BestAvailableEncryption(b"s")),
        "is encrypted, .* openssl",
    ),
    "public": (P256.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo), "the public half"),
    "der": (P256.private_bytes(serialization.Encoding.DER, PKCS8, PLAIN), "not a private key in PEM"),
    "cut short": (private_pem(P256)[:100], "not a private key in PEM"),
    "empty": (b"", "not a private key in PEM"),
    "json": (json.dumps({"kty": "EC"}).encode(), "not a private key in PEM"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_key_that_cannot_sign_says_why(kind: str, tmp_path: Path) -> None:
    content, saying = WRONG[kind]
    path = tmp_path / "release.pem"
    path.write_bytes(content)
    with pytest.raises(TrainerError, match=saying) as raised:
        check_key(path)
    assert str(raised.value).startswith(f"--key {path}: ")


def test_a_key_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="No such file or directory; make one with: openssl genpkey"):
        check_key(tmp_path / "none.pem")
    with pytest.raises(TrainerError, match="Is a directory"):
        check_key(tmp_path)


def test_the_line_that_makes_a_key_makes_one_that_signs(tmp_path: Path) -> None:
    with pytest.raises(TrainerError) as raised:
        check_key(tmp_path / "release.pem")
    line = str(raised.value).split("make one with: ")[1]
    subprocess.run(line, shell=True, cwd=tmp_path, check=True, capture_output=True)
    check_key(tmp_path / "release.pem")
