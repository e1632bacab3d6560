"""The stages one by one, each from the command line: what is missing is named, gates hold, waivers and wishes count."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from context_edge_trainer.__main__ import main
from context_edge_trainer.store.store import open_store

from .conftest import CONFIG, plant, write_key, write_store
from .test_stop import QUICK

STAGES = ("snapshot", "train", "evaluate", "export", "release")
WAIVER = """
[[waivers]]
gate = "accuracy"
by = "J. Ortega"
reason = "Pilot only."
"""


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder after `export`, and all it was made from."""
    folder = tmp_path_factory.mktemp("commands")
    (folder / "pumps.toml").write_text(CONFIG.replace("epochs = 6", "epochs = 3") + QUICK, encoding="utf-8")
    write_store(folder / "store", plant(800))
    write_key(folder)
    for stage in STAGES[:-1]:
        assert command(folder, stage) == 0, stage
    return folder


@pytest.fixture
def folder(worked: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(worked, tmp_path / "copy"))


def command(folder: Path, stage: str, *more: str) -> int:
    places = ["--config", str(folder / "pumps.toml"), "--out", str(folder / "out")]
    store = ["--store", str(folder / "store")] if stage in ("snapshot", "release", "run") else []
    return main([stage, *places, *store, *more])


def stricter(folder: Path, more: str = "") -> None:
    """A gate that no model passes."""
    path = folder / "pumps.toml"
    changed = path.read_text(encoding="utf-8").replace("accuracy = 0.5", "accuracy = 1")
    path.write_text(changed + more, encoding="utf-8")


@pytest.mark.parametrize(("stage", "before"), [*zip(STAGES[1:], STAGES, strict=False)][:3])
def test_a_stage_without_its_input_names_the_command_that_makes_it(
    stage: str, before: str, worked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pumps.toml").write_bytes((worked / "pumps.toml").read_bytes())
    if stage == "evaluate":
        shutil.copytree(worked / "out" / "snapshot", tmp_path / "out" / "snapshot")
    assert command(tmp_path, stage) == 2
    assert "run the command `" + ("train" if stage == "export" else before) in capsys.readouterr().err


def test_nothing_is_released_when_a_gate_fails_and_a_waiver_by_name_holds(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stricter(folder)
    assert command(folder, "release") == 3
    assert "not released: accuracy is" in capsys.readouterr().err
    assert not (folder / "out" / "release").exists()
    with (folder / "pumps.toml").open("a", encoding="utf-8") as file:
        file.write(WAIVER)
    assert command(folder, "release") == 0
    report = json.loads((folder / "out" / "release" / "report.json").read_text(encoding="utf-8"))
    (gate,) = [gate for gate in report["gates"] if gate["name"] == "accuracy"]
    assert (gate["result"], gate["waived_by"]) == ("waived", "J. Ortega")


def test_a_release_is_published_under_the_version_of_the_command_line_and_again_is_fine(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wishes = ["--model-version", "7.0.1", "--key", str(folder / "release.pem"), "--publish"]
    assert command(folder, "release", *wishes) == 0
    assert command(folder, "release", *wishes) == 0
    assert "the same release" in capsys.readouterr().err
    stored = open_store(str(folder / "store")).get("releases/pumps/7.0.1.json")
    assert stored is not None
    described = json.loads((folder / "out" / "release" / "model.json").read_text(encoding="utf-8"))
    assert described["version"] == "7.0.1"
    # Another export is another moment: other bytes under the same version.
    assert command(folder, "export") == 0
    assert command(folder, "release", *wishes) == 2
    assert "version taken: releases/pumps/7.0.1.json" in capsys.readouterr().err


def test_a_run_says_before_it_begins_what_would_end_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    key = ["--key", str(folder / "release.pem")]
    open_store(str(folder / "store")).put_new("releases/pumps/9.json", b"{}")
    for wishes, saying in (
        (["--publish"], "--publish needs --key"),
        (["--key", str(folder / "release.pub.pem")], "the public half"),
        (["--tag"], "no git repository"),
        (["--model-version", "V 1"], "--model-version 'V 1'"),
        ([*key, "--publish", "--model-version", "9"], "version taken: releases/pumps/9.json"),
        (["--current", str(folder / "nothing")], "nothing"),
        (["--best-possible", str(folder / "nothing")], "nothing"),
    ):
        before = sorted(path.stat().st_mtime_ns for path in (folder / "out").rglob("*"))
        assert command(folder, "run", *wishes) == 2, wishes
        assert saying in capsys.readouterr().err
        assert sorted(path.stat().st_mtime_ns for path in (folder / "out").rglob("*")) == before


def test_the_commit_is_tagged_with_the_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    assert command(folder, "release", "--tag") == 0
    assert subprocess.run([*git, "tag"], check=True, capture_output=True, text=True).stdout == "model-v0.1.0\n"


def test_without_int8_there_is_none_and_no_gate_for_it(folder: Path) -> None:
    with (folder / "pumps.toml").open("a", encoding="utf-8") as file:
        file.write("[export]\nint8 = false\n")
    assert command(folder, "export") == 0
    assert command(folder, "release") == 0
    names = {path.name for path in (folder / "out" / "release").iterdir()}
    assert names == {"golden.json", "model.json", "model.onnx", "report.json"}
    report = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    assert "int8_drop" not in [gate["name"] for gate in report["gates"]]


@pytest.mark.parametrize(
    ("old", "new", "saying"),
    [
        ('name = "pumps"', 'name = "fans"', "run the commands from `snapshot` on again"),
        ('salt = "tests"', 'salt = "other"', "run the command `train` again"),
        ('name = "leak"', 'name = "leakage"', "run the command `train` again"),
        ("[training]", "[policy]\nalert_confidence = 0.5\n[training]", "run the command `evaluate` again"),
    ],
)
def test_gates_that_were_measured_under_another_configuration_release_nothing(
    old: str, new: str, saying: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "pumps.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert command(folder, "release") == 2
    assert saying in capsys.readouterr().err
    assert not (folder / "out" / "release").exists()


@pytest.mark.parametrize("stage", ["evaluate", "export"])
def test_a_network_that_was_not_measured_or_not_exported_is_not_released(
    stage: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As if a stage had been killed, or another work folder's result had been put there."""
    before = Path(shutil.copytree(folder / "out", tmp_path / "before"))
    path = folder / "pumps.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("epochs = 3", "epochs = 2"), encoding="utf-8")
    assert [command(folder, again) for again in STAGES[1:-1]] == [0, 0, 0]
    shutil.rmtree(folder / "out" / stage)
    shutil.copytree(before / stage, folder / "out" / stage)
    assert command(folder, "release") == 2
    assert f"is of another network than {folder / 'out' / 'train'} holds: run the command `{stage}` again" in (
        capsys.readouterr().err
    )


def test_what_is_older_goes_before_what_is_newer_comes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(folder, "release") == 0

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("context_edge_trainer.data.snapshot.put_folder", stopped)
    assert command(folder, "snapshot") == 130
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["snapshot", "train"]


def test_a_newer_result_takes_away_what_speaks_of_the_older_one(folder: Path) -> None:
    assert command(folder, "release") == 0
    assert command(folder, "snapshot") == 0
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["snapshot", "train"]
