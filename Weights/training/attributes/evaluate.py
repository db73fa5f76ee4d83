"""Prints the acceptance figures of the ONNX file, run by ONNX Runtime: `python -m attributes.evaluate [file.onnx]`.

Of held-out faces that did not calibrate it: balanced accuracy, and how often it is right where it is sure.
"""

import sys
from pathlib import Path

import numpy
import torch

from attributes.data import ATTRIBUTES, Faces
from attributes.export import CALIBRATED, FILE
from attributes.train import views
from common.export import session

SURE = (0.8, 0.9, 0.95)


def main() -> None:
    file = session(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
    held = Faces.load("held")
    rows = numpy.arange(len(held)) % CALIBRATED != 0
    pictures, labels, source = held.pictures[rows], held.labels[rows], held.source[rows]
    faces = views(torch.from_numpy(pictures)).numpy()

    def probabilities(some: numpy.ndarray) -> numpy.ndarray:
        return numpy.concatenate([file.run(None, {"face": face[None]})[0] for face in some])

    got = (probabilities(faces) + probabilities(numpy.ascontiguousarray(faces[..., ::-1]))) / 2
    for column, name in enumerate(ATTRIBUTES):
        known = labels[:, column] >= 0
        said, holds = got[known, column], labels[known, column] == 1
        found, spared = (said[holds] > 0.5).mean(), (said[~holds] <= 0.5).mean()
        print(f"{name}: {holds.sum()} of {len(holds)} faces; found {found:.3f}, spared {spared:.3f}, "
              f"balanced accuracy {(found + spared) / 2:.3f}")
        for least in SURE:
            sure = said >= least
            print(f"  from {least}: right {holds[sure].mean():.3f} of {sure.sum()}, found {sure[holds].mean():.3f}")
        for one in numpy.unique(source[known]):
            part = source[known] == one
            print(f"  {one}: {part.sum()} faces, right {((said > 0.5) == holds)[part].mean():.3f}")


if __name__ == "__main__":
    main()
