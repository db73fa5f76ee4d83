"""Reads the data sets into arrays: FER2013, and photos cropped like it.

FER2013 comes from two copies: one with its tones as they were, to learn from and to measure; of one whose histograms
are equalised PublicTest alone, to measure there too.
"""

import argparse
import csv
import hashlib
import re
from pathlib import Path

import cv2
import numpy

from common import paths
from expression.crop import FRAMING, Detector
from expression.data import CLASSES, SIZE, Faces, work

FER_FOLDERS = {"neutral": "neutral", "happy": "happy", "sad": "sad", "surprise": "surprised", "fear": "fearful",
               "disgust": "disgusted", "angry": "angry"}
PHOTO_LABELS = {"neutral": "neutral", "happiness": "happy", "sadness": "sad", "surprise": "surprised",
                "fear": "fearful", "disgust": "disgusted", "anger": "angry", "contempt": "contemptuous"}
#: FER2013's own split is in the file name; copies that were altered afterwards end in another `.jpg`.
FER_NAME = re.compile(r"(Training|PrivateTest|PublicTest)_\d+\.jpg")


def fer() -> dict[str, Faces]:
    """FER2013: PublicTest to measure, every third of PrivateTest to calibrate, the rest to learn from."""
    files = named(paths.source("FER"))
    private = files["PrivateTest"]
    parts = {"train": files["Training"] + [file for index, file in enumerate(private) if index % 3],
             "calibrate": private[::3], "test": files["PublicTest"],
             "test-equalized": named(paths.source("Duygu-Tanima"))["PublicTest"]}
    faces = {part: Faces(numpy.stack([grey(path) for path, _ in files]), numpy.array([label for _, label in files]))
             for part, files in parts.items()}
    faces["calibrate"] = without(faces["calibrate"], faces["test"])
    faces["train"] = without(without(faces["train"], faces["test"]), faces["calibrate"])
    return faces


def without(faces: Faces, others: Faces) -> Faces:
    """Those of `faces` that are not copies of `others`: some pictures are in FER2013 more than once."""
    known = {picture.tobytes() for picture in others.pictures}
    kept = numpy.array([picture.tobytes() not in known for picture in faces.pictures])
    return Faces(faces.pictures[kept], faces.labels[kept])


def named(root: Path) -> dict[str, list[tuple[Path, int]]]:
    """The pictures of each of FER2013's parts with their labels, by name; those filed under two labels are left out."""
    found: dict[str, list[tuple[Path, int]]] = {}
    for path in root.rglob("*.jpg"):
        if FER_NAME.fullmatch(path.name) and path.parent.name in FER_FOLDERS:
            found.setdefault(path.name, []).append((path, CLASSES.index(FER_FOLDERS[path.parent.name])))
    parts: dict[str, list[tuple[Path, int]]] = {"Training": [], "PrivateTest": [], "PublicTest": []}
    for name, files in sorted(found.items()):
        if len({label for _, label in files}) == 1:
            parts[FER_NAME.fullmatch(name)[1]].append(files[0])
    print(root.name, {part: len(files) for part, files in parts.items()})
    return parts


def grey(path: Path) -> numpy.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise SystemExit(f"{path} is no picture")
    return picture if picture.shape == (SIZE, SIZE) else cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA)


def photos(detector: Detector) -> dict[str, Faces]:
    """The photos, a tenth of the people held out to measure."""
    root = paths.source("facial_expressions")
    parts: dict[str, tuple[list, list]] = {"train": ([], []), "held_out": ([], [])}
    missing = 0
    with (root / "data" / "legend.csv").open() as file:
        rows = {row["image"]: PHOTO_LABELS[row["emotion"].strip().lower()] for row in csv.DictReader(file)}
    for name, label in sorted(rows.items()):
        photo = cv2.imread(str(root / "images" / name))
        faces = detector.find(photo) if photo is not None else []
        if not faces:
            missing += 1
            continue
        # The face nearest the middle is the one that the label speaks of.
        middle = numpy.array([photo.shape[1] / 2, photo.shape[0] / 2])
        box = min(faces, key=lambda box: numpy.linalg.norm(box[:2] + box[2:4] / 2 - middle))
        pictures, labels = parts["held_out" if held_out(name) else "train"]
        pictures.append(FRAMING.crop(photo, box))
        labels.append(CLASSES.index(label))
    print(f"photos without a face: {missing}")
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
    parts |= {f"photos-{name}": faces for name, faces in photos(detector).items()}
    for name, faces in parts.items():
        faces.save(work() / f"{name}.npz")
        print(f"{name}: {len(faces)} ({faces.counts()})")


if __name__ == "__main__":
    main()
