"""One retraining per cause, whoever starts it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from context_edge_trainer.__main__ import main
from context_edge_trainer.data.trigger import parse_body, trigger
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.store.folder_store import FolderStore


@pytest.mark.parametrize(
    "cause", ["month-2026-11", "count-20261124T013000Z-0123abcd", "count-none", "fpr-0123abcd-1", "fpr-0123abcd-12"]
)
def test_the_first_of_many_starters_creates_the_trigger(tmp_path: Path, cause: str) -> None:
    store = FolderStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda number: trigger(store, "pumps", cause, {"by": number}), range(8)))
    assert sorted(first) == [False] * 7 + [True]
    document = orjson.loads((tmp_path / "triggers" / "pumps" / f"{cause}.json").read_bytes())
    assert (document["model"], document["cause"], document["by"]) == ("pumps", cause, first.index(True))
    assert trigger(store, "fans", cause)


@pytest.mark.parametrize(
    "cause",
    ["", "month-2026-13", "month-2026-1", "weekly-1", "fpr-0123ABCD-1", "fpr-0123abcd-0", "count-", "count-a/b"],
)
def test_a_cause_that_others_would_name_differently_is_refused(tmp_path: Path, cause: str) -> None:
    with pytest.raises(TrainerError, match="month-2026-11, count-<snapshot> or fpr-"):
        trigger(FolderStore(tmp_path), "pumps", cause)
    with pytest.raises(TrainerError, match=r"--model 'a\.\.b'"):
        trigger(FolderStore(tmp_path), "a..b", "month-2026-11")


def test_what_a_starter_adds_never_stands_in_for_what_must_be_there(tmp_path: Path) -> None:
    trigger(FolderStore(tmp_path), "pumps", "month-2026-11", parse_body('{"model": "x", "run": 7}'))
    document = orjson.loads((tmp_path / "triggers" / "pumps" / "month-2026-11.json").read_bytes())
    assert (document["model"], document["run"]) == ("pumps", 7)
    for text in ("[1]", "{half", '"' + "x" * 70_000 + '"'):
        with pytest.raises(TrainerError, match="--body"):
            parse_body(text)


def test_the_command_tells_who_is_first_by_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "trigger",
        "--store",
        str(tmp_path),
        "--model",
        "pumps",
        "--cause",
        "month-2026-11",
        "--body",
        '{"by": 1}',
    ]
    assert main(command) == 0
    assert main(command) == 4
    assert f"month-2026-11 of pumps is triggered already in folder {tmp_path}" in capsys.readouterr().err
    assert main([*command[:-1], "[]"]) == 2


def test_a_starter_that_begins_again_finds_its_own_trigger(tmp_path: Path) -> None:
    command = ["trigger", "--store", str(tmp_path), "--model", "pumps", "--cause", "month-2026-11"]
    assert main([*command, "--id", "github-42"]) == 0
    file = tmp_path / "triggers" / "pumps" / "month-2026-11.json"
    before = file.read_bytes()
    assert main([*command, "--id", "github-42"]) == 0
    assert file.read_bytes() == before
    assert main([*command, "--id", "github-43"]) == 4
    assert main(command) == 4
    file.write_bytes(b"{half")
    assert main([*command, "--id", "github-42"]) == 4
    assert main([*command, "--id", "a b"]) == 2
