"""Whether what lies in a work folder speaks of one model: the same rows, the same network, the same configuration.

Stages are run one by one, by people, with a configuration that is edited between them: a report that takes figures of
one model for another's would release what nobody has measured.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import Config
from ..errors import TrainerError
from ..files import read_json
from ..learn.mark import settings, shipped_network

Document = Mapping[str, Any]


def check_same_snapshot(out: Path, manifest: Document) -> None:
    """What was trained on another snapshot may have been trained on what is a test row in this one."""
    trained = read_json(out / "train" / "train.json", "train").get("snapshot")
    if trained != manifest["id"]:
        raise TrainerError(
            f"{out / 'train'} was trained on the snapshot {trained}, and {out / 'snapshot'} is {manifest['id']}: "
            "run the command `train` again"
        )


def check_configuration(out: Path, config: Config, snapshot: Document, trained: Document) -> None:
    """Raise TrainerError unless the stages saw this configuration; gates, waivers and version may be other ones."""
    if snapshot["model"] != config.name:
        raise TrainerError(
            f"{out / 'snapshot'} was taken for the model {snapshot['model']!r}, and the configuration is of "
            f"{config.name!r}: run the commands from `snapshot` on again, or name another work folder with --out"
        )
    if trained.get("settings") != settings(config):
        raise TrainerError(f"{out / 'train'} was trained with another configuration: run the command `train` again")


def check_alert_level(out: Path, config: Config, levels: Mapping[str, float | None]) -> None:
    """Raise TrainerError unless every stage measured with the confidence above which a device will alert."""
    for stage, level in levels.items():
        if level != config.policy.alert_confidence:
            raise TrainerError(
                f"{out / stage} was measured with alert_confidence {level}, and the configuration says "
                f"{config.policy.alert_confidence}: run the command `{stage}` again"
            )


def model_of(out: Path, snapshot: Document) -> dict[str, str]:
    """What a result is of, to stand in it: the id of the snapshot, and the SHA-256 of the network that ships."""
    return {"snapshot": snapshot["id"], "network": shipped_network(out)}


def check_same_model(out: Path, snapshot: Document, results: Mapping[str, Document]) -> None:
    """Raise TrainerError unless every result, by the stage that made it, is of the model in `out`."""
    check_same_snapshot(out, snapshot)
    here = model_of(out, snapshot)
    for stage, result in results.items():
        if {name: result.get(name) for name in here} != here:
            raise TrainerError(
                f"{out / stage} is of another network than {out / 'train'} holds: run the command `{stage}` again"
            )
