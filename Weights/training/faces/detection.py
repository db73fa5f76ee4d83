"""Outputs of a detector to faces, as `Sources/Vision/Models/FaceDetector.swift` reads them, and how well faces agree.

A detector takes `input` [1, 3, H, W], BGR, 0...255, H and W multiples of 32, and gives for each stride 8, 16, 32 the
tables `cls` [1, N, 1], `obj` [1, N, 1], `bbox` [1, N, 4] and `kps` [1, N, 10], N cells row by row: YuNet's contract
(Wu, Peng and Yu, 2023). Here a cell is a row of 15: score, box, points.
A face is a row of 15: left, top, right, bottom, ten coordinates of points, score.
"""

from pathlib import Path

import numpy
import onnxruntime
from PIL import Image, ImageOps

STRIDES = (8, 16, 32)
PARTS = ("cls", "obj", "bbox", "kps")
OUTPUTS = [f"{part}_{stride}" for part in PARTS for stride in STRIDES]
LONGEST = 640
FACE = 0.6
DOUBTFUL = 0.3
LEAST = 24
OVERLAP = 0.3


class Detector:
    """An ONNX file of that contract in ONNX Runtime."""

    def __init__(self, path: Path, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name

    def cells(self, image: numpy.ndarray) -> numpy.ndarray:
        """[cells, 15] of all strides, finest first, for an image [H, W, 3] of bytes, BGR."""
        tensor = numpy.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=numpy.float32)
        results = dict(zip(OUTPUTS, self.session.run(OUTPUTS, {self.input: tensor})))
        return numpy.concatenate([joined(*(results[f"{part}_{stride}"][0] for part in PARTS)) for stride in STRIDES])

    def faces(self, image: numpy.ndarray, least: float = DOUBTFUL) -> numpy.ndarray:
        """Faces [n, 15] of at least that score, highest first."""
        return suppressed(decoded(self.cells(image), *image.shape[:2], least))

    def voted(self, image: numpy.ndarray) -> numpy.ndarray:
        """Faces [n, 15] of a score of 0.6 and more as the runtime reports them: the mean of the cells that saw each."""
        seen = decoded(self.cells(image), *image.shape[:2], FACE)
        faces = suppressed(seen).copy()
        for face, table in zip(faces, overlaps(faces, seen)):
            weights = (seen[:, 14] - FACE + 1e-3) * numpy.maximum(table - 0.5, 0)
            face[:14] = weights @ seen[:, :14] / weights.sum()
        return faces


def joined(classes: numpy.ndarray, objects: numpy.ndarray, boxes: numpy.ndarray, points: numpy.ndarray) -> numpy.ndarray:
    """Cells [N, 15] of one stride's four tables."""
    score = numpy.sqrt(numpy.clip(classes, 0, 1) * numpy.clip(objects, 0, 1))
    return numpy.concatenate([score, boxes, points], 1).astype(numpy.float32)


def grid(height: int, width: int) -> numpy.ndarray:
    """Column, row and stride [cells, 3] of all cells of an input, as `cells` orders them."""
    parts = []
    for stride in STRIDES:
        rows, columns = numpy.mgrid[:height // stride, :width // stride]
        parts.append(numpy.stack([columns.ravel(), rows.ravel(), numpy.full(rows.size, stride)], 1))
    return numpy.concatenate(parts).astype(numpy.float32)


def decoded(cells: numpy.ndarray, height: int, width: int, least: float) -> numpy.ndarray:
    """Faces [n, 15] of the cells whose score is at least that, in pixels of the input, before suppression."""
    chosen = numpy.flatnonzero(cells[:, 0] >= least)
    cells, places = cells[chosen], grid(height, width)[chosen]
    stride = places[:, 2:]
    centre = (places[:, :2] + cells[:, 1:3]) * stride
    half = numpy.exp(numpy.minimum(cells[:, 3:5], 8)) * stride / 2
    points = (cells[:, 5:].reshape(-1, 5, 2) + places[:, None, :2]) * stride[:, None]
    return numpy.concatenate([centre - half, centre + half, points.reshape(-1, 10), cells[:, :1]], 1)


def overlaps(first: numpy.ndarray, second: numpy.ndarray) -> numpy.ndarray:
    """Intersection over union [n, m] of two lists of faces."""
    if not len(first) or not len(second):
        return numpy.zeros((len(first), len(second)))
    corner = numpy.minimum(first[:, None, 2:4], second[None, :, 2:4])
    shared = numpy.clip(corner - numpy.maximum(first[:, None, :2], second[None, :, :2]), 0, None).prod(2)
    areas = [(faces[:, 2:4] - faces[:, :2]).prod(1) for faces in (first, second)]
    return shared / numpy.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9)


def suppressed(faces: numpy.ndarray, limit: float = OVERLAP, most: int = 200) -> numpy.ndarray:
    """Those that no better one overlaps by more than the limit, highest score first, so many at most."""
    faces = faces[numpy.argsort(-faces[:, 14], kind="stable")]
    kept = []
    while len(faces) and len(kept) < most:
        kept.append(faces[0])
        faces = faces[1:][overlaps(faces[:1], faces[1:])[0] <= limit]
    return numpy.stack(kept) if kept else faces


def fitted(photo: Image.Image) -> numpy.ndarray:
    """A photo as the runtime prepares it: upright, shrunk to 640 at most, black up to multiples of 32, BGR bytes."""
    photo = ImageOps.exif_transpose(photo).convert("RGB")
    scale = min(1, LONGEST / max(photo.size))
    width, height = (max(1, int(side * scale + 0.5)) for side in photo.size)
    if (width, height) != photo.size:
        photo = photo.resize((width, height), Image.Resampling.BILINEAR)
    return padded(numpy.asarray(photo)[:, :, ::-1])


def padded(image: numpy.ndarray) -> numpy.ndarray:
    """An image with black to the right and below up to multiples of 32."""
    height, width = image.shape[:2]
    canvas = numpy.zeros((-(-height // 32) * 32, -(-width // 32) * 32, 3), numpy.uint8)
    canvas[:height, :width] = image
    return canvas


def large(faces: numpy.ndarray, least: float = LEAST) -> numpy.ndarray:
    """Which faces are larger than that on both sides, in pixels of the input."""
    return (faces[:, 2:4] - faces[:, :2]).min(1, initial=1e9) > least


class Agreement:
    """How well faces agree with a teacher's, summed over photos.

    - Recall: of the teacher's faces of score 0.6 and more that are larger than 24 pixels on both sides, those that one
      of ours (each used once) overlaps by half or more.
    - Precision: of our faces larger than 24 pixels, those that overlap any face of the teacher of score 0.3 and more,
      of any size, by half or more; the others are false.
    - Points: mean distance of the five, as a share of the distance between the teacher's eyes, of the matched.
    """

    def __init__(self) -> None:
        self.wanted, self.matched, self.ours, self.true = 0, 0, 0, 0
        self.errors: list[float] = []
        self.overlaps: list[float] = []

    def add(self, ours: numpy.ndarray, teacher: numpy.ndarray) -> None:
        wanted = teacher[(teacher[:, 14] >= FACE) & large(teacher)]
        table = overlaps(wanted, ours)
        self.wanted += len(wanted)
        while table.size and table.max() >= 0.5:
            row, column = numpy.unravel_index(table.argmax(), table.shape)
            self.matched += 1
            self.overlaps.append(float(table[row, column]))
            points, expected = ours[column, 4:14].reshape(5, 2), wanted[row, 4:14].reshape(5, 2)
            eyes = max(numpy.linalg.norm(expected[0] - expected[1]), 1e-6)
            self.errors.append(float(numpy.linalg.norm(points - expected, axis=1).mean() / eyes))
            table[row], table[:, column] = 0, 0
        ours = ours[large(ours)]
        self.ours += len(ours)
        self.true += int((overlaps(ours, teacher).max(1, initial=0) >= 0.5).sum())

    @property
    def recall(self) -> float:
        return self.matched / max(1, self.wanted)

    @property
    def precision(self) -> float:
        return self.true / max(1, self.ours)

    @property
    def error(self) -> float:
        return float(numpy.median(self.errors)) if self.errors else 1.0

    @property
    def overlap(self) -> float:
        return float(numpy.median(self.overlaps)) if self.overlaps else 0.0
