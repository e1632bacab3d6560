"""The reference library of OpenSSF Model Signing, asked over a pipe: one JSON object a line in, one answer a line out.

{"sign": folder, "key": private PEM}                           writes folder/model.sig
{"verify": folder, "signature": file, "key": public PEM}
Answers {"ok": true} or {"ok": false, "why": "…"}.
"""

import contextlib
import json
import sys
from pathlib import Path

import model_signing


def sign(folder: Path, key: Path) -> None:
    """As `model_signing sign key` does: the signature lies beside what it signs, and is left out of it."""
    signature = folder / "model.sig"
    hashing = model_signing.hashing.Config().set_ignored_paths(paths=[Path(signature.name)])
    config = model_signing.signing.Config().use_elliptic_key_signer(private_key=key)
    config.set_hashing_config(hashing).sign(folder, signature)


def verify(folder: Path, signature: Path, key: Path) -> None:
    """As `model_signing verify key` does, which leaves out what the bundle says."""
    beside = [signature.relative_to(folder)] if signature.is_relative_to(folder) else []
    hashing = model_signing.hashing.Config().set_ignored_paths(paths=beside)
    config = model_signing.verifying.Config().use_elliptic_key_verifier(public_key=key)
    config.set_hashing_config(hashing).verify(folder, signature)


for line in sys.stdin:
    asked = json.loads(line)
    try:
        # The library prints warnings where the answers go.
        with contextlib.redirect_stdout(sys.stderr):
            if "sign" in asked:
                sign(Path(asked["sign"]), Path(asked["key"]))
            else:
                verify(Path(asked["verify"]), Path(asked["signature"]), Path(asked["key"]))
        answer = {"ok": True}
    except Exception as error:  # noqa: BLE001 - whatever it throws, it refuses
        answer = {"ok": False, "why": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
