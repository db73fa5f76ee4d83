"""Trains the detector from random weights on the teacher's dense answers; may be stopped and started again at any time.

Writes `checkpoint.pt` (to go on from), `best.pt` (the averaged weights of the best validation) and `curve.jsonl` to
`OUT/faces/RUN`.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy
import torch
from torch.nn import functional

from common.paths import work
from common.training import Average, Curve, adam, cosine, device, resume, save, seed
from faces.canvases import spoiled
from faces.detection import STRIDES, Agreement, decoded, suppressed
from faces.model import FaceNet, rows
from faces.prepare import held

# Channels of a cell after a flip: the right eye becomes the left, the right corner of the mouth the left.
FLIPPED = [0, 1, 2, 3, 4, 7, 8, 5, 6, 9, 10, 13, 14, 11, 12]
ACROSS = [1, 5, 7, 9, 11, 13]


class Pictures:
    """The shards of one kind, read as they are needed."""

    def __init__(self, folder: Path, kind: str):
        names = sorted(folder.glob(f"{kind}-*-images.npy"))
        if not names:
            raise SystemExit(f"{folder} has no {kind} pictures: run faces.prepare")
        self.images = [numpy.load(name, mmap_mode="r") for name in names]
        self.cells = [numpy.load(str(name).replace("-images", "-cells"), mmap_mode="r") for name in names]
        self.size = self.images[0].shape[1]
        counts = [numpy.arange(side * side).reshape(side, side)[:, ::-1].ravel()
                  for side in (self.size // stride for stride in STRIDES)]
        starts = numpy.cumsum([0, *(len(count) for count in counts[:-1])])
        self.mirror = numpy.concatenate([count + start for count, start in zip(counts, starts)])

    def __len__(self) -> int:
        return sum(len(images) for images in self.images)

    def batch(self, count: int, random: numpy.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Images [B, 3, S, S], half of them flipped, all spoiled a little or much; the teacher's cells [B, cells, 15]."""
        images, targets = [], []
        for _ in range(count):
            shard = random.integers(len(self.images))
            number = random.integers(len(self.images[shard]))
            image = numpy.asarray(self.images[shard][number])
            cells = numpy.asarray(self.cells[shard][number], dtype=numpy.float32)
            if random.random() < 0.5:
                image = image[:, ::-1]
                cells = cells[self.mirror][:, FLIPPED]
                cells[:, ACROSS] = 1 - cells[:, ACROSS]
            images.append(spoiled(image, random))
            targets.append(cells)
        return (torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2).float(), torch.from_numpy(numpy.stack(targets)))


def loss(cells: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, dict[str, float]]:
    """Quality focal loss of the score (Li et al., 2020), and where the teacher sees a face, its box and points.

    Box: distances of centre and logarithms of size, relative to the face, and 1 - IoU; points relative to its size.
    """
    wanted = target[..., 0]
    distance = (wanted - cells[..., 0].sigmoid()).abs()
    score = distance.square() * functional.binary_cross_entropy_with_logits(cells[..., 0], wanted, reduction="none")
    score = score.sum() / wanted.sum().clamp(min=1)
    chosen = wanted > 0.3
    weight = wanted[chosen]
    total = weight.sum().clamp(min=1)
    ours, theirs = cells[chosen], target[chosen]
    size = theirs[:, 3:5].clamp(-4, 5).exp()
    shift = functional.smooth_l1_loss(ours[:, 1:3] / size, theirs[:, 1:3] / size, beta=0.05, reduction="none").sum(1)
    growth = functional.smooth_l1_loss(ours[:, 3:5], theirs[:, 3:5], beta=0.05, reduction="none").sum(1)
    half = ours[:, 3:5].clamp(-4, 5).exp() / 2
    low = torch.maximum(ours[:, 1:3] - half, theirs[:, 1:3] - size / 2)
    high = torch.minimum(ours[:, 1:3] + half, theirs[:, 1:3] + size / 2)
    shared = (high - low).clamp(min=0).prod(1)
    overlap = shared / ((2 * half).prod(1) + size.prod(1) - shared)
    box = ((shift + growth + 1 - overlap) * weight).sum() / total
    side = size.prod(1, keepdim=True).sqrt()
    points = functional.smooth_l1_loss(ours[:, 5:] / side, theirs[:, 5:] / side, beta=0.02, reduction="none").sum(1)
    points = (points * weight).sum() / total
    parts = {"score": float(score.detach()), "box": float(box.detach()), "points": float(points.detach())}
    return 2 * score + box + 2 * points, parts


class Validation:
    """A part of the photos and pictures kept from training, and the teacher's faces in them."""

    def __init__(self, folder: Path):
        self.photos = held(folder / "held-photos.npz")[::4]
        self.natural = len(self.photos)
        for kind, count in (("small", 100), ("large", 20)):
            random = numpy.random.default_rng(5)
            images = numpy.load(folder / f"held-{kind}-images.npy", mmap_mode="r")
            cells = numpy.load(folder / f"held-{kind}-cells.npy", mmap_mode="r")
            for image, table in zip(images[:count], cells[:count]):
                faces = suppressed(decoded(table.astype(numpy.float32), *image.shape[:2], 0.3))
                self.photos.append((spoiled(numpy.asarray(image), random), faces))

    @torch.no_grad()
    def figures(self, model: FaceNet) -> dict[str, float]:
        """Recall and precision at the threshold where their harmonic mean is best, apart for photos and pictures."""
        model.eval()
        found = [suppressed(decoded(self.cells(model, image), *image.shape[:2], 0.1)) for image, _ in self.photos]
        figures = {}
        for name, part in (("photos", slice(0, self.natural)), ("pictures", slice(self.natural, None))):
            best = max((self.agreement(found[part], part, least) for least in numpy.arange(0.25, 0.8, 0.05)),
                       key=lambda one: one[1].recall * one[1].precision / max(1e-9, one[1].recall + one[1].precision))
            figures |= {f"{name}_recall": best[1].recall, f"{name}_precision": best[1].precision,
                        f"{name}_error": best[1].error, f"{name}_iou": best[1].overlap, f"{name}_at": float(best[0])}
        return figures

    def agreement(self, found: list[numpy.ndarray], part: slice, least: float) -> tuple[float, Agreement]:
        sums = Agreement()
        for ours, (_, teacher) in zip(found, self.photos[part]):
            sums.add(ours[ours[:, 14] >= least], teacher)
        return least, sums

    @staticmethod
    def cells(model: FaceNet, image: numpy.ndarray) -> numpy.ndarray:
        tensor = torch.from_numpy(numpy.ascontiguousarray(image.transpose(2, 0, 1)))[None].float()
        device = next(model.parameters()).device
        cells = rows(model(tensor.to(device).to(memory_format=torch.channels_last)))[0]
        cells[:, 0].sigmoid_()
        return cells.cpu().numpy()


def value(figures: dict[str, float]) -> float:
    """What the best checkpoint is chosen by."""
    return sum(figures[f"{name}_{part}"] for name in ("photos", "pictures") for part in ("recall", "precision")) / 4 \
        + sum(figures[f"{name}_iou"] - figures[f"{name}_error"] for name in ("photos", "pictures")) / 4


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", default="run", help="the run's folder in OUT/faces")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end the schedule after that time, if sooner")
    parser.add_argument("--rate", type=float, default=5e-3)
    parser.add_argument("--batch", type=int, default=32, help="pictures of 256 x 256 a step, or a quarter as many of 512")
    parser.add_argument("--every", type=float, default=240, help="seconds between checkpoints")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    seed(3)
    cv2.setNumThreads(1)
    where = device()
    folder = work("faces") / options.run
    folder.mkdir(exist_ok=True)
    model = FaceNet().to(where).to(memory_format=torch.channels_last)
    average = Average(model, 0.998)
    optimizer = adam(model, options.rate, 0.02)
    checkpoint = folder / "checkpoint.pt"
    step, best, spent = resume(checkpoint, model, average, optimizer), -1.0, 0.0
    if step:
        state = torch.load(checkpoint, map_location="cpu")
        best, spent = state["best"], state["spent"]
    curve = Curve(folder, resumed=step > 0)
    validation = Validation(work("faces"))
    pools = {kind: Pictures(work("faces"), kind) for kind in ("small", "large")}
    print({kind: len(pool) for kind, pool in pools.items()}, "from step", step, flush=True)
    random = numpy.random.default_rng(1000 + step)
    # The next pictures are made ready while the network learns from the last.
    maker = ThreadPoolExecutor(1)

    def ordered(step: int):
        kind, count = ("large", options.batch // 4) if step % 3 == 2 else ("small", options.batch)
        return maker.submit(pools[kind].batch, count, random)

    coming = ordered(step)
    last, processor, sums, since = time.time(), time.process_time(), {}, 0
    is_over = False
    while not is_over:
        now = time.time()
        progress = max(step / options.steps, (spent + now - last) / 60 / options.minutes)
        for group in optimizer.param_groups:
            group["lr"] = cosine(int(progress * options.steps), options.steps, 100, options.rate)
        image, target = coming.result()
        coming = ordered(step + 1)
        total, parts = loss(rows(model.train()(image.to(where).to(memory_format=torch.channels_last))), target.to(where))
        optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
        average.update(model)
        step, since = step + 1, since + 1
        sums = {key: sums.get(key, 0) + part for key, part in parts.items()}
        is_over = progress >= 1 or step >= options.steps
        if now - last > options.every or is_over:
            took = time.process_time() - processor
            figures = validation.figures(average.model)
            if value(figures) > best:
                best = value(figures)
                save(folder / "best.pt", model=average.model.state_dict(), step=step, figures=figures)
            spent += time.time() - last
            save(checkpoint, model=model.state_dict(), average=average.model.state_dict(),
                 optimizer=optimizer.state_dict(), step=step, best=best, spent=spent)
            curve.add(step=step, processor=took / since, **{key: part / since for key, part in sums.items()}, **figures)
            pools = {kind: Pictures(work("faces"), kind) for kind in ("small", "large")}
            last, processor, sums, since = time.time(), time.process_time(), {}, 0


if __name__ == "__main__":
    main()
