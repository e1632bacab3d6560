"""The tag says which commit a release was made from, and never moves."""

import subprocess
from pathlib import Path

import pytest

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.ship.tag import check_tag, tag


def git(repository: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments]
    return subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    return tmp_path


def test_the_commit_is_tagged_once_and_again_is_fine(repository: Path) -> None:
    assert tag("1.0.0", repository) == "model-v1.0.0"
    assert tag("1.0.0", repository) == "model-v1.0.0"
    assert git(repository, "rev-parse", "model-v1.0.0^{commit}") == git(repository, "rev-parse", "HEAD")


def test_a_tag_on_another_commit_stays_there(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "-a", "model-v1.0.0", "-m", "annotated")
    git(repository, "commit", "-q", "--allow-empty", "-m", "second")
    second = git(repository, "rev-parse", "HEAD")
    with pytest.raises(TrainerError, match=f"stands on commit {first[:12]} already, and this is {second[:12]}"):
        tag("1.0.0", repository)
    assert git(repository, "rev-parse", "model-v1.0.0^{commit}") == first


def test_where_there_is_nothing_to_tag_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(TrainerError, match="is no git repository with a commit"):
        check_tag("model-v1", tmp_path)
    git(tmp_path, "init", "-q")
    with pytest.raises(TrainerError, match="is no git repository with a commit"):
        check_tag("model-v1", tmp_path)


def test_a_version_that_git_takes_for_no_tag_is_named(repository: Path) -> None:
    with pytest.raises(TrainerError, match=r"git takes no tag with the name 'model-v1\.lock'"):
        tag("1.lock", repository)


def test_without_git_it_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(TrainerError, match="git is not installed"):
        tag("1.0.0", repository)
