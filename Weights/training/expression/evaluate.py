"""Prints the acceptance figures of the ONNX file, run by ONNX Runtime: accuracy, recall, confusion, calibration."""

import argparse
from pathlib import Path

import numpy
from onnxruntime import InferenceSession

from common.export import session
from common.training import calibration_error
from expression.data import CLASSES, FER_CLASSES, Faces
from expression.export import FILE


def probabilities(file: InferenceSession, pictures: numpy.ndarray) -> numpy.ndarray:
    """[N, 8], each face by itself, as the engine runs the file."""
    faces = (pictures[:, None, None].astype(numpy.float32) - 127.5) / 127.5
    return numpy.concatenate([file.run(["probs"], {"face": face})[0] for face in faces])


def report(name: str, got: numpy.ndarray, labels: numpy.ndarray, full: bool = True) -> None:
    """Figures over the classes that `got` has columns for."""
    said = got.argmax(1)
    print(f"{name}: {len(labels)} faces, accuracy {(said == labels).mean():.4f}, "
          f"ECE {calibration_error(got, labels):.4f}, mean confidence {got.max(1).mean():.4f}")
    if not full:
        return
    classes = CLASSES[:got.shape[1]]
    confusion = numpy.zeros((len(classes), len(classes)), int)
    numpy.add.at(confusion, (labels, said), 1)
    print("  rows: label, columns: said; recall, precision")
    print(" " * 15 + "".join(f"{label[:6]:>7}" for label in classes) + "   recall  precision")
    for index, label in enumerate(classes):
        right, row, column = confusion[index, index], confusion[index].sum(), confusion[:, index].sum()
        print(f"  {label:<13}" + "".join(f"{count:7}" for count in confusion[index])
              + f"   {right / max(1, row):6.3f}  {right / max(1, column):6.3f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--file", type=Path, default=FILE)
    options.add_argument("--parts", nargs="+", default=["fer-test", "fer-test-equalized", "photos-held_out"])
    options = options.parse_args()
    file = session(options.file)
    for name in options.parts:
        faces = Faces.load(name)
        columns = FER_CLASSES if name.startswith("fer") else len(CLASSES)
        straight = probabilities(file, faces.pictures)
        both = (straight + probabilities(file, faces.pictures[:, :, ::-1])) / 2
        report(f"{name}, as it is", straight[:, :columns], faces.labels, full=False)
        report(f"{name}, mean with the mirror image", both[:, :columns], faces.labels)


if __name__ == "__main__":
    main()
