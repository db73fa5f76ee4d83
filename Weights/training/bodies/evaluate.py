"""PCK@0.2 of a network or a file on held-out Leeds pictures: `python -m bodies.evaluate [file.onnx]`."""

import json
import sys
from pathlib import Path

import cv2
import numpy
import torch

from common.album import Shelf
from common.export import session
from common.paths import WEIGHTS, work

from .augment import crops, matrices, out_of, square
from .data import Labels, People
from .decode import pck, peaks
from .keypoints import MIRRORED
from .leeds import ORIGINAL_TRAINING, album, original_album, split
from .model import SIZE, STRIDE


def measure(run, people: People, size: int, mirrored: bool = False) -> dict[str, float]:
    """PCK of `run` (image tensor to maps array) over people, from the crop around the labelled keypoints.

    With `mirrored`, the maps are averaged with those of the mirrored crop.
    """
    found = []
    for rows in torch.arange(len(people)).split(50):
        matrix = matrices(*square(people.box[rows]), size, torch.zeros(len(rows)), torch.ones(len(rows)))
        images = crops(people, rows, matrix, size)
        maps = run(images)
        if mirrored:
            maps = (maps + run(images.flip(3))[:, MIRRORED, :, ::-1]) / 2
        places, _ = peaks(maps)
        places = torch.from_numpy((places + 0.5) * STRIDE).float()
        found.append(out_of(places, matrix).numpy())
    known = (people.present * people.weight > 0).numpy()
    return pck(numpy.concatenate(found), people.points.numpy(), known)


def network(model: torch.nn.Module):
    """Runs a PyTorch network as `measure` wants it."""
    where = next(model.parameters()).device

    @torch.no_grad()
    def run(images: torch.Tensor) -> numpy.ndarray:
        return torch.sigmoid(model(images.to(where))).float().cpu().numpy()
    return run


def file(path: Path):
    """Runs an ONNX file, picture after picture, as `measure` wants it."""
    graph = session(path)

    def run(images: torch.Tensor) -> numpy.ndarray:
        return numpy.concatenate([graph.run(None, {"image": image[None].numpy()})[0] for image in images])
    return run


if __name__ == "__main__":
    cv2.setNumThreads(1)
    run = file(Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS / "heckle-body.onnx")
    extended = Labels.load(work("bodies") / "leeds.npz")
    original = Labels.load(work("bodies") / "original.npz")
    parts = {"original": (original.rows(original.photo >= ORIGINAL_TRAINING), original_album()),
             "extended": (extended.rows(numpy.isin(extended.photo, split()[2])), album())}
    for name, (labels, photos) in parts.items():
        people = People(labels, Shelf([photos]))
        print(f"{name}: {len(people)} held-out pictures")
        for mirrored in (False, True):
            figures = measure(run, people, SIZE, mirrored)
            rounded = {key: round(value, 4) for key, value in figures.items()}
            print("  mirrored average:" if mirrored else "  plain:", json.dumps(rounded))
