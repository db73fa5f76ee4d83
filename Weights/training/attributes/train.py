"""Trains the network: `python -m attributes.train`. Stopped at any time, it goes on from its last checkpoint."""

import argparse
import math
import time

import numpy
import torch
from torch.nn import functional

from attributes.data import ATTRIBUTES, SIZE, STORED, UNKNOWN, Faces, work
from attributes.model import AttributeNet, Twice, masked
from common.spoil import spoiled
from common.training import Average, Curve, adam, cosine, device, half, resume, save, seed

CROP = SIZE / STORED
"""The side of what the network sees, in sides of the stored square."""
SMOOTHING = 0.04


def views(faces: torch.Tensor) -> torch.Tensor:
    """The middle [N, 3, 64, 64] of stored faces [N, 80, 80, 3], in -1...1."""
    edge = (STORED - SIZE) // 2
    return (faces[:, edge:edge + SIZE, edge:edge + SIZE].permute(0, 3, 1, 2).float() - 127.5) / 127.5


def augmented(faces: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mirrored, turned, scaled, shifted, relit and spoiled views of stored faces, and the labels that they can show.

    Closed eyes come from pictures that end at the face, which must not tell them apart: eyes are read from faces whose
    surroundings are black, and from no others.
    """
    count, where = len(faces), faces.device

    def uniform(low: float, high: float) -> torch.Tensor:
        return torch.empty(count, device=where).uniform_(low, high)

    angle, scale = uniform(-14, 14) * math.pi / 180, uniform(0.86, 1.16) * CROP
    mirror = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    theta = torch.stack([torch.stack([cos * mirror, -sin, uniform(-0.12, 0.12)], 1),
                         torch.stack([sin * mirror, cos, uniform(-0.12, 0.12)], 1)], 1)
    grid = functional.affine_grid(theta, [count, 3, SIZE, SIZE], align_corners=False)
    # Photos end somewhere; what lies outside is black when the engine reads a face.
    low, high = (torch.stack([uniform(*first), uniform(*second)], 1)[:, None, None]
                 for first, second in (((-0.9, -0.5), (-0.8, -0.35)), ((0.5, 0.9), (0.55, 0.9))))
    kind = uniform(0, 1)[:, None, None, None]
    bounded = torch.minimum(torch.maximum(grid, low), high)
    outside = ((bounded != grid).any(3)[:, None]) & (kind > 0.75)
    grid = torch.where(kind < 0.4, bounded, grid)
    # Some faces are seen from afar: shrunk first.
    pictures = faces.permute(0, 3, 1, 2).float()
    small = functional.avg_pool2d(pictures, 2)
    smaller = functional.interpolate(small, scale_factor=2.0, mode="bilinear")
    pictures = torch.where((uniform(0, 1) < 0.3)[:, None, None, None], smaller, pictures)
    pictures = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    pictures = (torch.where(outside, 0.0, spoiled(pictures.flip(1)).flip(1)) - 127.5) / 127.5
    inner = (uniform(0, 1) < 0.5)[:, None, None, None]
    unknown = torch.full_like(labels, UNKNOWN)
    shown = torch.tensor([name == "hat" for name in ATTRIBUTES], device=where) == ~inner[:, :, 0, 0]
    shown |= torch.tensor([name not in ("hat", "eyes_closed") for name in ATTRIBUTES], device=where)
    return torch.where(inner, masked(pictures), pictures), torch.where(shown, labels, unknown)


class Feed:
    """Batches in which rare values are as frequent as common ones."""

    def __init__(self, faces: Faces, where: torch.device):
        self.pictures = torch.from_numpy(faces.pictures).to(where)
        self.labels = torch.from_numpy(faces.labels.astype(numpy.float32)).to(where)
        # A face is drawn for each label that it has, the more often the rarer it is; closed eyes of few photos less so.
        chance = numpy.zeros(len(faces))
        for column in range(len(ATTRIBUTES)):
            for value in (0, 1):
                has = faces.labels[:, column] == value
                chance += has / max(1, has.sum()) ** 0.85
        self.chance = torch.from_numpy(chance / chance.sum()).to(where)

    def next(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        rows = torch.multinomial(self.chance, count, replacement=True)
        return augmented(self.pictures[rows], self.labels[rows])


def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over what is known."""
    known = labels >= 0
    targets = labels.clamp(min=0) * (1 - 2 * SMOOTHING) + SMOOTHING
    each = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none") * known
    return (each.sum(0) / known.sum(0).clamp(min=1)).sum()


@torch.no_grad()
def logits(model: torch.nn.Module, faces: Faces, where: torch.device) -> numpy.ndarray:
    """[N, 5]: of the mean over each face and its mirror image."""
    parts, both = [], Twice(model)
    for batch in torch.from_numpy(faces.pictures).split(256):
        images = views(batch.to(where))
        parts.append(((both(images) + both(images.flip(3))) / 2).float().cpu())
    return torch.cat(parts).numpy()


def balanced(said: numpy.ndarray, labels: numpy.ndarray) -> dict[str, float]:
    """Balanced accuracy of each attribute: the mean of how often it is found and how often its absence is."""
    figures = {}
    for column, name in enumerate(ATTRIBUTES):
        holds, fails = labels[:, column] == 1, labels[:, column] == 0
        figures[name] = float((said[holds, column] > 0).mean() + (said[fails, column] <= 0).mean()) / 2
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=5200)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end the schedule after that time, if sooner")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--every", type=int, default=400, help="steps between checkpoints")
    wanted = parser.parse_args()
    where = device()
    seed(4)
    model = AttributeNet().to(where).to(memory_format=torch.channels_last)
    average = Average(model, 0.999)
    optimizer = adam(model, wanted.rate, 0.05)
    checkpoint = work() / "checkpoint.pt"
    step = resume(checkpoint, model, average, optimizer)
    curve = Curve(work(), resumed=step > 0)
    feed, held = Feed(Faces.load("train"), where), Faces.load("held")
    total, since, start, is_over = torch.zeros((), device=where), step, time.time(), False
    while not is_over:
        progress = max(step / wanted.steps, (time.time() - start) / 60 / wanted.minutes)
        for group in optimizer.param_groups:
            group["lr"] = cosine(int(progress * 10_000), 10_000, 150, wanted.rate)
        images, labels = feed.next(wanted.batch)
        with half(where):
            scores = model(images.to(memory_format=torch.channels_last))
        error = loss(scores.float(), labels)
        optimizer.zero_grad(set_to_none=True)
        error.backward()
        optimizer.step()
        average.update(model)
        step, total = step + 1, total + error.detach()
        is_over = progress >= 1 or step >= wanted.steps
        if step % wanted.every == 0 or is_over:
            figures = balanced(logits(average.model, held, where), held.labels)
            curve.add(step=step, loss=float(total) / (step - since), **figures)
            total, since = torch.zeros((), device=where), step
            save(checkpoint, model=model.state_dict(), average=average.model.state_dict(),
                 optimizer=optimizer.state_dict(), step=step)


if __name__ == "__main__":
    main()
