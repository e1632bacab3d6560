"""The stage that trains: from a snapshot to networks that are calibrated, told all and told less.

DIR/train/<variant>/ holds network.pt and the checkpoint; train.json, written last, says what was learnt from and how it
went. Started again, it goes on where it was stopped, if rows and settings are the same.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..config import Config
from ..data.columns import Floats, plausible_times, values_at
from ..data.segments import Rejections
from ..data.snapshot import read_snapshot
from ..errors import TrainerError
from ..files import json_bytes, read_bytes, read_json, write_bytes, write_json
from ..progress import Progress
from ..stages import forget
from .calibrate import calibrate, natural_weights, uncalibrated
from .candidate import Candidate, variants
from .checkpoint import Keeper, fingerprint, from_bytes, to_bytes
from .dataset import Rows
from .encode import Encoding, Inputs, Vocabulary, learn_vocabularies
from .enough import alternatives, check_enough
from .label_names import check_label_names
from .leakage import check_leakage, tell_leakage
from .learned import tell_absent
from .mark import FOLDER, NETWORK, settings
from .model import logits_of, still_columns
from .rows import collect
from .team import Team, joined
from .train import batch_size, fit, make_repeatable
from .weights import row_weights, tell_unmet

RESULT = "train.json"
CHECKPOINT = "checkpoint.pt"


def train(out: Path, config: Config, progress: Progress) -> dict[str, Any]:
    """Train on `out`/snapshot. Returns what stands in train.json. Raises TrainerError."""
    with joined() as team:
        speak = progress if team.leads else _silent
        manifest, rows, rejections = read_rows(out, config)
        _tell_rows(rows, rejections, speak)

        def choices() -> list[str]:
            ldos = [record.ldo for record in read_snapshot(out)[1]]
            return alternatives(ldos, plausible_times(values_at(ldos, "timestamp")), config)

        # A new snapshot of the same rows has another id: what was stopped goes on all the same.
        content = str(manifest["content_sha256"])
        return train_rows(rows, out, config, speak, str(manifest["id"]), rejections, choices, team, content)


def read_rows(out: Path, config: Config) -> tuple[dict[str, Any], Rows, Rejections]:
    """The snapshot's manifest, its rows, and what of it could not be a row. Raises TrainerError."""
    manifest, records = read_snapshot(out)
    rejections = Rejections()
    return manifest, collect(records, config, rejections), rejections


def train_rows(
    rows: Rows,
    out: Path,
    config: Config,
    progress: Progress,
    snapshot: str,
    rejections: Rejections,
    choices: Callable[[], list[str]],
    team: Team,
    content: str | None = None,
) -> dict[str, Any]:
    """Check rows, train every variant on them and write what it came to. Raises TrainerError.

    `content` tells rows apart for checkpoints; without it the snapshot's id does.
    """
    make_repeatable(config.training.seed, config.training.threads)
    notes = check_label_names(rows, config, rejections)
    notes += check_enough(rows, config, choices)
    told = check_leakage(rows, config)
    notes += [tell_absent(absent) for absent in rows.absent] + tell_leakage(told)
    train_fold = rows.train()
    weights, unmet = row_weights(train_fold, config)
    notes += tell_unmet(unmet, config.training.writer_cap)
    notes += [note for note in (natural_weights(rows.validation())[1],) if note is not None]
    settled = replace(config, channels=rows.channels)
    vocabularies = learn_vocabularies(train_fold)
    notes += _still(Encoding(settled, vocabularies).encode(train_fold), settled)
    for note in notes:
        progress(note)
    result = out / FOLDER / RESULT
    if team.leads:
        result.unlink(missing_ok=True)
    candidates: dict[str, Candidate] = {}
    for name, options in variants(config).items():
        encoding = Encoding(settled, vocabularies, **options)
        mark = fingerprint(config, content or snapshot, variant=name, team=team.size)
        keeper = Keeper(out / FOLDER / name / CHECKPOINT, mark, progress)
        candidates[name] = _train(encoding, rows, weights, keeper, team, progress, name)
        if team.leads:
            forget(out, FOLDER)
            write_bytes(out / FOLDER / name / NETWORK, to_bytes(candidates[name].document()))
    document = _as_written(
        {
            "schema": "train/1",
            "snapshot": snapshot,
            "settings": settings(config),
            **_describe(rows, vocabularies, settled, rejections),
            "batch": batch_size(len(train_fold), config.training.batch),
            "processes": team.size,
            "leakage": [asdict(entry) for entry in told],
            "writer_cap": {"cap": config.training.writer_cap, "unmet": [asdict(entry) for entry in unmet]},
            "notes": notes,
            "variants": {name: candidate.describe() for name, candidate in candidates.items()},
        }
    )
    if team.leads:
        write_json(result, document)
    return document


def load_candidates(out: Path, config: Config) -> dict[str, Candidate]:
    """The networks that `train` left in `out`, the one that ships first. Raises TrainerError."""
    document = read_json(out / FOLDER / RESULT, "train")
    if document.get("settings") != settings(config):
        raise TrainerError(f"{out / FOLDER} was trained with another configuration: run the command `train` again")
    found: dict[str, Candidate] = {}
    for name in variants(config):
        path = out / FOLDER / name / NETWORK
        try:
            found[name] = Candidate.of(from_bytes(read_bytes(path, "train")), config)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            raise TrainerError(f"{path} is damaged ({error}): run the command `train` again") from error
    return found


def _train(
    encoding: Encoding,
    rows: Rows,
    weights: Floats,
    keeper: Keeper,
    team: Team,
    progress: Progress,
    name: str,
) -> Candidate:
    """Train one variant and calibrate it on the validation fold at its natural rates."""
    progress(f"training: {name.replace('_', ' ')}")
    train_fold, held_out = encoding.encode(rows.train()), rows.validation()
    validation = encoding.encode(held_out)
    sizes = [len(vocabulary) for vocabulary in encoding.vocabularies]
    options: Mapping[str, Any] = {"weights": torch.from_numpy(weights), "keeper": keeper, "team": team}
    fitted = fit(encoding.config, sizes, train_fold, validation, progress, variant=name, **options)
    logits, natural = logits_of(fitted.model, validation), torch.from_numpy(natural_weights(held_out)[0])
    calibration = calibrate(logits, validation.labels, natural)
    before = uncalibrated(len(encoding.config.labels)).loss(logits, validation.labels, natural)
    after = calibration.loss(logits, validation.labels, natural)
    progress(f"calibrated: temperature {calibration.temperature:.3f}, validation loss {before:.4f} to {after:.4f}")
    return Candidate(encoding, fitted.model, calibration, fitted.epochs, fitted.best, before, after)


def _still(train: Inputs, config: Config) -> list[str]:
    """Lines on what the model is told and never moves: kept, because a device has it, and worth nothing."""
    names = [channel.name for channel in config.channels]
    still = still_columns(train.sensors).tolist()
    for entry, numbers in zip(config.numeric, train.numeric, strict=True):
        names += entry.fields
        still += still_columns(numbers).tolist()
    found = [name for name, one in zip(names, still, strict=True) if one]
    return [f"{name} never moves in the training rows: it is only centred" for name in found]


def _as_written(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document as it is read back: lists for tuples."""
    return json.loads(json_bytes(document))


def _describe(
    rows: Rows, vocabularies: tuple[Vocabulary, ...], config: Config, rejections: Rejections
) -> dict[str, Any]:
    """What was learnt from."""
    folds = {"train": rows.train(), "validation": rows.validation(), "test": rows.test()}
    names = [label.name for label in config.labels]
    counts = {name: np.bincount(fold.labels, minlength=len(names)).tolist() for name, fold in folds.items()}
    return {
        "rows": {name: len(fold) for name, fold in folds.items()} | {"unseen": int(rows.held_back().sum())},
        "labels": {name: dict(zip(names, found, strict=True)) for name, found in counts.items()},
        "salt": config.folds.salt,
        "grouped_by": dict(rows.grouped_by),
        "groups": {name: len(np.unique(fold.groups)) for name, fold in folds.items()},
        "channels": [asdict(channel) for channel in rows.channels],
        "vocabularies": {
            entry.field: len(vocabulary) for entry, vocabulary in zip(config.ids, vocabularies, strict=True)
        },
        "absent": [asdict(absent) for absent in rows.absent],
        "left_out": rejections.summary(),
    }


def _tell_rows(rows: Rows, rejections: Rejections, progress: Progress) -> None:
    by = ", ".join(f"{how} ({count:,})" for how, count in rows.grouped_by.items())
    progress(f"{len(rows):,} rows, grouped by {by}")
    for reason, count in rejections.counts.most_common():
        progress(f"left out {count:,}: {reason} (first at {rejections.first[reason]})")
    sizes = f"{len(rows.train()):,} train, {len(rows.validation()):,} validation, {len(rows.test()):,} test"
    progress(f"{sizes}, {int(rows.held_back().sum()):,} held back as never seen")


def _silent(_: str) -> None:
    """What a process says that does not lead."""
