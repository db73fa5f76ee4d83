"""Renders the training pictures and asks the teacher about each: `python -m people.prepare --teacher FILE`."""

import argparse
from pathlib import Path

import cv2
import numpy

from common.paths import work
from common.training import seed

from .model import BOARD, SIZE
from .pictures import split
from .teacher import GREY, Teacher, letterboxed

REPEATS = {"actions": 2, "coco": 6, "imagenet": 4, "landscapes": 3, "mmpose": 4}
"""How often a source's pictures are rendered, each time in another way."""


def part(picture: numpy.ndarray, chance: numpy.random.Generator) -> numpy.ndarray:
    """A part of the picture, at least 45 % of each side."""
    height, width = picture.shape[:2]
    down, across = (int(side * chance.uniform(0.45, 0.9)) for side in (height, width))
    top, left = chance.integers(0, height - down + 1), chance.integers(0, width - across + 1)
    return picture[top:top + down, left:left + across]


def mosaic(pictures: list[numpy.ndarray], chance: numpy.random.Generator) -> numpy.ndarray:
    """Four pictures around a point (Bochkovskiy et al., 2020): several people, small ones, cut ones."""
    board = numpy.full((BOARD, BOARD, 3), GREY, numpy.uint8)
    x, y = chance.integers(BOARD * 3 // 10, BOARD * 7 // 10, 2)
    for number, picture in enumerate(pictures):
        left, right = ((0, x), (x, BOARD))[number % 2]
        top, bottom = ((0, y), (y, BOARD))[number // 2]
        height, width = picture.shape[:2]
        scale = max((right - left) / width, (bottom - top) / height)
        shape = (max(right - left, round(width * scale)), max(bottom - top, round(height * scale)))
        whole = cv2.resize(picture, shape, interpolation=cv2.INTER_AREA)
        board[top:bottom, left:right] = whole[:bottom - top, :right - left]
    return board


def rendered(paths: list[Path], index: int, chance: numpy.random.Generator) -> numpy.ndarray:
    """One training picture: as it is, a part, small on the board, or one of four."""
    def read(path: Path) -> numpy.ndarray:
        picture = cv2.imread(str(path))
        if picture is None:
            raise SystemExit(f"{path} is no picture")
        return picture

    picture, way = read(paths[index]), chance.random()
    if way < 0.2:
        return mosaic([picture] + [read(paths[other]) for other in chance.integers(0, len(paths), 3)], chance)
    if way < 0.4:
        picture = part(picture, chance)
    elif way < 0.55:
        # Smaller than the board: as if much more were in the picture.
        small, _ = letterboxed(picture, int(BOARD * chance.uniform(0.4, 0.9)) // 2 * 2)
        top, left = chance.integers(0, BOARD - len(small) + 1, 2)
        board = numpy.full((BOARD, BOARD, 3), GREY, numpy.uint8)
        board[top:top + len(small), left:left + len(small)] = small
        return board
    return letterboxed(picture, BOARD)[0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--teacher", type=Path, required=True, help="YOLOX-nano as an ONNX file")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    seed(5)
    chance = numpy.random.default_rng(5)
    teacher, folder = Teacher(wanted.teacher), work("people")
    paths = [path for name, (training, _) in split().items() for path in training * REPEATS.get(name, 1)]
    # In any order, so that a file that was cut short is a sample of the whole.
    paths = [paths[index] for index in chance.permutation(len(paths))]
    # The pictures as the network sees them.
    halves = numpy.lib.format.open_memmap(folder / "halves.npy", "w+", numpy.uint8, (len(paths), SIZE, SIZE, 3))
    count = sum((BOARD // stride) ** 2 for stride in (8, 16, 32))
    answers = numpy.lib.format.open_memmap(folder / "answers.npy", "w+", numpy.float16, (len(paths), count, 5))
    for index in range(len(paths)):
        board = rendered(paths, index, chance)
        halves[index] = cv2.resize(board, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        raw, score = teacher.cells(board)
        answers[index] = numpy.concatenate([raw, score[:, None]], 1).clip(-100, 100)
        if (index + 1) % 500 == 0:
            peopled = float((answers[:index + 1, :, 4].max(1) > 0.5).mean())
            print(index + 1, "of", len(paths), "people in", peopled, flush=True)
    halves.flush()
    answers.flush()


if __name__ == "__main__":
    main()
