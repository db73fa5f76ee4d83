"""Trains the body network: `python -m bodies.train`. Stopped at any time, it goes on from its last checkpoint."""

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

from common.album import Shelf
from common.paths import HERE, work
from common.training import Average, Curve, adam, cosine, device, half, resume, save, seed

from . import leeds
from .augment import blobs, samples
from .data import Labels, People, joined
from .evaluate import measure, network
from .model import SIZE, STRIDE, BodyNet
from .start import from_file
from .teacher import others

SMALL, FULL_SIZE_FROM = 128, 0.7
"""The side of the input until that share of a run: small pictures teach as much for less."""
ORIGINAL = 4
"""How often an epoch shows the people of the original set: few, but carefully labelled."""


def loss(logits: torch.Tensor, points: torch.Tensor, weight: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
    """Where: cross-entropy of the map's softmax with the blob. Whether: binary cross-entropy of each cell."""
    target = blobs(points, logits.shape[-1], STRIDE) * present[..., None, None]
    flat, aim = logits.float().flatten(2), target.flatten(2)
    share = aim / aim.sum(2, keepdim=True).clamp(min=1e-6)
    where = -(share * log_softmax(flat, 2)).sum(2)
    whether = binary_cross_entropy_with_logits(flat, aim, reduction="none").sum(2)
    return (weight * (where * present + 0.4 * whether)).sum() / weight.sum().clamp(min=1)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=Path, help="a body network's ONNX file to go on from; random weights without one")
    parser.add_argument("--steps", type=int, default=40000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end the schedule after that time, if sooner")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=500, help="steps between checkpoints")
    return parser.parse_args()


def people() -> tuple[People, torch.Tensor, People]:
    """Those to train on, which of them an epoch shows, and those of the validation: of the extended set, not trained on."""
    folder, validation = work("bodies"), leeds.split()[1]
    albums = [leeds.album(), leeds.original_album(), others()]
    labels = [Labels.load(folder / f"{name}.npz") for name in ("leeds-opinions", "original-opinions", "taught")]
    shelf = Shelf(albums)
    everyone, plain = joined(labels, albums), Labels.load(folder / "leeds.npz")
    repeats = numpy.repeat([1, ORIGINAL, 1], [len(part) for part in labels])
    # The people whose pose facts are measured are not learnt from.
    rows = (HERE / "bodies" / "pose-facts.jsonl").read_text().splitlines()
    measured = {Path(json.loads(row)["photo"]).name for row in rows}
    names = numpy.array([name for album in albums for name in album.names])
    repeats[numpy.isin(names[everyone.photo], list(measured))] = 0
    epoch = torch.from_numpy(numpy.repeat(numpy.arange(len(everyone)), repeats))
    return People(everyone, shelf), epoch, People(plain.rows(numpy.isin(plain.photo, validation)), shelf)


def main() -> None:
    cv2.setNumThreads(1)
    wanted, where = options(), device()
    seed(wanted.seed)
    folder = work("bodies")
    everyone, epoch, kept = people()
    model = BodyNet()
    if wanted.start:
        model = from_file(wanted.start, samples(everyone, epoch[torch.randperm(len(epoch))[:256]], SMALL)[0])
    model = model.to(where).to(memory_format=torch.channels_last)
    average = Average(model, 0.999)
    optimizer = adam(model, wanted.rate, wanted.decay)
    checkpoint = folder / "checkpoint.pt"
    step = resume(checkpoint, model, average, optimizer)
    curve = Curve(folder, resumed=step > 0)
    print(len(everyone), "people,", len(kept), "of the validation", flush=True)
    order, total, since, start, is_over = everyone.photo[:0], torch.zeros((), device=where), step, time.time(), False
    while not is_over:
        progress = max(step / wanted.steps, (time.time() - start) / 60 / wanted.minutes)
        size = SMALL if progress < FULL_SIZE_FROM else SIZE
        for group in optimizer.param_groups:
            group["lr"] = cosine(int(progress * 10_000), 10_000, 150, wanted.rate)
        if len(order) < wanted.batch:
            order = epoch[torch.randperm(len(epoch))]
        rows, order = order[:wanted.batch], order[wanted.batch:]
        images, *labels = samples(everyone, rows, size)
        images, labels = images.to(where), [part.to(where) for part in labels]
        with half(where):
            logits = model(images)
        error = loss(logits, *labels)
        optimizer.zero_grad(set_to_none=True)
        error.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model)
        step, total = step + 1, total + error.detach()
        is_over = progress >= 1 or step >= wanted.steps
        if step % wanted.every == 0 or is_over:
            figures = measure(network(average.model), kept, size)
            curve.add(step=step, size=size, loss=float(total) / (step - since), pck=figures["mean"], all=figures["all"],
                      wrist=(figures["left_wrist"] + figures["right_wrist"]) / 2)
            total, since = torch.zeros((), device=where), step
            save(checkpoint, model=model.state_dict(), average=average.model.state_dict(),
                 optimizer=optimizer.state_dict(), step=step)


if __name__ == "__main__":
    main()
