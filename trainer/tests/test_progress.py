"""What a person reads and what Node-RED reads say the same."""

import io
import json

from context_edge_trainer.progress import Reporter, told


def test_lines_go_to_a_person_and_objects_to_a_program() -> None:
    lines, objects = io.StringIO(), io.StringIO()
    progress = Reporter(as_json=True, lines=lines, objects=objects)
    progress.at("train")
    progress(told("epoch 3 of 50: loss 0.25", epoch=3, epochs=50, loss=0.25))
    progress("calibrated")
    progress.end("failed", "no space", code=2)
    assert [line.split("  ")[-1] for line in lines.getvalue().splitlines()] == [
        "epoch 3 of 50: loss 0.25",
        "calibrated",
    ]
    found = [json.loads(line) for line in objects.getvalue().splitlines()]
    assert all(entry.pop("at").endswith("Z") for entry in found)
    assert found == [
        {"stage": "train"},
        {"stage": "train", "text": "epoch 3 of 50: loss 0.25", "epoch": 3, "epochs": 50, "loss": 0.25},
        {"stage": "train", "text": "calibrated"},
        {"stage": "failed", "text": "no space", "during": "train", "code": 2},
    ]


def test_without_json_nothing_goes_to_the_program() -> None:
    lines, objects = io.StringIO(), io.StringIO()
    Reporter(lines=lines, objects=objects)("reading")
    assert objects.getvalue() == ""
    assert lines.getvalue().endswith(" s  reading\n")
