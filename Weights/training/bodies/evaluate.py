"""PCK@0.2 of a network or a file on held-out Leeds pictures: `python -m bodies.evaluate [file.onnx]`."""

import json
import sys
from pathlib import Path

import cv2
import numpy
import torch

from common.export import session
from common.paths import WEIGHTS, work

from . import leeds
from .augment import batch, crop, square
from .decode import pck, peaks
from .keypoints import MIRRORED
from .model import SIZE, STRIDE
from .store import Store


def measure(run, store: Store, chosen: numpy.ndarray, size: int, mirrored: bool = False) -> dict[str, float]:
    """PCK of `run` (image tensor to maps array) over rows of a store, from the crop around the labelled keypoints.

    With `mirrored`, the maps are averaged with those of the mirrored crop.
    """
    found = []
    for start in range(0, len(chosen), 50):
        rows = chosen[start:start + 50]
        crops = [crop(store.picture(row), *square(store.box[row]), size) for row in rows]
        images = batch([image for image, _ in crops])
        maps = run(images)
        if mirrored:
            maps = (maps + run(images.flip(3))[:, MIRRORED, :, ::-1]) / 2
        places, _ = peaks(maps)
        for place, (_, matrix) in zip((places + 0.5) * STRIDE, crops):
            back = numpy.linalg.inv(matrix[:, :2])
            found.append((place - matrix[:, 2]) @ back.T)
    known = store.present[chosen] & (store.weight[chosen] > 0)
    return pck(numpy.stack(found), store.points[chosen], known)


def rows_of(store: Store, numbers: numpy.ndarray) -> numpy.ndarray:
    return numpy.flatnonzero(numpy.isin(store.source, numbers))


def network(model: torch.nn.Module):
    """Runs a PyTorch network as `measure` wants it."""
    @torch.no_grad()
    def run(images: torch.Tensor) -> numpy.ndarray:
        return torch.sigmoid(model(images)).numpy()
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
    store = Store(work("bodies"), "leeds")
    held_out = rows_of(store, leeds.split()[2])
    print(len(held_out), "held-out pictures")
    for mirrored in (False, True):
        figures = measure(run, store, held_out, SIZE, mirrored)
        rounded = {key: round(value, 4) for key, value in figures.items()}
        print("mirrored average:" if mirrored else "plain:", json.dumps(rounded))
