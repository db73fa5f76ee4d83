"""The Leeds labels in pixels of the album's photos, and the split: `python -m bodies.prepare`."""

import cv2
import numpy

from common.album import Album, opened
from common.paths import work

from . import leeds
from .data import Labels
from .keypoints import LEEDS

QUALITY = 90


def original() -> None:
    """Album and labels of the original set."""
    paths, points = leeds.original()
    photos = {}
    for index, path in enumerate(paths):
        photos[path.name], scale = opened(path)
        points[index] *= scale
    Album.of(photos, QUALITY).save(work("bodies") / "original-album.npz")
    known = numpy.zeros(points.shape[:2], bool)
    known[:, LEEDS] = True
    boxes = numpy.stack([leeds.box(part[one]) for part, one in zip(points, known)])
    Labels(numpy.arange(len(points)), boxes, points, known.astype(numpy.float32), known).save(work("bodies") / "original.npz")
    print(f"original: {len(points)} people")


def main() -> None:
    cv2.setNumThreads(1)
    original()
    for name, numbers in zip(("training", "validation", "held out"), leeds.split()):
        print(f"{name}: {len(numbers)} pictures")
    points, known = leeds.labels()
    album = leeds.album()
    if len(album) != len(points):
        raise SystemExit(f"{len(album)} pictures in the album, {len(points)} labelled")
    for index in range(len(points)):
        width = cv2.imread(str(leeds.path(index))).shape[1]
        points[index] *= album.picture(index).shape[1] / width
    chosen = numpy.flatnonzero(known.sum(1) >= 6)
    boxes = numpy.stack([leeds.box(points[index][known[index]]) for index in chosen])
    # A keypoint without a label may be hidden or out of sight: it teaches nothing.
    Labels(chosen, boxes, points[chosen], known[chosen].astype(numpy.float32), known[chosen]).save(work("bodies") / "leeds.npz")
    print(f"{len(chosen)} people")


if __name__ == "__main__":
    main()
