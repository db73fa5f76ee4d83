"""Finds the face in each public picture and keeps the square around it.

`python -m attributes.prepare --detector FILE --mesh FILE`

- CelebA names smiles, open mouths, glasses and hats; a public face mesh says which of its eyes are surely open.
- Closed eyes come from the closed half of Closed Eyes in the Wild; open ones, by the mesh too, from Labeled Faces in the
  Wild, which is that set's own open half, and from UTKFace.
- GENKI-4K names smiles of everyday photos.

Held out: CelebA's own test part, whose people are in no other; of the rest one in eight, by photo.
"""

import argparse
import zlib
from pathlib import Path

import cv2
import numpy

from common.export import session
from common.paths import source
from expression.crop import Detector, Framing

from .data import ATTRIBUTES, STORED, UNKNOWN, Faces, work

#: The stored square, with room for a hat and for shifts.
FRAMING = Framing(size=2.1, rise=0.12)
#: Eyes more open than that are surely open: opening by width (Soukupova and Cech, 2016), of the wider one.
OPEN = 0.25
CELEBA = {"Smiling": "smiling", "Mouth_Slightly_Open": "mouth_open", "Eyeglasses": "glasses", "Wearing_Hat": "hat"}
#: CelebA's faces without glasses and hat are plenty: so many are used.
PLAIN = 10_000
#: Pictures of CelebA's test part that are used.
TEST = 3000


class Mesh:
    """468 points of a face, MediaPipe's mesh."""

    EYES = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))

    def __init__(self, path: Path):
        self.session = session(path)
        self.input = self.session.get_inputs()[0].name

    def opening(self, face: numpy.ndarray) -> float:
        """How open the wider eye is, of a stored square: mean height by width."""
        # The mesh expects 1.6 times the box.
        scale = 192 / STORED * FRAMING.size / 1.6
        inner = cv2.resize(face, None, fx=scale, fy=scale)
        edge = (len(inner) - 192) // 2
        # The square's centre lies above the box's, which the mesh expects in the middle.
        down = min(edge, round(FRAMING.rise / FRAMING.size * len(inner)))
        part = inner[edge + down:edge + down + 192, edge:edge + 192]
        tensor = (part.transpose(2, 0, 1)[None] / 127.5 - 1).astype(numpy.float32)
        points = next(value for value in self.session.run(None, {self.input: tensor}) if value.size == 1404)
        points = points.reshape(468, 3)[:, :2]

        def apart(first: int, second: int) -> float:
            return float(numpy.linalg.norm(points[first] - points[second]))

        return max((apart(b, f) + apart(c, e)) / 2 / max(1e-3, apart(a, d)) for a, b, c, d, e, f in self.EYES)


def square(photo: numpy.ndarray, box: numpy.ndarray) -> numpy.ndarray:
    """The square around a box (left, top, width, height) of a BGR photo: RGB [80, 80, 3]."""
    return FRAMING.cut(photo, box, STORED)[..., ::-1].copy()


def is_held(name: str) -> bool:
    return zlib.crc32(name.encode()) % 8 == 0


class Parts:
    """Collects faces of the training and of what is held out."""

    def __init__(self, detector: Detector, mesh: Mesh):
        self.detector, self.mesh = detector, mesh
        self.rows: dict[str, list] = {"train": [], "held": []}

    def add(self, part: str, path: Path, name: str, known: dict[str, bool], asks_mesh: bool) -> None:
        photo = cv2.imread(str(path))
        if photo is None:
            return
        faces = self.detector.find(photo)
        if not faces:
            return
        picture = square(photo, max(faces, key=lambda box: box[2] * box[3]))
        labels = numpy.full(len(ATTRIBUTES), UNKNOWN, numpy.int8)
        for attribute, holds in known.items():
            labels[ATTRIBUTES.index(attribute)] = holds
        if asks_mesh and self.mesh.opening(picture) > OPEN:
            labels[ATTRIBUTES.index("eyes_closed")] = 0
        if (labels != UNKNOWN).any():
            self.rows[part].append((picture, labels, name))

    def celeba(self) -> None:
        lines = (source("celeba_labels") / "list_attr_celeba.txt").read_text().split("\n")
        first = next(number for number, line in enumerate(lines) if "Smiling" in line)
        columns = lines[first].split()
        table = {row[0]: row[1:] for row in (line.split() for line in lines[first + 1:]) if row}

        def known(number: str) -> dict[str, bool]:
            return {ours: table[number][columns.index(theirs)] == "1" for theirs, ours in CELEBA.items()}

        tested = sorted(source("Trung-Jeager-2019_validation").rglob("*.jpg"))
        numpy.random.default_rng(1).shuffle(tested)
        for path in tested[:TEST]:
            self.add("held", path, "celeba", known(path.name), True)
        # Of the test part: nobody in it may be trained on.
        parts = (source("celeba_labels") / "list_eval_partition.txt").read_text().split("\n")
        partition = dict(line.split()[:2] for line in parts if line)
        paths = sorted((source("CelebA_Samples") / "celeba_identity_samples").glob("*.jpg"))
        numpy.random.default_rng(2).shuffle(paths)
        plain = 0
        for path in paths:
            number = path.stem.split("_")[1] + ".jpg"
            if partition[number] == "2":
                continue
            labels = known(number)
            if not labels["glasses"] and not labels["hat"]:
                plain += 1
                if plain > PLAIN:
                    continue
            self.add("train", path, "celeba", labels, True)
        print("celeba", {part: len(rows) for part, rows in self.rows.items()}, flush=True)

    def eyes(self) -> None:
        folder = source("Open-eyes-using-Pix2Pix")
        for path in sorted((folder / "closed_eyes_dataset").iterdir()):
            part = "held" if is_held(path.name.split(".")[0]) else "train"
            self.add(part, path, "cew", {"eyes_closed": True}, False)
        for path in sorted((folder / "regular_faces").iterdir())[:1500]:
            self.add("held" if is_held(path.name) else "train", path, "utk", {}, True)
        people = sorted((source("dfi-tensorflow_LFW") / "data/lfw-deepfunneled").iterdir())
        for person in people[::3]:
            for path in sorted(person.iterdir())[:1]:
                self.add("held" if is_held(person.name) else "train", path, "lfw", {}, True)
        print("eyes", {part: len(rows) for part, rows in self.rows.items()}, flush=True)

    def genki(self) -> None:
        folder = source("expression_detect_GENKI4K") / "genki4k"
        labels = [line.split()[0] == "1" for line in (folder / "labels.txt").read_text().split("\n") if line]
        for path, smiles in zip(sorted((folder / "files").glob("*.jpg")), labels, strict=True):
            self.add("held" if is_held(path.name) else "train", path, "genki", {"smiling": smiles}, True)
        print("genki", {part: len(rows) for part, rows in self.rows.items()}, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detector", type=Path, required=True, help="a YuNet file that finds the faces")
    parser.add_argument("--mesh", type=Path, required=True, help="MediaPipe's face mesh as ONNX")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    parts = Parts(Detector(wanted.detector), Mesh(wanted.mesh))
    parts.genki()
    parts.eyes()
    parts.celeba()
    for part, rows in parts.rows.items():
        pictures, labels, names = zip(*rows)
        faces = Faces(numpy.stack(pictures), numpy.stack(labels), numpy.array(names))
        faces.save(work() / f"{part}.npz")
        print(f"{part}: {len(faces)} ({faces.counts()})")


if __name__ == "__main__":
    main()
