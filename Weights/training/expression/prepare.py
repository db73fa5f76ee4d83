"""Reads the two data sets into arrays: FER2013 as it is, the photos cropped like it."""

import argparse
import csv
import hashlib
import re
from pathlib import Path

import cv2
import numpy

from common import paths
from expression.crop import Detector, Framing, measure
from expression.data import CLASSES, SIZE, Faces, work

FER_FOLDERS = {"neutral": "neutral", "happy": "happy", "sad": "sad", "surprise": "surprised", "fear": "fearful",
               "disgust": "disgusted", "angry": "angry"}
PHOTO_LABELS = {"neutral": "neutral", "happiness": "happy", "sadness": "sad", "surprise": "surprised",
                "fear": "fearful", "disgust": "disgusted", "anger": "angry", "contempt": "contemptuous"}
#: FER2013's own split is in the file name; copies that were altered afterwards end in another `.jpg`.
FER_NAME = re.compile(r"(Training|PrivateTest|PublicTest)_\d+\.jpg")


def fer() -> dict[str, Faces]:
    """FER2013: PublicTest to measure, every third of PrivateTest to calibrate, the rest to learn from."""
    root = paths.source("Duygu-Tanima")
    found: dict[str, list[tuple[str, Path, int]]] = {}
    for path in root.glob("*/*/*.jpg"):
        if match := FER_NAME.fullmatch(path.name):
            found.setdefault(match[1], []).append((path.name, path, CLASSES.index(FER_FOLDERS[path.parent.name])))
    rows = {name: sorted(files) for name, files in found.items()}
    private = rows["PrivateTest"]
    parts = {"train": rows["Training"] + [row for index, row in enumerate(private) if index % 3],
             "calibrate": private[::3], "test": rows["PublicTest"]}
    print({name: len(files) for name, files in rows.items()})
    return {part: Faces(numpy.stack([grey(path) for _, path, _ in files]), numpy.array([row[2] for row in files]))
            for part, files in parts.items()}


def grey(path: Path) -> numpy.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None or picture.shape != (SIZE, SIZE):
        raise SystemExit(f"{path} is not a picture of {SIZE} x {SIZE}")
    return picture


def photos(detector: Detector, framing: Framing) -> dict[str, Faces]:
    """The photos, a tenth of the people held out to measure."""
    root = paths.source("facial_expressions")
    parts: dict[str, tuple[list, list]] = {"train": ([], []), "held_out": ([], [])}
    without = 0
    with (root / "data" / "legend.csv").open() as file:
        rows = {row["image"]: PHOTO_LABELS[row["emotion"].strip().lower()] for row in csv.DictReader(file)}
    for name, label in sorted(rows.items()):
        photo = cv2.imread(str(root / "images" / name))
        faces = detector.find(photo) if photo is not None else []
        if not faces:
            without += 1
            continue
        # The face nearest the middle is the one that the label speaks of.
        middle = numpy.array([photo.shape[1] / 2, photo.shape[0] / 2])
        box = min(faces, key=lambda box: numpy.linalg.norm(box[:2] + box[2:4] / 2 - middle))
        pictures, labels = parts["held_out" if held_out(name) else "train"]
        pictures.append(framing.crop(photo, box))
        labels.append(CLASSES.index(label))
    print(f"photos without a face: {without}")
    return {part: Faces(numpy.stack(pictures), numpy.array(labels)) for part, (pictures, labels) in parts.items()}


def held_out(name: str) -> bool:
    """By person: the name without its number."""
    person = re.sub(r"[_-]?\d*[a-z]?\.\w+$", "", name) or name
    return hashlib.sha256(person.encode()).digest()[0] % 10 == 0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--detector", type=Path, required=True, help="a YuNet file that finds the faces")
    detector = Detector(options.parse_args().detector)
    parts = {f"fer-{name}": faces for name, faces in fer().items()}
    framing = measure(detector, parts["fer-train"].pictures[::20])
    print(framing)
    parts |= {f"photos-{name}": faces for name, faces in photos(detector, framing).items()}
    for name, faces in parts.items():
        faces.save(work() / f"{name}.npz")
        print(f"{name}: {len(faces)} ({faces.counts()})")


if __name__ == "__main__":
    main()
