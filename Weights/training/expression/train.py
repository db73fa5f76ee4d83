"""Trains the network. Checkpoints each epoch; `--resume` goes on from the last one.

The learning rate follows steps or time, whichever is further on, so that a run with `--minutes` ends well in any case.
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy
import torch
from torch.nn import functional

from common.training import Average, Curve, cosine, device, save, seed
from expression.augment import augmented, normalized
from expression.data import CLASSES, FER_CLASSES, SIZE, Faces, work
from expression.model import Expression
from expression.teacher import opinions

BATCH = 128
RATE = 0.1
DECAY = 5e-4
SMOOTHING = 0.1
#: How much of a target is the teacher's opinion (`expression.teacher`), of FER2013's faces, whose labels are doubtful.
OPINION = 0.3
#: Faces are learnt at this size first and at their own from `FULL_SIZE_FROM` (a share of the run) on.
SMALL = 32
FULL_SIZE_FROM = 0.35
#: The share of faces whose histogram is equalised, so that tones are not what the network goes by.
EQUALIZED = 0.25
#: Photos are mostly neutral or happy: so many of each of the two are drawn for an epoch, and all others.
COMMON_PHOTOS = 1000
#: How often an epoch shows each contemptuous face; there are hardly any.
CONTEMPT_REPEATS = 8


class Material:
    """The pictures and their targets."""

    def __init__(self):
        fer, photos = Faces.load("fer-train"), Faces.load("photos-train")
        pictures = numpy.concatenate([fer.pictures, photos.pictures])
        self.pictures = torch.from_numpy(pictures)
        self.equalized = torch.from_numpy(numpy.stack([cv2.equalizeHist(picture) for picture in pictures]))
        self.labels = torch.from_numpy(numpy.concatenate([fer.labels, photos.labels]))
        self.fer = len(fer)
        exact = functional.one_hot(self.labels, len(CLASSES)).float()
        self.targets = exact * (1 - SMOOTHING) + SMOOTHING / len(CLASSES)
        # FER2013 and the teacher have no contempt.
        said = torch.from_numpy(opinions(len(fer)))
        self.targets[:self.fer] = exact[:self.fer] * (1 - OPINION)
        self.targets[:self.fer, :FER_CLASSES] += OPINION * said

    def faces(self, rows: torch.Tensor) -> torch.Tensor:
        equalized = (torch.rand(len(rows)) < EQUALIZED)[:, None, None]
        return normalized(torch.where(equalized, self.equalized[rows], self.pictures[rows]))

    def epoch(self) -> torch.Tensor:
        """The order of an epoch."""
        photos = torch.arange(self.fer, len(self.labels))
        labels = self.labels[self.fer:]
        rows = [torch.arange(self.fer)]
        for label, name in enumerate(CLASSES):
            of_label = photos[labels == label]
            if name in ("neutral", "happy"):
                of_label = of_label[torch.randperm(len(of_label))[:COMMON_PHOTOS]]
            rows.append(of_label.repeat(CONTEMPT_REPEATS if name == "contemptuous" else 1))
        rows = torch.cat(rows)
        return rows[torch.randperm(len(rows))]


@torch.no_grad()
def probabilities(model: torch.nn.Module, pictures: torch.Tensor, mirror: bool = False) -> torch.Tensor:
    """[N, 8]; `mirror`: the mean over each face and its mirror image."""
    parts = []
    for batch in pictures.split(256):
        batch = batch.to(next(model.parameters()).device, memory_format=torch.channels_last)
        part = model(batch).softmax(1)
        if mirror:
            part = (part + model(batch.flip(3)).softmax(1)) / 2
        parts.append(part.cpu())
    return torch.cat(parts)


def groups(model: torch.nn.Module) -> list[dict]:
    """Weights decay; scales and shifts do not."""
    weights = [value for value in model.parameters() if value.ndim > 1]
    others = [value for value in model.parameters() if value.ndim <= 1]
    return [{"params": weights, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]


class Run:
    """A training run's state."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.folder = work() / options.name
        self.folder.mkdir(exist_ok=True)
        seed(options.seed)
        self.device = device()
        self.material = Material()
        self.calibrate = Faces.load("fer-calibrate")
        self.model = Expression().to(self.device, memory_format=torch.channels_last)
        if options.start:
            self.model.load_state_dict(torch.load(options.start, weights_only=True)["model"])
        self.average = Average(self.model, decay=0.998)
        self.optimizer = torch.optim.SGD(groups(self.model), lr=options.rate, momentum=0.9, nesterov=True)
        self.steps = options.epochs * -(-len(self.material.epoch()) // BATCH)
        self.step, self.epoch, self.spent = 0, 0, 0.0
        self.checkpoint = self.folder / "checkpoint.pt"
        if options.resume:
            self.restore()
        self.curve = Curve(self.folder, resumed=options.resume)
        self.since = time.time()

    @property
    def progress(self) -> float:
        """How much of the run is over, 0...1."""
        minutes = self.options.minutes
        elapsed = (self.spent + time.time() - self.since) / 60
        return min(1.0, max(self.step / self.steps, elapsed / minutes if minutes else 0.0))

    def restore(self) -> None:
        state = torch.load(self.checkpoint, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.updates, self.step, self.epoch, self.spent = state["counts"]
        torch.manual_seed(self.options.seed + self.epoch)

    def keep(self) -> None:
        counts = (self.average.updates, self.step, self.epoch, self.spent + time.time() - self.since)
        save(self.checkpoint, model=self.model.state_dict(), average=self.average.model.state_dict(),
             optimizer=self.optimizer.state_dict(), counts=counts)
        save(self.folder / "weights.pt", model=self.average.model.state_dict())

    def all(self) -> None:
        while self.progress < 1:
            loss = self.one_epoch()
            self.epoch += 1
            self.keep()
            figures = {"epoch": self.epoch, "progress": self.progress, "loss": loss}
            if self.epoch % 2 == 0 or self.progress == 1:
                figures |= self.measured()
            self.curve.add(**figures)

    def one_epoch(self) -> float:
        losses = []
        for rows in self.material.epoch().split(BATCH):
            progress = self.progress
            if progress >= 1:
                break
            for group in self.optimizer.param_groups:
                group["lr"] = cosine(int(progress * 10_000), 10_000, 300, self.options.rate, floor=0.001)
            losses.append(self.one_step(rows, progress))
            self.step += 1
        return sum(losses) / max(1, len(losses))

    def one_step(self, rows: torch.Tensor, progress: float) -> float:
        faces = augmented(self.material.faces(rows), self.size(progress))
        targets = self.material.targets[rows]
        faces = faces.to(self.device, memory_format=torch.channels_last)
        loss = functional.cross_entropy(self.model.train()(faces), targets.to(self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.average.update(self.model)
        return loss.item()

    def size(self, progress: float) -> int:
        """Rows and columns of a face at this point of a run."""
        return SMALL if progress < FULL_SIZE_FROM and not self.options.start else SIZE

    def measured(self) -> dict:
        """Of the average on the calibration part, over FER2013's classes, at the present size, mirrored too."""
        pictures = normalized(torch.from_numpy(self.calibrate.pictures))
        pictures = functional.interpolate(pictures, self.size(self.progress), mode="bilinear", antialias=True)
        got = probabilities(self.average.model, pictures, mirror=True)
        got = got[:, :FER_CLASSES].numpy()
        right = got.argmax(1) == self.calibrate.labels
        own = numpy.maximum(got[numpy.arange(len(got)), self.calibrate.labels], 1e-9)
        return {"accuracy": float(right.mean()), "nats": float(-numpy.log(own).mean())}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--name", default="run", help="the run's folder in the working folder")
    options.add_argument("--epochs", type=int, default=64)
    options.add_argument("--minutes", type=float, default=0, help="stop after so long at the latest; 0: no limit")
    options.add_argument("--rate", type=float, default=RATE, help="the highest learning rate")
    options.add_argument("--start", type=Path, help="an earlier run's weights.pt to begin with, at full size")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--resume", action="store_true")
    Run(options.parse_args()).all()


if __name__ == "__main__":
    main()
