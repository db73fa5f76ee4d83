"""The extended Leeds Sports Pose training set: its labels, near duplicates, and what is held out."""

import cv2
import numpy
import scipy.io

from common.album import Album
from common.paths import source, work

from .keypoints import COUNT, LEEDS, TORSO
from .pack import albums

HELD_OUT, VALIDATION = 1000, 300
ORIGINAL_TRAINING = 1000
"""So many of the original set's pictures, the first, are for training."""
ALIKE = 0.94
"""Pictures whose thumbnails correlate more than this count as one and stay on one side of the split."""


def path(index: int):
    return source("lsp") / "images" / f"im{index + 1:05d}.jpg"


def album() -> Album:
    """All the pictures, in the order of their numbers."""
    return Album.merged([albums(part, "sports")["sports"] for part in ("train", "held")])


def original_album() -> Album:
    """The pictures of the original set, in the order of their numbers, as `bodies.prepare` packed them."""
    return Album.load(work("bodies") / "original-album.npz")


def original() -> tuple[list, numpy.ndarray]:
    """Of the original Leeds Sports Pose set (Johnson and Everingham, 2010; carefully labelled): the paths of its 2,000
    pictures and the points [2000, 19, 2]; the first half is for training, the second for testing, as published."""
    folder = source("lsp_original_Oceanland-428") / "parse_dataset/parse_lsp_dataset"
    joints = scipy.io.loadmat(folder / "joints.mat")["joints"].transpose(2, 1, 0)
    points = numpy.zeros((len(joints), COUNT, 2), numpy.float32)
    points[:, LEEDS] = joints[:, :, :2]
    return sorted((folder / "images").glob("*.jpg")), points


def labels() -> tuple[numpy.ndarray, numpy.ndarray]:
    """Points [10000, 19, 2] in pixels and which of them are labelled [10000, 19]."""
    joints = scipy.io.loadmat(source("lsp") / "joints.mat")["joints"].transpose(2, 0, 1)
    points = numpy.zeros((len(joints), COUNT, 2), numpy.float32)
    known = numpy.zeros((len(joints), COUNT), bool)
    points[:, LEEDS], known[:, LEEDS] = joints[:, :, :2], joints[:, :, 2] > 0
    return points, known


def box(points: numpy.ndarray) -> numpy.ndarray:
    """Left, top, right, bottom around points [n, 2]."""
    return numpy.concatenate([points.min(0), points.max(0)])


def groups(count: int) -> numpy.ndarray:
    """A number for each picture, the same for pictures that look alike."""
    thumbs = numpy.empty((count, 24 * 24), numpy.float32)
    for index in range(count):
        grey = cv2.imread(str(path(index)), cv2.IMREAD_REDUCED_GRAYSCALE_4)
        thumbs[index] = cv2.resize(grey, (24, 24), interpolation=cv2.INTER_AREA).ravel()
    thumbs -= thumbs.mean(1, keepdims=True)
    thumbs /= numpy.linalg.norm(thumbs, axis=1, keepdims=True) + 1e-6
    group = numpy.arange(count)

    def root(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    for start in range(0, count, 500):
        alike = numpy.argwhere(thumbs[start:start + 500] @ thumbs.T > ALIKE)
        for first, second in alike + [start, 0]:
            if second > first:
                group[root(second)] = root(first)
    return numpy.array([root(index) for index in range(count)])


def split() -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Numbers of the pictures to train on, to validate on and held out; made once, the same for the same data.

    Held out are pictures with a labelled torso, since PCK is measured by it.
    """
    file = work("bodies") / "split.npz"
    if not file.exists():
        points, known = labels()
        group = groups(len(points))
        measurable = known[:, TORSO[0]] & known[:, TORSO[1]] & (known.sum(1) >= 8)
        order = numpy.random.default_rng(20).permutation(numpy.unique(group))
        side = numpy.zeros(len(points), int)
        for value, wanted in ((2, HELD_OUT), (1, VALIDATION)):
            taken = 0
            for number in order:
                members = numpy.flatnonzero(group == number)
                if taken + len(members) > wanted or side[members].any() or not measurable[members].all():
                    continue
                side[members] = value
                taken += len(members)
                if taken == wanted:
                    break
        numpy.savez(file, side=side, group=group)
    side = numpy.load(file)["side"]
    return tuple(numpy.flatnonzero(side == value) for value in (0, 1, 2))
