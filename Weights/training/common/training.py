"""What the vision recipes share: seeds, the learning rate, the average of the weights, checkpoints and the learning curve."""

import copy
import json
import math
import os
import random
import time
from contextlib import nullcontext
from pathlib import Path

import numpy
import torch


def seed(value: int) -> None:
    """Fixes every source of chance."""
    random.seed(value)
    numpy.random.seed(value)
    torch.manual_seed(value)


def device() -> torch.device:
    """A GPU where there is one; else the CPU, on `THREADS` threads (all of them where it is not set)."""
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.benchmark = True
        return torch.device("cuda")
    if threads := os.environ.get("THREADS"):
        torch.set_num_threads(int(threads))
    return torch.device("cpu")


def half(where: torch.device):
    """Half precision where it pays: on a GPU."""
    return torch.autocast("cuda", torch.bfloat16) if where.type == "cuda" else nullcontext()


def cosine(step: int, steps: int, warmup: int, rate: float, floor: float = 0.01) -> float:
    """The learning rate at a step: a linear rise over `warmup` steps, then half a cosine down to `floor` of `rate`."""
    if step < warmup:
        return rate * (step + 1) / warmup
    progress = min(1.0, (step - warmup) / max(1, steps - warmup))
    return rate * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress)))


class Average:
    """An exponential moving average of a model's weights; it starts short, so that the first steps do not linger."""

    def __init__(self, model: torch.nn.Module, decay: float = 0.999):
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, model: torch.nn.Module) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        pairs = list(zip(self.model.state_dict().values(), model.state_dict().values()))
        floats = [(average, value.detach()) for average, value in pairs if average.dtype.is_floating_point]
        torch._foreach_lerp_(*map(list, zip(*floats)), 1 - decay)
        for average, value in pairs:
            if not average.dtype.is_floating_point:
                average.copy_(value)


class Curve:
    """The learning curve: one JSON object a line in `curve.jsonl`, printed as it is written."""

    def __init__(self, folder: Path, resumed: bool = False):
        self.path = folder / "curve.jsonl"
        self.start = time.time()
        if not resumed:
            self.path.write_text("")

    def add(self, **figures) -> None:
        figures["seconds"] = round(time.time() - self.start, 1)
        line = json.dumps({key: round(value, 5) if isinstance(value, float) else value for key, value in figures.items()})
        with self.path.open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)


def save(path: Path, **state) -> None:
    """Writes a checkpoint whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def adam(model: torch.nn.Module, rate: float, decay: float) -> torch.optim.AdamW:
    """AdamW that decays matrices and filters, but neither biases nor norms."""
    decayed = [value for value in model.parameters() if value.dim() > 1]
    others = [value for value in model.parameters() if value.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, fused=torch.cuda.is_available())


def resume(checkpoint: Path, model: torch.nn.Module, average: Average, optimizer: torch.optim.Optimizer) -> int:
    """Takes up a checkpoint of `save` with `model`, `average`, `optimizer` and `step`; returns the step, 0 without one."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, map_location=next(model.parameters()).device)
    model.load_state_dict(state["model"])
    average.model.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    average.updates = state["step"]
    return state["step"]


def calibration_error(probabilities: numpy.ndarray, labels: numpy.ndarray, bins: int = 15) -> float:
    """Expected calibration error of the surest class, over bins of equal width (Guo et al., 2017, section 2)."""
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == labels
    which = numpy.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs(right[which == bin].mean() - confidence[which == bin].mean()) * (which == bin).mean()
                     for bin in range(bins) if (which == bin).any()))
