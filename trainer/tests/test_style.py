"""The package is typed and formatted throughout. What the tools remember between runs lies in the environment."""

import subprocess
import sys
from pathlib import Path

import pytest

TRAINER = Path(__file__).parents[1]
MEMORY = Path(sys.prefix) / "cache"


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--quiet", "--cache-dir", str(MEMORY / "ruff")],
        ["ruff", "format", "--check", "--quiet", "--cache-dir", str(MEMORY / "ruff")],
        ["mypy", "--cache-dir", str(MEMORY / "mypy")],
    ],
    ids=["lint", "format", "types"],
)
def test_tools_have_nothing_to_say(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=TRAINER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
