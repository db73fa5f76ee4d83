"""From maps to keypoints, and how well they lie."""

import numpy

from .keypoints import COUNT, LEEDS, NAMES, TORSO


def peaks(maps: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Places [N, J, 2] in cells (x, y; the middle of the first cell is 0) and scores [N, J] of maps [N, J, h, w].

    The highest cell, a quarter of a cell toward the higher neighbour on each axis.
    """
    count, joints, height, width = maps.shape
    flat = maps.reshape(count, joints, -1)
    best = flat.argmax(2)
    score = numpy.take_along_axis(flat, best[..., None], 2)[..., 0]
    row, column = best // width, best % width
    padded = numpy.pad(maps, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    n, j = numpy.ogrid[:count, :joints]

    def at(down: int, across: int) -> numpy.ndarray:
        return padded[n, j, row + 1 + down, column + 1 + across]

    x = column + 0.25 * numpy.sign(at(0, 1) - at(0, -1)) * ((column > 0) & (column < width - 1))
    y = row + 0.25 * numpy.sign(at(1, 0) - at(-1, 0)) * ((row > 0) & (row < height - 1))
    return numpy.stack([x, y], 2), score


def pck(found: numpy.ndarray, points: numpy.ndarray, known: numpy.ndarray, share: float = 0.2) -> dict[str, float]:
    """PCK on the Leeds joints: labelled ones found within `share` of the torso, left hip to right shoulder.

    - found, points: [N, 19, 2] in pixels of the picture; known: [N, 19].
    """
    torso = numpy.linalg.norm(points[:, TORSO[0]] - points[:, TORSO[1]], axis=1)
    right = numpy.linalg.norm(found - points, axis=2) < share * torso[:, None]
    figures = {NAMES[joint]: float(right[:, joint][known[:, joint]].mean()) for joint in sorted(LEEDS)}
    figures["mean"] = float(numpy.mean(list(figures.values())))
    counted = known & numpy.isin(numpy.arange(COUNT), LEEDS)
    figures["all"] = float(right[counted].mean())
    return figures
