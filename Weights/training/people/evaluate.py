"""How well the detector agrees with its teacher.

`python -m people.evaluate --teacher FILE [--model FILE] [--photos FOLDER ...]`
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy

from common.export import session
from common.paths import WEIGHTS

from .model import SIZE
from .pictures import SUFFIXES, split
from .teacher import Teacher, boxes, iou, letterboxed

THRESHOLD = 0.5
"""From which score on a person counts."""
AGREED = 0.5
"""How much two boxes of one person overlap at least."""
DOUBTED = 0.2
"""From which score on the teacher's box makes a find no mistake, though missing it is none either."""


class Student:
    """The exported detector."""

    def __init__(self, path: Path):
        self.session = session(path)

    def people(self, picture: numpy.ndarray, least: float = THRESHOLD) -> numpy.ndarray:
        """Rows (left, top, right, bottom, score) in pixels of the picture."""
        board, scale = letterboxed(picture, SIZE)
        output = self.session.run(None, {"images": board.transpose(2, 0, 1)[None].astype(numpy.float32)})[0][0]
        found = boxes(output[:, :4], output[:, 4] * output[:, 5], SIZE, least)
        found[:, :4] /= scale
        return found


def compared(found: numpy.ndarray, wanted: numpy.ndarray, doubted: numpy.ndarray) -> dict[str, int]:
    """Counts of found and wanted boxes, matched one to one, surest first."""
    open_places, hits, mistakes = set(range(len(wanted))), 0, 0
    for row in found:
        overlaps = iou(row[None], wanted)[0] if len(wanted) else numpy.zeros(0)
        best = max(open_places, key=lambda place: overlaps[place], default=None)
        if best is not None and overlaps[best] >= AGREED:
            open_places.remove(best)
            hits += 1
        elif not (len(doubted) and iou(row[None], doubted)[0].max() >= AGREED):
            mistakes += 1
    return {"wanted": len(wanted), "hits": hits, "mistakes": mistakes}


def summed(rows: list[dict[str, int]]) -> dict[str, float]:
    """Recall, precision and, over pictures, how often the count of people is the teacher's."""
    total = {key: sum(row[key] for row in rows) for key in ("wanted", "hits", "mistakes")}
    alike = [row["hits"] == row["wanted"] and not row["mistakes"] for row in rows]
    return {"pictures": len(rows), "people": total["wanted"],
            "recall": round(total["hits"] / max(1, total["wanted"]), 4),
            "precision": round(total["hits"] / max(1, total["hits"] + total["mistakes"]), 4),
            "same count": round(float(numpy.mean(alike)), 4)}


def collected(student: Student, teacher: Teacher, paths: list[Path]) -> list[tuple[numpy.ndarray, numpy.ndarray]]:
    """For each picture all that the student finds from 0.05 on, and all that the teacher finds from `DOUBTED` on."""
    pairs = []
    for path in paths:
        picture = cv2.imread(str(path))
        if picture is None:
            raise SystemExit(f"{path} is no picture")
        pairs.append((student.people(picture, 0.05), teacher.people(picture, least=DOUBTED)))
    return pairs


def figures(pairs: list[tuple[numpy.ndarray, numpy.ndarray]], threshold: float = THRESHOLD) -> dict[str, float]:
    return summed([compared(found[found[:, 4] >= threshold], wanted[wanted[:, 4] >= 0.5], wanted)
                   for found, wanted in pairs])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=WEIGHTS / "heckle-people.onnx")
    parser.add_argument("--photos", type=Path, nargs="*", help="folders of photos instead of the held-out pictures")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    student, teacher = Student(wanted.model), Teacher(wanted.teacher)
    if wanted.photos:
        sources = {folder.name: sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
                   for folder in wanted.photos}
    else:
        sources = {name: held_out for name, (_, held_out) in split().items() if held_out}
    everything = []
    for name, paths in sources.items():
        pairs = collected(student, teacher, paths)
        everything += pairs
        print(name, json.dumps(figures(pairs)), flush=True)
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        print("all, from", threshold, json.dumps(figures(everything, threshold)))


if __name__ == "__main__":
    main()
