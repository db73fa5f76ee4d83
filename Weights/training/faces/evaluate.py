"""The acceptance figures: a detector's faces against YuNet's on photos that nothing was trained or tuned on."""

import argparse
import time
from pathlib import Path

import numpy
from PIL import Image

from common.paths import WEIGHTS, work
from faces.detection import DOUBTFUL, Agreement, Detector, fitted
from faces.prepare import held

FOLDERS = ("portrait", "group", "profile", "emotion", "lowlight")
EMPTY = "noface"
SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp"}


def photos(folder: Path) -> list[tuple[str, numpy.ndarray]]:
    """Names and prepared photos of a folder, in the order of their names."""
    found = []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES):
        with Image.open(path) as file:
            found.append((path.name, fitted(file)))
    return found


def row(name: str, sums: Agreement) -> None:
    """One line of the table."""
    print(f"{name:<12}{sums.wanted:>7}{sums.matched:>9}{sums.recall:>8.3f}{sums.ours:>6}{sums.ours - sums.true:>7}"
          f"{sums.precision:>10.3f}{sums.error:>8.4f}{sums.overlap:>7.3f}")


def milliseconds(detector: Detector) -> float:
    """The median time of a run at 640 x 480."""
    image = numpy.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=numpy.uint8)
    times = []
    for _ in range(30):
        start = time.perf_counter()
        detector.cells(image)
        times.append(time.perf_counter() - start)
    return 1000 * float(numpy.median(times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder with the folders " + ", ".join((*FOLDERS, EMPTY)))
    parser.add_argument("--teacher", type=Path, required=True, help="YuNet as ONNX with an open input size")
    parser.add_argument("--model", type=Path, default=WEIGHTS / "heckle-faces.onnx")
    parser.add_argument("--held", action="store_true", help="also the photos of the data sets kept from training")
    parser.add_argument("--list", action="store_true", help="a line a photo as well")
    options = parser.parse_args()
    teacher, ours = Detector(options.teacher), Detector(options.model)
    print("photos         faces  matched  recall  ours  false precision  points    IoU")
    if options.held:
        sums = Agreement()
        for image, faces in held(work("faces") / "held-photos.npz"):
            sums.add(ours.voted(image), faces)
        row("held", sums)
    total = Agreement()
    for folder in (*FOLDERS, EMPTY) if options.photos else ():
        sums = Agreement()
        for name, image in photos(options.photos / folder):
            answers = ours.voted(image), teacher.faces(image, DOUBTFUL)
            sums.add(*answers)
            total.add(*answers)
            if options.list:
                one = Agreement()
                one.add(*answers)
                row("  " + name[:9], one)
        row(folder, sums)
    if options.photos:
        row("all", total)
    print(f"{options.model.name}: {options.model.stat().st_size:,} bytes")
    for threads in (1, 2):
        print(f"640 x 480, {threads} threads: {milliseconds(Detector(options.model, threads)):.1f} ms, "
              f"teacher {milliseconds(Detector(options.teacher, threads)):.1f} ms")


if __name__ == "__main__":
    main()
