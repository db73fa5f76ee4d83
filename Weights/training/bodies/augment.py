"""From people beside their photos to the network's inputs and its target maps, a batch at once."""

import math

import numpy
import torch

from common.spoil import blurred, coarse, some

from .data import People
from .keypoints import COUNT, MIRRORED, UPPER

MARGIN = 1.25
"""The side of the network's square crop, in longer sides of the box around the keypoints."""
SIGMA = 1.3
"""Width of a keypoint's blob in cells of the maps."""
BORDER = 0
"""The level outside the photo, as the engine has it."""


def square(box: torch.Tensor, margin: float = MARGIN) -> tuple[torch.Tensor, torch.Tensor]:
    """Centres [n, 2] and sides [n] of the crops for boxes [n, 4]."""
    return (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]).amax(1) * margin


def matrices(centre: torch.Tensor, side: torch.Tensor, size: int, turn: torch.Tensor, mirror: torch.Tensor) -> torch.Tensor:
    """[n, 2, 3] from pixels of the crops to pixels of the photos; `turn` in radians, `mirror` -1 or 1.

    Pixel centres lie at half: a crop covers `side` pixels of the photo exactly.
    """
    scale = side / size
    cos, sin = torch.cos(turn) * scale, torch.sin(turn) * scale
    rotation = torch.stack([torch.stack([cos * mirror, -sin], 1), torch.stack([sin * mirror, cos], 1)], 1)
    return torch.cat([rotation, (centre - rotation.sum(2) * size / 2)[:, :, None]], 2)


def crops(people: People, rows: torch.Tensor, matrix: torch.Tensor, size: int) -> torch.Tensor:
    """RGB crops [n, 3, size, size] in -1...1, black outside the photo."""
    parts = [people.shelf.part(int(people.photo[row]), one.double().numpy(), size, BORDER) for row, one in zip(rows, matrix)]
    pixels = torch.from_numpy(numpy.stack(parts)).flip(3).permute(0, 3, 1, 2)
    return pixels.to(torch.float32, memory_format=torch.channels_last).sub_(127.5).div_(127.5)


def into(points: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """Points [n, J, 2] of photos in pixels of the crops."""
    return (points - matrix[:, None, :, 2]) @ torch.linalg.inv(matrix[:, :, :2]).transpose(1, 2)


def out_of(points: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """Points [n, J, 2] of crops in pixels of the photos."""
    return points @ matrix[:, :, :2].transpose(1, 2) + matrix[:, None, :, 2]


def halves(people: People, rows: torch.Tensor, centre: torch.Tensor, side: torch.Tensor,
           share: float = 0.2) -> tuple[torch.Tensor, torch.Tensor]:
    """For a share of the people a crop around the upper, seldom the lower half of the body instead."""
    is_upper = torch.zeros(COUNT, dtype=torch.bool)
    is_upper[UPPER] = True
    upper = torch.rand(len(rows), 1) < 0.85
    known = (is_upper[None] == upper) & (people.present[rows] > 0) & (people.weight[rows] > 0)
    points = people.points[rows]
    low = torch.where(known[..., None], points, math.inf).amin(1)
    high = torch.where(known[..., None], points, -math.inf).amax(1)
    centres, sides = square(torch.cat([low, high], 1), 1.45)
    taken = (torch.rand(len(rows)) < share) & (known.sum(1) >= 3) & (sides > 0.35 * side)
    return torch.where(taken[:, None], centres, centre), torch.where(taken, sides, side)


def samples(people: People, rows: torch.Tensor, size: int) -> tuple[torch.Tensor, ...]:
    """Training examples: images [n, 3, size, size], points [n, 19, 2] in their pixels, weight and present [n, 19]."""
    count = len(rows)

    def uniform(low: float, high: float, *shape: int) -> torch.Tensor:
        return torch.empty(count, *shape).uniform_(low, high)

    centre, side = halves(people, rows, *square(people.box[rows]))
    side = side * torch.exp(uniform(-0.28, 0.28))
    centre = centre + uniform(-0.08, 0.08, 2) * side[:, None]
    turn = torch.where(uniform(0, 1) < 0.6, torch.randn(count) * 0.4, 0.0).clamp(-1, 1)
    mirror = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    matrix = matrices(centre, side, size, turn, mirror)
    images = relit(covered(crops(people, rows, matrix, size)))
    points = into(people.points[rows], matrix)
    weight, present = people.weight[rows], people.present[rows]
    flipped = (mirror < 0)[:, None]
    points = torch.where(flipped[..., None], points[:, MIRRORED], points)
    weight = torch.where(flipped, weight[:, MIRRORED], weight)
    present = torch.where(flipped, present[:, MIRRORED], present)
    inside = ((points >= 0) & (points < size)).all(2)
    return images, points, weight, present * inside


def covered(images: torch.Tensor) -> torch.Tensor:
    """Some with a rectangle of one colour over a part."""
    size = images.shape[2]
    for index in some(len(images), 0.2):
        height, width = (int(side) for side in torch.empty(2).uniform_(0.1, 0.35) * size)
        top, left = (int(torch.randint(size - side, ())) for side in (height, width))
        images[index, :, top:top + height, left:left + width] = torch.rand(3, 1, 1) * 2 - 1
    return images


def relit(images: torch.Tensor) -> torch.Tensor:
    """Other light and colours, some grey, some blurred or coarse."""
    count = len(images)

    def uniform(low: float, high: float, channels: int = 1) -> torch.Tensor:
        return torch.empty(count, channels, 1, 1).uniform_(low, high)

    images.mul_(uniform(0.6, 1.4) * uniform(0.88, 1.12, 3)).add_(uniform(-0.2, 0.2))
    if len(grey := some(count, 0.1)):
        images[grey] = images[grey].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    if len(soft := some(count, 0.12)):
        images[soft] = blurred(images[soft], float(torch.empty(1).uniform_(0.4, 1.4)))
    if len(poor := some(count, 0.12)):
        images[poor] = coarse(images[poor] * 127.5, torch.empty(len(poor), 1, 1, 1).uniform_(4, 30)) / 127.5
    return images.clamp_(-1, 1)


def blobs(points: torch.Tensor, cells: int, stride: int, sigma: float = SIGMA) -> torch.Tensor:
    """Target maps [N, 19, cells, cells]: 1 at the keypoint, falling off as a Gaussian."""
    grid = torch.arange(cells, dtype=torch.float32, device=points.device)
    place = points / stride - 0.5
    across = torch.exp(-(grid - place[..., :1]) ** 2 / (2 * sigma ** 2))
    down = torch.exp(-(grid - place[..., 1:]) ** 2 / (2 * sigma ** 2))
    return down[..., :, None] * across[..., None, :]
