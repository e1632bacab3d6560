"""A configuration is refused with the table, the key and the value that are wrong."""

from collections.abc import Callable

import pytest

from context_edge_trainer.config import Config
from context_edge_trainer.config_file import load_config, parse_config
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
        ('input = "asset_id"', 'input = "sensors"', "[[ids and numeric]] sensors: named more than once"),
        ("epochs = 6", "epochs = true", "[training] epochs = True"),
        ("epochs = 6", "epochs = 6.5", "a whole number"),
        ("[training]", "[network]\nhidden = [8]\n[training]", "one number for each of the 1 hidden layers"),
        ('salt = "tests"', "salt = 7", "[folds] salt = 7"),
        ("epochs = 6", "epoch = 6", "[training] has an unknown key epoch: did you mean epochs?"),
        ('unit = "bar"', 'unit = "bar"\nrnage = [0, 1]', "[[channels]] number 2 has an unknown key rnage"),
        ("[training]", "[trainning]", "the file has an unknown key trainning: did you mean training?"),
        (
            "[training]",
            '[leakage]\ndeny = ["product"]\n[training]',
            "product is a feature and stands in",
        ),
        ("[data.unseen]", '[data]\nlabel_sources = ["hearsay"]\n[data.unseen]', "label_sources = ['hearsay']"),
        ('field = "product"', 'field = "ground_truth_label"', "ground_truth_label is the answer"),
        ('field = "product"', 'field = "qa.ground_truth_label.code"', "qa.ground_truth_label.code is the answer"),
        (
            'field = "product"',
            'field = "qa.result"\n[leakage]\ndeny = ["qa"]\n[[ids]]\nfield = "line"',
            "qa.result is a feature and stands in [leakage] deny",
        ),
        ("[model]", "[model", "changed.toml"),
    ],
)
def test_what_is_wrong_is_named(configured: Callable[[str, str], Config], old: str, new: str, complaint: str) -> None:
    with pytest.raises(TrainerError) as refused:
        configured(old, new)
    assert complaint in str(refused.value)


def test_what_a_small_file_leaves_out_has_a_default() -> None:
    config = parse_config(
        {
            "model": {"name": "presses"},
            "channels": [{"name": "force", "unit": "kN"}],
            "ids": [{"field": "tool.id"}],
            "numeric": [{"fields": ["thickness_mm"]}],
            "labels": [{"name": "ok", "kind": "normal"}, {"name": "crack", "kind": "fault"}],
        }
    )
    assert config.version is None
    assert config.channels[0].range is None
    assert config.ids[0].input == "tool_id"
    assert config.numeric[0].input == "numbers"
    assert [label.severity for label in config.labels] == ["low", "high"]
    assert config.folds.salt == "presses"
    assert config.folds.group == ("context.batch", "scan.gs1.batch")
