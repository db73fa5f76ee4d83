"""Trains the body network: `python -m bodies.train`. Stopped at any time, it goes on from its last checkpoint."""

import argparse
import time

import cv2
import numpy
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

from common.paths import work
from common.training import Average, Curve, adam, cosine, device, resume, save, seed

from . import leeds
from .augment import batch, blobs, sample
from .evaluate import measure, network, rows_of
from .model import STRIDE, BodyNet
from .store import Store

PLAN = ((0.0, 64), (0.22, 96), (0.88, 128))
"""From which share of the steps on the input has which side: small pictures teach as much for less."""
TAUGHT = 3
"""How often an epoch repeats the people whom only the teacher labelled: few, but upright like most."""


def loss(logits: torch.Tensor, points: torch.Tensor, weight: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
    """Where: cross-entropy of the map's softmax with the blob. Whether: binary cross-entropy of each cell."""
    target = blobs(points, logits.shape[-1], STRIDE) * present[..., None, None]
    flat, aim = logits.flatten(2), target.flatten(2)
    share = aim / aim.sum(2, keepdim=True).clamp(min=1e-6)
    where = -(share * log_softmax(flat, 2)).sum(2)
    whether = binary_cross_entropy_with_logits(flat, aim, reduction="none").sum(2)
    return (weight * (where * present + 0.4 * whether)).sum() / weight.sum().clamp(min=1)


class Feed:
    """Endless batches over the stores: each epoch a new order."""

    def __init__(self, stores: list[tuple[Store, numpy.ndarray, int]], count: int, chance: numpy.random.Generator):
        """- stores: each with the rows to train on and how often an epoch repeats them."""
        self.rows = [(store, row) for store, rows, repeats in stores for row in numpy.tile(rows, repeats)]
        self.count, self.chance, self.order = count, chance, []

    def next(self, size: int) -> tuple[torch.Tensor, ...]:
        if len(self.order) < self.count:
            self.order = list(self.chance.permutation(len(self.rows)))
        chosen = [self.rows[self.order.pop()] for _ in range(self.count)]
        images, points, weight, present = zip(*(sample(store, row, size, self.chance) for store, row in chosen))
        return (batch(list(images), self.chance), torch.from_numpy(numpy.stack(points)),
                torch.from_numpy(numpy.stack(weight)), torch.from_numpy(numpy.stack(present)).float())


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=7500)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    return parser.parse_args()


def feed(folder, count: int, chance: numpy.random.Generator) -> tuple[Feed, Store, numpy.ndarray]:
    """The batches, and the store and rows of the validation."""
    store = Store(folder, "leeds")
    training, validation, _ = leeds.split()
    stores = [(Store(folder, "leeds", "opinions"), rows_of(store, training), 1)]
    if (folder / "taught.npz").exists():
        taught = Store(folder, "taught")
        stores.append((taught, numpy.arange(len(taught)), TAUGHT))
    return Feed(stores, count, chance), store, rows_of(store, validation)


def main() -> None:
    cv2.setNumThreads(1)
    wanted = options()
    device()
    seed(wanted.seed)
    folder = work("bodies")
    model = BodyNet().to(memory_format=torch.channels_last)
    average = Average(model, 0.998)
    optimizer = adam(model, wanted.rate, wanted.decay)
    checkpoint = folder / "checkpoint.pt"
    step = resume(checkpoint, model, average, optimizer)
    curve = Curve(folder, resumed=step > 0)
    batches, store, validation = feed(folder, wanted.batch, numpy.random.default_rng(wanted.seed + step))
    total, since = 0.0, step
    while step < wanted.steps:
        size = [side for start, side in PLAN if step >= start * wanted.steps][-1]
        for group in optimizer.param_groups:
            group["lr"] = cosine(step, wanted.steps, 200, wanted.rate)
        images, *labels = batches.next(size)
        optimizer.zero_grad(set_to_none=True)
        error = loss(model(images), *labels)
        error.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model)
        step, total = step + 1, total + error.item()
        if step % wanted.every == 0 or step == wanted.steps:
            figures = measure(network(average.model), store, validation, size)
            curve.add(step=step, size=size, loss=total / (step - since), pck=figures["mean"], all=figures["all"],
                      wrist=(figures["left_wrist"] + figures["right_wrist"]) / 2, cpu=time.process_time())
            total, since = 0.0, step
            save(checkpoint, model=model.state_dict(), average=average.model.state_dict(),
                 optimizer=optimizer.state_dict(), step=step)


if __name__ == "__main__":
    main()
