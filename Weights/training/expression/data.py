"""The pictures as arrays: what `prepare` writes and the other steps read."""

from dataclasses import dataclass
from pathlib import Path

import numpy

from common import paths

#: The vocabulary's expressions, in the order of the model's output.
CLASSES = ["neutral", "happy", "sad", "surprised", "fearful", "disgusted", "angry", "contemptuous"]
#: The classes that FER2013 knows: all but the last.
FER_CLASSES = 7
#: Rows and columns of a face.
SIZE = 48


@dataclass
class Faces:
    """Faces and what they show."""

    #: [N, 48, 48] grey levels.
    pictures: numpy.ndarray
    #: [N] indices into `CLASSES`.
    labels: numpy.ndarray

    def save(self, path: Path) -> None:
        numpy.savez(path, pictures=self.pictures, labels=self.labels)

    @staticmethod
    def load(name: str) -> "Faces":
        path = work() / f"{name}.npz"
        if not path.is_file():
            raise SystemExit(f"{path} is missing: run expression.prepare first")
        with numpy.load(path) as file:
            return Faces(file["pictures"], file["labels"])

    def __len__(self) -> int:
        return len(self.labels)

    def counts(self) -> str:
        counts = numpy.bincount(self.labels, minlength=len(CLASSES))
        return ", ".join(f"{name} {count}" for name, count in zip(CLASSES, counts))


def work() -> Path:
    return paths.work("expression")
