"""Distils the teacher's answers, cell by cell: `python -m people.train`. Stopped, it goes on from its checkpoint."""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

import numpy
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from common.paths import work
from common.training import Average, Curve, adam, cosine, device, resume, save, seed

from .model import BOARD, SIZE, PeopleNet
from .teacher import STRIDES

BOXED = 0.3
"""Cells teach boxes where the teacher's score is higher."""
VALIDATION = 200
"""The last so many pictures are for validation."""


def grids(answers: torch.Tensor) -> list[torch.Tensor]:
    """[N, cells, 5] of the teacher to a grid [N, 5, h, w] for each stride of the network.

    The network sees the picture at half the side. The cells of a stride are then those of the teacher's next coarser one,
    with the same numbers, since coordinates are in strides. At the coarsest nobody is found: none is so large.
    """
    sides = [BOARD // stride for stride in STRIDES]
    parts = answers.split([side * side for side in sides], 1)
    found = [part.transpose(1, 2).reshape(len(part), 5, side, side) for part, side in zip(parts, sides)]
    return [*found[1:], torch.zeros(len(answers), 5, SIZE // STRIDES[2], SIZE // STRIDES[2])]


def mirrored(images: torch.Tensor, targets: list[torch.Tensor]) -> tuple[torch.Tensor, list[torch.Tensor]]:
    flipped = [target.flip(3) for target in targets]
    for target in flipped:
        target[:, 0] = 1 - target[:, 0]
    return images.flip(3), flipped


def coloured(images: torch.Tensor, chance: numpy.random.Generator) -> torch.Tensor:
    count = len(images)
    gain = chance.uniform(0.6, 1.4, (count, 1, 1, 1)) * chance.uniform(0.9, 1.1, (count, 3, 1, 1))
    shift = chance.uniform(-25, 25, (count, 1, 1, 1))
    images = (images * torch.from_numpy(gain).float() + torch.from_numpy(shift).float()).clamp_(0, 255)
    grey = torch.from_numpy(chance.random(count) < 0.08)
    if grey.any():
        images[grey] = images[grey].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    return images


def shared(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Intersection over union of boxes [n, 4] (x, y, log width, log height) of the same cells."""
    def corners(box: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        half = torch.exp(box[:, 2:].clamp(-6, 6)) / 2
        return box[:, :2] - half, box[:, :2] + half

    (low, high), (least, most) = corners(found), corners(wanted)
    overlap = (torch.minimum(high, most) - torch.maximum(low, least)).clamp(min=0).prod(1)
    return overlap / ((high - low).prod(1) + (most - least).prod(1) - overlap + 1e-6)


def loss(outputs: list[torch.Tensor], targets: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the scores: cross-entropy with the teacher's; of the boxes: overlap and distance, by the teacher's score."""
    found = torch.cat([output.flatten(2).transpose(1, 2).reshape(-1, 5) for output in outputs])
    wanted = torch.cat([target.flatten(2).transpose(1, 2).reshape(-1, 5) for target in targets])
    score = wanted[:, 4]
    mass = score.sum().clamp(min=8.0)
    whether = binary_cross_entropy_with_logits(found[:, 4], score, reduction="sum") / mass
    chosen = score > BOXED
    if not chosen.any():
        return whether, whether.detach() * 0
    box, aim, weight = found[chosen, :4], wanted[chosen, :4], score[chosen]
    apart = torch.nn.functional.smooth_l1_loss(box, aim, reduction="none", beta=0.2).sum(1)
    where = (weight * (2 * (1 - shared(box, aim)) + 0.5 * apart)).sum() / mass
    return whether, where


class Feed:
    """Endless batches of the rendered pictures."""

    def __init__(self, count: int, chance: numpy.random.Generator):
        folder = work("people")
        self.pictures = numpy.load(folder / "halves.npy", mmap_mode="r")
        self.answers = numpy.load(folder / "answers.npy", mmap_mode="r")
        self.count, self.chance, self.order = count, chance, []

    def read(self, chosen: numpy.ndarray) -> tuple[torch.Tensor, list[torch.Tensor]]:
        images = torch.from_numpy(self.pictures[chosen]).permute(0, 3, 1, 2)
        images = images.to(torch.float32, memory_format=torch.channels_last)
        return images, grids(torch.from_numpy(self.answers[chosen].astype(numpy.float32)))

    def next(self) -> tuple[torch.Tensor, list[torch.Tensor]]:
        if len(self.order) < self.count:
            self.order = list(self.chance.permutation(len(self.pictures) - VALIDATION))
        images, targets = self.read(numpy.sort([self.order.pop() for _ in range(self.count)]))
        if self.chance.random() < 0.5:
            images, targets = mirrored(images, targets)
        return coloured(images, self.chance), targets

    @torch.no_grad()
    def validate(self, model: torch.nn.Module) -> tuple[float, float]:
        """The two losses over the pictures kept for validation."""
        sums, starts = numpy.zeros(2), range(len(self.pictures) - VALIDATION, len(self.pictures), 20)
        for start in starts:
            images, targets = self.read(numpy.arange(start, start + 20))
            sums += [float(value) for value in loss(model(images), targets)]
        return tuple(sums / len(starts))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end the schedule after that time, if sooner")
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--every", type=int, default=200, help="steps between checkpoints")
    wanted = parser.parse_args()
    device()
    seed(2)
    folder = work("people")
    model = PeopleNet().to(memory_format=torch.channels_last)
    average = Average(model, 0.998)
    optimizer = adam(model, wanted.rate, 0.02)
    checkpoint = folder / "checkpoint.pt"
    step = resume(checkpoint, model, average, optimizer)
    curve = Curve(folder, resumed=step > 0)
    batches = Feed(wanted.batch, numpy.random.default_rng(step))
    total, since, start = numpy.zeros(2), step, time.time()
    # The next pictures are made ready while the network learns from the last.
    maker = ThreadPoolExecutor(1)
    coming = maker.submit(batches.next)
    is_over = False
    while not is_over:
        progress = max(step / wanted.steps, (time.time() - start) / 60 / wanted.minutes)
        is_over = progress >= 1 or step + 1 >= wanted.steps
        for group in optimizer.param_groups:
            group["lr"] = cosine(int(progress * wanted.steps), wanted.steps, 150, wanted.rate)
        images, targets = coming.result()
        coming = maker.submit(batches.next)
        whether, where = loss(model(images), targets)
        optimizer.zero_grad(set_to_none=True)
        (whether + where).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model)
        step, total = step + 1, total + [whether.item(), where.item()]
        if step % wanted.every == 0 or is_over:
            score, box = batches.validate(average.model)
            curve.add(step=step, score_loss=total[0] / (step - since), box_loss=total[1] / (step - since),
                      held_score_loss=score, held_box_loss=box, cpu=time.process_time())
            total, since = numpy.zeros(2), step
            save(checkpoint, model=model.state_dict(), average=average.model.state_dict(),
                 optimizer=optimizer.state_dict(), step=step)


if __name__ == "__main__":
    main()
