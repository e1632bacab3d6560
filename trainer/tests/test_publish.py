"""A release is put into the store whole, once: its files by content, its bundle last, and never over another."""

import json
import shutil
from pathlib import Path

import pytest

from context_edge_trainer.errors import TrainerError
from context_edge_trainer.files import json_bytes
from context_edge_trainer.ship.publish import bundle_key, publish
from context_edge_trainer.ship.signing import SIGNATURE, read_signed, sign_folder
from context_edge_trainer.store.store import Store, open_store

from .conftest import write_key

KEY = "releases/pumps/1.0.0.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A signed release, as far as publishing looks at one."""
    made = tmp_path / "pumps-1.0.0"
    made.mkdir()
    (made / "model.json").write_bytes(json_bytes({"name": "pumps", "version": "1.0.0"}))
    (made / "model.onnx").write_bytes(b"weights")
    resign(made, tmp_path)
    return made


def resign(folder: Path, keys: Path) -> bytes:
    (folder / SIGNATURE).unlink(missing_ok=True)
    private = keys / "release.pem"
    bundle = sign_folder(folder, private if private.exists() else write_key(keys)[0])
    (folder / SIGNATURE).write_bytes(bundle)
    return bundle


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "store").mkdir()
    return open_store(str(tmp_path / "store"))


def test_every_file_stands_under_its_hash_and_the_bundle_names_them(folder: Path, store: Store) -> None:
    assert publish(folder, store, print) == KEY
    bundle = store.get(KEY)
    assert bundle == (folder / SIGNATURE).read_bytes()
    assert bundle is not None
    files = read_signed(bundle).files
    assert sorted(files) == ["model.json", "model.onnx"]
    for name, digest in files.items():
        assert store.get(f"blobs/sha256/{digest}") == (folder / name).read_bytes()


def test_the_same_release_signed_again_is_there_already(
    folder: Path, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(folder, store, print)
    first = store.get(KEY)
    assert resign(folder, tmp_path) != first
    publish(folder, store, print)
    assert store.get(KEY) == first
    assert f"{KEY} is in" in capsys.readouterr().out.splitlines()[-1]


def test_a_version_with_other_bytes_is_taken_and_both_are_named(folder: Path, store: Store, tmp_path: Path) -> None:
    publish(folder, store, print)
    first = read_signed((folder / SIGNATURE).read_bytes()).digest
    (folder / "model.onnx").write_bytes(b"other weights")
    second = read_signed(resign(folder, tmp_path)).digest
    before = {entry.key for entry in store.list("")}
    with pytest.raises(
        TrainerError, match=f"version taken: {KEY} .* the release {first}, and this is {second}; .*version"
    ):
        publish(folder, store, print)
    assert {entry.key for entry in store.list("")} == before


def test_two_who_release_a_version_at_once_are_told_apart(folder: Path, store: Store, tmp_path: Path) -> None:
    """The other one's bundle comes between the first look and the last put."""
    other = tmp_path / "other" / "pumps-1.0.0"
    shutil.copytree(folder, other)
    (other / "model.onnx").write_bytes(b"other weights")
    theirs = resign(other, tmp_path)

    class Late:
        description = store.description
        list, put, delete, tail = store.list, store.put, store.delete, store.tail
        looks = 0

        def get(self, key: str, limit: int = 1 << 20) -> bytes | None:
            self.looks += 1
            return None if self.looks == 1 else store.get(key, limit)

        put_new = staticmethod(store.put_new)

    store.put_new(KEY, theirs)
    with pytest.raises(TrainerError, match="version taken"):
        publish(folder, Late(), print)
    assert store.get(KEY) == theirs


def test_something_else_in_its_place_is_not_taken_for_a_release(folder: Path, store: Store) -> None:
    store.put_new(KEY, b"{}")
    with pytest.raises(TrainerError, match=r"version taken: .* is no signature bundle"):
        publish(folder, store, print)


def test_a_file_changed_after_it_was_signed_is_not_published(folder: Path, store: Store) -> None:
    (folder / "model.onnx").write_bytes(b"weightz")
    with pytest.raises(TrainerError, match=r"model\.onnx was changed after it was signed .* run the command `release"):
        publish(folder, store, print)
    assert list(store.list("")) == []


def test_a_release_that_nobody_signed_is_not_published(folder: Path, store: Store) -> None:
    (folder / SIGNATURE).unlink()
    with pytest.raises(TrainerError, match=r"model\.sig is missing: run the command `release --key`"):
        publish(folder, store, print)


def test_a_blob_with_the_wrong_bytes_is_named(folder: Path, store: Store) -> None:
    digest = read_signed((folder / SIGNATURE).read_bytes()).files["model.onnx"]
    store.put_new(f"blobs/sha256/{digest}", b"not these")
    with pytest.raises(TrainerError, match=f"blobs/sha256/{digest} holds other bytes"):
        publish(folder, store, print)
    assert store.get(KEY) is None


@pytest.mark.parametrize("name", ["", "Pumps", "a/b", "..", "a..b", "-a", "a" * 64, "pumpe\n", "größe"])
def test_names_that_cannot_stand_in_a_key_are_refused(name: str, folder: Path, store: Store, tmp_path: Path) -> None:
    for document in ({"name": name, "version": "1"}, {"name": "pumps", "version": name}):
        (folder / "model.json").write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(TrainerError, match="cannot stand in a store"):
            publish(folder, store, print)
    with pytest.raises(TrainerError, match="cannot stand in a store"):
        bundle_key("pumps", name)
