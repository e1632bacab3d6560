"""A file is there whole or not at all; what the disk refuses is said with the way to mend it."""

import json
import resource
from pathlib import Path

import pytest

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.files import read_json, start_clean, write_bytes, write_json, writing


def test_a_file_replaces_the_old_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "down" / "a.json"
    write_json(target, {"unit": "°C"})
    write_json(target, {"unit": "mm/s"})
    assert json.loads(target.read_text(encoding="utf-8")) == {"unit": "mm/s"}
    assert [path.name for path in target.parent.iterdir()] == ["a.json"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_a_stop_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path, stop: type[BaseException]) -> None:
    target = tmp_path / "a.bin"
    write_bytes(target, b"old")

    def stopped() -> None:
        with writing(target) as temporary:
            temporary.write_bytes(b"half of the ne")
            raise stop

    with pytest.raises(stop):
        stopped()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_disk_that_takes_no_more_says_how_to_mend_it(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(TrainerError, match=r"a\.bin cannot be written: File too large .* bytes are free .*ulimit"):
            write_bytes(tmp_path / "a.bin", bytes(8192))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    for path in (tmp_path / "taken" / "a.json", tmp_path / "taken" / "deeper" / "a.json"):
        with pytest.raises(TrainerError, match="cannot be written"):
            write_json(path, {})
    with pytest.raises(TrainerError, match="cannot be written"):
        start_clean(tmp_path / "taken")


def test_a_missing_or_damaged_input_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="is missing: run the command `train` with the same --out first"):
        read_json(tmp_path / "train.json", "train")
    (tmp_path / "train.json").write_text('{"half": ', encoding="utf-8")
    with pytest.raises(TrainerError, match=r"is damaged .* run the command `train` again"):
        read_json(tmp_path / "train.json", "train")


def test_a_stage_starts_in_an_empty_folder(tmp_path: Path) -> None:
    write_bytes(tmp_path / "export" / "old" / "model.onnx", b"old")
    assert list(start_clean(tmp_path / "export").iterdir()) == []
