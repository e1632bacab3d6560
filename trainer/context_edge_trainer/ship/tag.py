"""Tags the commit that a release was made from: `model-v<version>` in the git repository of the working directory."""

import subprocess
from pathlib import Path

from ..errors import TrainerError


def tag_name(version: str) -> str:
    """The tag of a version."""
    return f"model-v{version}"


def check_tag(name: str | None, repository: Path) -> str:
    """The commit that would be tagged. Raises TrainerError where there is none, or the tag stands elsewhere already."""
    commit = _git(repository, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if commit is None:
        raise TrainerError(f"--tag: {repository} is no git repository with a commit: start the command inside one")
    if name is None:
        return commit
    if _git(repository, "check-ref-format", f"refs/tags/{name}") is None:
        raise TrainerError(f"--tag: git takes no tag with the name {name!r}: choose another version")
    tagged = _git(repository, "rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}")
    if tagged not in (None, commit):
        raise TrainerError(
            f"--tag: {name} stands on commit {tagged[:12]} already, and this is {commit[:12]}: choose another version "
            "(--model-version), or remove that tag"
        )
    return commit


def tag(version: str, repository: Path) -> str:
    """Set the tag, or leave it where it stands on this very commit. Returns its name. Raises TrainerError."""
    name = tag_name(version)
    commit = check_tag(name, repository)
    if _git(repository, "rev-parse", "--verify", "--quiet", f"refs/tags/{name}") is None:
        done = _run(repository, "tag", name, commit)
        if done.returncode != 0:
            raise TrainerError(f"--tag: git could not set {name}: {done.stderr.strip()}")
    return name


def _git(repository: Path, *arguments: str) -> str | None:
    """What git answers, or None when it says no."""
    done = _run(repository, *arguments)
    return done.stdout.strip() if done.returncode == 0 else None


def _run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise TrainerError("--tag: git is not installed") from error
