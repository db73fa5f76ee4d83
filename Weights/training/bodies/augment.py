"""From a stored picture to the network's input and its target maps."""

import cv2
import numpy
import torch

from .keypoints import COUNT, MIRRORED, UPPER
from .store import MARGIN, Store

SIGMA = 1.3
"""Width of a keypoint's blob in cells of the maps."""
BORDER = (128, 128, 128)


def square(box: numpy.ndarray, margin: float = MARGIN) -> tuple[numpy.ndarray, float]:
    """Centre and side of the crop for a person's box."""
    return (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2]) * margin)


def crop(picture: numpy.ndarray, centre: numpy.ndarray, side: float, size: int, turn: float = 0.0,
         mirrored: bool = False) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The crop [size, size, 3], and the matrix [2, 3] from pixels of the picture to pixels of the crop.

    Pixel centres lie at half: the crop covers `side` picture pixels exactly. `turn` is in degrees.
    """
    scale, angle = size / side, numpy.deg2rad(turn)
    rotation = numpy.array([[numpy.cos(angle), numpy.sin(angle)], [-numpy.sin(angle), numpy.cos(angle)]]) * scale
    if mirrored:
        rotation[0] *= -1
    matrix = numpy.concatenate([rotation, (size / 2 - rotation @ centre)[:, None]], 1)
    centres = matrix.copy()
    centres[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    image = cv2.warpAffine(picture, centres, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
                           borderValue=BORDER)
    return image, matrix


def moved(points: numpy.ndarray, matrix: numpy.ndarray) -> numpy.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


def sample(store: Store, index: int, size: int, chance: numpy.random.Generator):
    """One training example: image uint8 [size, size, 3], points [19, 2] in its pixels, weight [19], present [19]."""
    points, weight, present = store.points[index], store.weight[index].copy(), store.present[index].copy()
    centre, side = square(store.box[index])
    if chance.random() < 0.15:
        part = numpy.isin(numpy.arange(COUNT), UPPER) == (chance.random() < 0.85)
        chosen = points[part & present & (weight > 0)]
        if len(chosen) >= 3:
            about = numpy.concatenate([chosen.min(0), chosen.max(0)])
            if max(about[2:] - about[:2]) > 0.3 * side / MARGIN:
                centre, side = square(about, 1.45)
    turn = chance.normal() * 18 if chance.random() < 0.5 else 0.0
    side *= numpy.exp(chance.uniform(-0.25, 0.25))
    centre = centre + chance.uniform(-0.07, 0.07, 2) * side
    mirrored = chance.random() < 0.5
    image, matrix = crop(store.picture(index), centre, side, size, float(numpy.clip(turn, -45, 45)), mirrored)
    points = moved(points, matrix)
    if mirrored:
        points, weight, present = points[MIRRORED], weight[MIRRORED], present[MIRRORED]
    inside = ((points >= 0) & (points < size)).all(1)
    present &= inside
    if chance.random() < 0.15:
        image = covered(image, chance)
    return image, points.astype(numpy.float32), weight, present


def covered(image: numpy.ndarray, chance: numpy.random.Generator) -> numpy.ndarray:
    """With a rectangle of one colour over a part."""
    size = len(image)
    height, width = chance.integers(size // 8, size // 3, 2)
    top, left = chance.integers(0, size - height), chance.integers(0, size - width)
    image[top:top + height, left:left + width] = chance.integers(0, 256, 3)
    return image


def batch(images: list[numpy.ndarray], chance: numpy.random.Generator | None = None) -> torch.Tensor:
    """[N, 3, size, size] in -1...1; with `chance`, the colours change."""
    pixels = torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2)
    values = pixels.to(torch.float32, memory_format=torch.channels_last).sub_(127.5).div_(127.5)
    if chance is None:
        return values
    count = len(images)
    gain = chance.uniform(0.65, 1.35, (count, 1, 1, 1)) * chance.uniform(0.88, 1.12, (count, 3, 1, 1))
    shift = chance.uniform(-0.2, 0.2, (count, 1, 1, 1))
    values.mul_(torch.from_numpy(gain).float()).add_(torch.from_numpy(shift).float()).clamp_(-1, 1)
    grey = torch.from_numpy(chance.random(count) < 0.08)
    if grey.any():
        values[grey] = values[grey].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    return values


def blobs(points: torch.Tensor, cells: int, stride: int, sigma: float = SIGMA) -> torch.Tensor:
    """Target maps [N, 19, cells, cells]: 1 at the keypoint, falling off as a Gaussian."""
    grid = torch.arange(cells, dtype=torch.float32)
    place = points / stride - 0.5
    across = torch.exp(-(grid - place[..., :1]) ** 2 / (2 * sigma ** 2))
    down = torch.exp(-(grid - place[..., 1:]) ** 2 / (2 * sigma ** 2))
    return down[..., :, None] * across[..., None, :]
