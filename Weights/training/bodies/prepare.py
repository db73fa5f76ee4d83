"""Makes the stores of the training: `python -m bodies.prepare`."""

import cv2
import numpy

from common.paths import work

from . import leeds
from .store import Writer


def leeds_store() -> None:
    """All labelled pictures of the Leeds data; `source` is the picture's number."""
    points, known = leeds.labels()
    writer = Writer(work("bodies"), "leeds")
    for index in range(len(points)):
        labelled = known[index]
        if labelled.sum() < 6:
            continue
        picture = cv2.imread(str(leeds.path(index)))
        if picture is None:
            raise SystemExit(f"{leeds.path(index)} is no picture")
        # A keypoint without a label may be hidden or out of sight: it teaches nothing.
        writer.add(picture, leeds.box(points[index][labelled]), points[index], labelled, labelled, index)
    writer.close()
    print(f"leeds: {len(writer.rows['offset'])} pictures, {writer.offset / 1e6:.0f} MB")


if __name__ == "__main__":
    cv2.setNumThreads(1)
    for name, numbers in zip(("training", "validation", "held out"), leeds.split()):
        print(f"{name}: {len(numbers)} pictures")
    leeds_store()
