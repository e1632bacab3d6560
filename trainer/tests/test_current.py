"""The current model: found in a folder or by a ring's pointer, and judged on the rows that it can judge."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.errors import TrainerError
from context_edge_trainer.figures.measures import Judged, judge
from context_edge_trainer.judge.compare import compare
from context_edge_trainer.judge.current import Current, find_current
from context_edge_trainer.store.store import Listed

from .tiny_release import envelope, in_store, manifest, network, write_folder

TEMPERATURE = {"name": "temperature", "unit": "°C", "range": [-40, 200]}
OLD = manifest([TEMPERATURE], ["normal", "hot"])
FILE = network([[0, 1]])
Objects = dict[str, bytes]


class Bucket:
    """Objects by key."""

    description = "the bucket"

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    def get(self, key: str, limit: int) -> bytes | None:
        return self.objects.get(key)

    def list(self, prefix: str) -> list[Listed]:
        return [Listed(key, len(body)) for key, body in self.objects.items() if key.startswith(prefix)]


def test_a_folder_is_read(tmp_path: Path) -> None:
    found = find_current(str(write_folder(tmp_path / "old", OLD, FILE)), "pumps", None)
    assert found is not None
    assert (found.manifest["version"], found.onnx) == ("0.0.9", FILE)


def test_what_a_ring_points_at_is_read() -> None:
    found = find_current("fleet", "pumps", Bucket(in_store(OLD, FILE)))
    assert found is not None
    assert found.manifest == OLD
    assert found.onnx == FILE
    assert found.place == "channels/pumps/fleet.json: pumps 0.0.9"


def test_a_ring_without_a_pointer_has_no_current_model() -> None:
    assert find_current("fleet", "pumps", Bucket({})) is None


def test_a_ring_without_a_pointer_is_told_those_that_have_one() -> None:
    objects = in_store(OLD, FILE, "stable") | in_store(OLD, FILE, "pilot")
    with pytest.raises(TrainerError, match="rings of pumps with a pointer are pilot, stable: name one"):
        find_current("fleet", "pumps", Bucket(objects))


def test_a_ring_needs_a_store_and_a_name() -> None:
    with pytest.raises(TrainerError, match="a ring's pointer is read from a store"):
        find_current("fleet", "pumps", None)
    with pytest.raises(TrainerError, match="no ring can be called that"):
        find_current("../fleet", "pumps", Bucket({}))


def without(key: str) -> Callable[[Objects], None]:
    def change(objects: Objects) -> None:
        del objects[next(name for name in objects if name.startswith(key))]

    return change


def put(key: str, body: Any) -> Callable[[Objects], None]:
    def change(objects: Objects) -> None:
        name = next(name for name in objects if name.startswith(key))
        objects[name] = body if isinstance(body, bytes) else json.dumps(body).encode()

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (without("releases/"), r"releases/pumps/0\.0\.9\.json, which channels/pumps/fleet\.json points at, is not in"),
        (without("blobs/"), "names as model.json, is not in the bucket"),
        (put("blobs/", b"other bytes"), r"has the SHA-256 [0-9a-f]{64} and not"),
        (put("releases/", {"dsseEnvelope": {}}), r"has the SHA-256 [0-9a-f]{64} and not"),
        (put("channels/", b"{"), r"channels/pumps/fleet\.json is not JSON"),
        (put("channels/", b"[" * 100_000), r"channels/pumps/fleet\.json is not JSON"),
        (put("channels/", {"payload": "%"}), r"the payload of channels/pumps/fleet\.json is not base64"),
        (put("channels/", {}), "is no signed envelope"),
        (put("channels/", envelope({"version": "../up", "release_sha256": "0"})), "names no version"),
    ],
)
def test_a_release_that_is_not_whole_is_refused(change: Callable[[Objects], None], complaint: str) -> None:
    objects = in_store(OLD, FILE)
    change(objects)
    with pytest.raises(TrainerError, match=complaint):
        find_current("fleet", "pumps", Bucket(objects))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"channels": []}, r"model\.json is no model/1: channels"),
        ({"files": OLD["files"] | {"fp32": "../secret"}}, "'../secret' is not a plain file name"),
        ({"files": OLD["files"] | {"fp32": "gone.onnx"}}, r"is no release: gone\.onnx: No such file"),
    ],
)
def test_a_folder_that_is_no_release_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    folder = write_folder(tmp_path, OLD | change, FILE)
    with pytest.raises(TrainerError, match=complaint):
        find_current(str(folder), "pumps", None)


def ldos(*temperatures: float | None) -> list[dict[str, Any]]:
    return [{"sensor_data": {"temperature": temperature}} for temperature in temperatures]


def said(labels: list[int], truth: list[int], weights: list[float] | None = None) -> Judged:
    """The candidate's answers, over normal, hot and leak."""
    probabilities = np.full((len(truth), 3), 0.02)
    probabilities[np.arange(len(truth)), labels] = 0.96
    count = len(truth)
    return judge(probabilities, np.array(truth), np.arange(count), np.array(weights or [1.0] * count))


def current(described: dict[str, Any] = OLD, file: bytes = FILE) -> Current:
    return Current("here", described, file)


def test_both_are_measured_on_the_same_rows(config: Config) -> None:
    """The old model says hot above 0; the candidate is always right."""
    truth = [0, 0, 1, 1]
    found = compare(current(), ldos(-9, 9, 9, None), said(truth, truth), config)
    assert found["rows"] == {"test": 4, "compared": 3, "label_unknown": 0, "not_encoded": 1}
    assert found["not_encoded"] == {"temperature is missing or not a number": 1}
    assert found["figures"]["accuracy"]["value"] == pytest.approx(2 / 3, abs=1e-5)
    assert found["figures"]["fpr"]["value"] == 0.5
    assert found["candidate"]["accuracy"]["value"] == 1
    assert found["gain"]["accuracy"]["value"] == pytest.approx(1 / 3, abs=1e-5)
    assert found["gain"]["fpr"]["value"] == -0.5
    assert not found["may_have_trained_on_them"]


def test_a_label_that_one_of_them_lacks_is_not_compared(config: Config) -> None:
    old = manifest([TEMPERATURE], ["healthy", "hot", "burst"])
    old["labels"][0]["kind"] = "normal"
    # Says burst above 10, which the candidate does not know: wrong, and an alert on a normal row.
    found = compare(current(old, network([[0, 1, 2]])), ldos(-9, 9, 20, 20), said([0, 2, 0, 2], [0, 1, 0, 2]), config)
    assert found["labels"] == {"both": ["normal", "hot"], "candidate_alone": ["leak"], "current_alone": ["burst"]}
    assert found["rows"] == {"test": 4, "compared": 3, "label_unknown": 1, "not_encoded": 0}
    assert found["figures"]["accuracy"]["value"] == pytest.approx(1 / 3, abs=1e-5)
    assert found["figures"]["fpr"]["value"] == 0.5
    # Over normal and hot alone: the labels that these rows can truly have.
    assert found["candidate"]["macro_f1"]["value"] == 0.5


def test_rows_that_do_not_count_are_not_compared(config: Config) -> None:
    found = compare(current(), ldos(-9, 9), said([0, 1], [0, 1], [1.0, 0.0]), config)
    assert found["rows"]["test"] == found["rows"]["compared"] == 1


def test_a_model_that_can_judge_nothing_is_said_to(config: Config) -> None:
    found = compare(current(), ldos(None, None), said([0, 1], [0, 1]), config)
    assert found["rows"]["compared"] == 0
    assert found["gain"]["accuracy"] == {"value": None, "low": None, "high": None, "n": 0}


def test_another_salt_is_told(config: Config) -> None:
    other = OLD | {"training": {"salt": "another"}}
    assert compare(current(other), ldos(1), said([0], [0]), config)["may_have_trained_on_them"]


def test_a_file_that_cannot_be_run_is_named(config: Config) -> None:
    with pytest.raises(TrainerError, match=r"the current model, here: its model\.onnx cannot be run"):
        compare(current(OLD, b"nothing"), ldos(1), said([0], [0]), config)
