"""A trained and calibrated network with the encoding it was trained under: how it is kept, and what it answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from torch import Tensor

from ..config import Channel, Config
from ..figures.measures import Judged, judge
from .calibrate import Calibration
from .dataset import Rows
from .encode import Encoding
from .mark import WITH_CONTEXT
from .model import FaultNet, logits_of
from .train import Epoch, new_model

WITHOUT_REFERENCES = "without_references"
WITHOUT_CONTEXT = "without_context"


def variants(config: Config) -> dict[str, Mapping[str, bool]]:
    """What each model is told: all, the one that ships; then less, to see what context and references are worth.

    Those that would be told the same are one.
    """
    fields = bool(config.ids or config.numeric)
    references = any(channel.reference is not None for channel in config.channels)
    told: dict[str, Mapping[str, bool]] = {WITH_CONTEXT: {}}
    if references and fields:
        told[WITHOUT_REFERENCES] = {"references": False}
    if references or fields:
        told[WITHOUT_CONTEXT] = {"references": False, "identities": False}
    return told


@dataclass(frozen=True)
class Candidate:
    """`curve` is the whole training, `best` the epoch whose network this is; the losses are of validation rows."""

    encoding: Encoding
    model: FaultNet
    calibration: Calibration
    curve: list[Epoch]
    best: int
    loss_before: float
    loss_after: float

    def logits(self, rows: Rows) -> Tensor:
        """Float32 [N, labels], uncalibrated."""
        return logits_of(self.model, self.encoding.encode(rows))

    def judge(self, rows: Rows) -> Judged:
        """Its answers to rows, each counting as much as it may in a test."""
        probabilities = self.calibration.probabilities(self.logits(rows)).numpy()
        return judge(probabilities, rows.labels, rows.groups, rows.test_weight)

    def describe(self) -> dict[str, Any]:
        """How its training went."""
        return {
            "best_epoch": self.best,
            "curve": [asdict(epoch) for epoch in self.curve],
            "calibration": {"temperature": self.calibration.temperature, "bias": list(self.calibration.bias)},
            "validation_loss": {"uncalibrated": self.loss_before, "calibrated": self.loss_after},
        }

    def document(self) -> dict[str, Any]:
        """What network.pt holds: tensors, numbers and texts, nothing that runs."""
        encoding = self.encoding
        return {
            "weights": self.model.state_dict(),
            "vocabularies": [dict(vocabulary) for vocabulary in encoding.vocabularies],
            "references": encoding.references,
            "identities": encoding.identities,
            "channels": [asdict(channel) for channel in encoding.config.channels],
            "temperature": self.calibration.temperature,
            "bias": list(self.calibration.bias),
            "curve": [asdict(epoch) for epoch in self.curve],
            "best": self.best,
            "losses": [self.loss_before, self.loss_after],
        }

    @staticmethod
    def of(document: Mapping[str, Any], config: Config) -> "Candidate":
        """The candidate of a document that was made under the same configuration."""
        channels = tuple(Channel(**channel) for channel in document["channels"])
        encoding = Encoding(
            replace(config, channels=channels),
            tuple(document["vocabularies"]),
            document["references"],
            document["identities"],
        )
        model = new_model(encoding.config, [len(vocabulary) for vocabulary in encoding.vocabularies])
        model.load_state_dict(document["weights"])
        model.eval()
        curve = [Epoch(**epoch) for epoch in document["curve"]]
        calibration = Calibration(document["temperature"], tuple(document["bias"]))
        return Candidate(encoding, model, calibration, curve, document["best"], *document["losses"])
