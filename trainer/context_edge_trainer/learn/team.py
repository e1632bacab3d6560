"""The processes that train together, as torchrun starts them: on one machine or several, on processors or on GPUs.

Every process reads the same rows, and each takes its share of every batch; the first one alone writes and speaks. The
network learns what one process would with the same batch, but for the dropout that each draws for its own rows.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ..errors import TrainerError


@dataclass(frozen=True)
class Team:
    """The place of this process: `rank` of `size`, and where it computes."""

    rank: int
    size: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """True for the process that writes and speaks."""
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model whose gradients are the mean over the team."""
        if self.size == 1:
            return model
        devices = [self.device] if self.device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(model, device_ids=devices, forward_sync_buffers=False)

    def total(self, value: float) -> float:
        """The sum of what all say."""
        if self.size == 1:
            return value
        wide = torch.tensor([value], dtype=torch.float64, device=self.device)
        dist.all_reduce(wide)
        return float(wide)

    def agreed(self, value: Any) -> Any:  # noqa: ANN401 - whatever the first one says
        """What the first one says: no process may decide otherwise by a last digit."""
        if self.size == 1:
            return value
        said = [value]
        dist.broadcast_object_list(said, src=0, device=self.device)
        return said[0]

    def share(self, batch: Tensor) -> Tensor:
        """The part of this process of a batch of row numbers; it may be empty."""
        return batch[self.rank :: self.size]


ALONE = Team(0, 1, torch.device("cpu"))


@contextmanager
def joined() -> Iterator[Team]:
    """The team that torchrun started, or a team of one. Raises TrainerError when another process of it ends early."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    # Alone, the processor is used everywhere: the same bytes on every machine. A team with GPUs has asked for them.
    gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if gpu else torch.device("cpu")
    if gpu:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if gpu else "gloo")
    try:
        yield Team(dist.get_rank(), size, device)
    except (RuntimeError, dist.DistError) as error:
        raise TrainerError(f"a process of the {size} that train together ended: {error}") from error
    finally:
        dist.destroy_process_group()
