"""What a public expression model says of the pictures that are learnt from: soft labels beside the hard ones.

FER2013's labels began as words of an image search; a teacher's scores say which classes a face lies between (Hinton
et al., 2015).
"""

import argparse
from pathlib import Path

import cv2
import numpy
from onnxruntime import InferenceSession

from common.export import session
from expression.data import CLASSES, FER_CLASSES, Faces, work

#: mini-XCEPTION's classes (Arriaga et al., 2017) in its own order.
ORDER = ["angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"]
SIDE = 64
FILE = "fer-train-opinions.npy"


def opinions(count: int) -> numpy.ndarray:
    """[count, 7]: what the teacher said of FER2013's pictures, in the order of `CLASSES`."""
    path = work() / FILE
    if not path.is_file():
        raise SystemExit(f"{path} is missing: run expression.teacher first")
    said = numpy.load(path).astype(numpy.float32)
    if len(said) != count:
        raise SystemExit(f"{path} speaks of {len(said)} pictures, not of {count}: run expression.teacher again")
    return said


def ask(file: InferenceSession, pictures: numpy.ndarray) -> numpy.ndarray:
    """[N, 7] in the order of `CLASSES`: the mean over each face and its mirror image."""
    name, output = file.get_inputs()[0].name, file.get_outputs()[0].name
    columns = [ORDER.index(label) for label in CLASSES[:FER_CLASSES]]
    rows = []
    for picture in pictures:
        face = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype(numpy.float32) / 127.5 - 1
        both = [file.run([output], {name: view[None, :, :, None]})[0][0] for view in (face, face[:, ::-1])]
        rows.append((both[0] + both[1]) / 2)
    return numpy.stack(rows)[:, columns]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--teacher", type=Path, required=True, help="mini-XCEPTION as ONNX")
    file = session(options.parse_args().teacher)
    faces = Faces.load("fer-train")
    said = ask(file, faces.pictures)
    numpy.save(work() / FILE, said.astype(numpy.float16))
    print(f"{len(faces)} faces, the teacher agrees with {(said.argmax(1) == faces.labels).mean():.3f} of the labels")


if __name__ == "__main__":
    main()
