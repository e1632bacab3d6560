"""A configuration is refused with the table, the key and the value that are wrong."""

from collections.abc import Callable

import pytest

from context_edge_trainer.config import Config, load_config
from context_edge_trainer.errors import TrainerError


def test_the_shipped_configuration_is_the_motor_model() -> None:
    config = load_config()
    assert [channel.name for channel in config.channels] == ["vibration_x", "vibration_y", "temperature", "current"]
    assert [entry.input for entry in config.ids] == ["product_id", "recipe_id", "asset_id"]
    assert len(config.channels) + config.network.embedding * len(config.ids) == 52
    assert config.network.hidden == (128, 64, 32)
    assert config.labels[config.normal].name == "normal"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('name = "pumps"', 'name = "Pumps/../x"', "[model] name = 'Pumps/../x'"),
        ("range = [0, 40]", "range = [40, 0]", "low < high"),
        ('kind = "normal"', 'kind = "fault"', 'exactly one has kind = "normal"'),
        ('name = "leak"', 'name = "hot"', "[[labels]] hot: named more than once"),
        ('input = "asset_id"', 'input = "sensors"', "[[ids]] sensors: named more than once"),
        ("epochs = 6", "epochs = true", "[training] epochs = True"),
        ("epochs = 6", "epochs = 6.5", "a whole number"),
        ("[training]", "[network]\nhidden = [8]\n[training]", "one number for each of the 1 hidden layers"),
        ('salt = "tests"', "", "[folds] salt"),
        ('field = "product"', 'field = "ground_truth_label"', "ground_truth_label is the answer"),
        ("[model]", "[model", "changed.toml"),
    ],
)
def test_what_is_wrong_is_named(configured: Callable[[str, str], Config], old: str, new: str, complaint: str) -> None:
    with pytest.raises(TrainerError) as refused:
        configured(old, new)
    assert complaint in str(refused.value)
