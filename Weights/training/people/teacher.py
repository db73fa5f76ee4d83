"""The teacher, YOLOX-nano (Ge et al., 2021): any detector file of that form with 80 classes, person first."""

from pathlib import Path

import cv2
import numpy
import onnx
import onnxruntime

GREY = 114
STRIDES = (8, 16, 32)


def letterboxed(picture: numpy.ndarray, size: int) -> tuple[numpy.ndarray, float]:
    """The picture at the top left of a grey square, and how much it was scaled."""
    height, width = picture.shape[:2]
    scale = size / max(height, width)
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    board = numpy.full((size, size, 3), GREY, numpy.uint8)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    board[:shape[1], :shape[0]] = cv2.resize(picture, shape, interpolation=how)
    return board, scale


def cells(size: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Place [N, 2] (column, row) and stride [N] of each cell, in the order of the output."""
    sides = [numpy.arange(size // stride) for stride in STRIDES]
    places = [numpy.stack(numpy.meshgrid(side, side), 2).reshape(-1, 2) for side in sides]
    strides = [numpy.full(len(place), stride) for place, stride in zip(places, STRIDES)]
    return numpy.concatenate(places), numpy.concatenate(strides)


def boxes(raw: numpy.ndarray, score: numpy.ndarray, size: int, least: float, overlap: float = 0.45) -> numpy.ndarray:
    """Rows (left, top, right, bottom, score) in pixels of the letterboxed picture, surest first, overlaps suppressed.

    - raw: [N, 4] as the detector gives it; score: [N].
    """
    place, stride = cells(size)
    chosen = numpy.flatnonzero(score >= least)
    chosen = chosen[numpy.argsort(-score[chosen], kind="stable")]
    centre = (raw[chosen, :2] + place[chosen]) * stride[chosen, None]
    half = numpy.exp(raw[chosen, 2:4]) * stride[chosen, None] / 2
    found = numpy.concatenate([centre - half, centre + half, score[chosen, None]], 1)
    kept: list[numpy.ndarray] = []
    for row in found:
        if not kept or iou(row[None], numpy.stack(kept)).max() <= overlap:
            kept.append(row)
    return numpy.stack(kept) if kept else numpy.zeros((0, 5))


def iou(first: numpy.ndarray, second: numpy.ndarray) -> numpy.ndarray:
    """[n, m] of boxes [n, 4...] and [m, 4...]."""
    low = numpy.maximum(first[:, None, :2], second[None, :, :2])
    high = numpy.minimum(first[:, None, 2:4], second[None, :, 2:4])
    shared = (high - low).clip(0).prod(2)
    area = [(b[:, 2:4] - b[:, :2]).prod(1) for b in (first, second)]
    return shared / (area[0][:, None] + area[1][None] - shared + 1e-9)


class Teacher:
    """A detector file, at any input size that 32 divides."""

    def __init__(self, path: Path):
        file = onnx.load(str(path))
        for value in (*file.graph.input, *file.graph.output):
            for axis in value.type.tensor_type.shape.dim[1 if value in file.graph.output else 2:]:
                axis.dim_param = f"d{id(axis)}"
        del file.graph.value_info[:]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            file.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def cells(self, board: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Raw boxes [N, 4] and person scores [N] for a letterboxed BGR picture."""
        image = board.transpose(2, 0, 1)[None].astype(numpy.float32)
        output = self.session.run(None, {"images": image})[0][0]
        return output[:, :4], output[:, 4] * output[:, 5]

    def people(self, picture: numpy.ndarray, size: int = 416, least: float = 0.5) -> numpy.ndarray:
        """Rows (left, top, right, bottom, score) in pixels of the picture."""
        board, scale = letterboxed(picture, size)
        found = boxes(*self.cells(board), size, least)
        found[:, :4] /= scale
        return found
