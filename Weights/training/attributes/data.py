"""The faces as arrays: what `prepare` writes and the other steps read."""

from dataclasses import dataclass
from pathlib import Path

import numpy

from common import paths

#: What is read from a face, in the order of the model's output: whether each holds.
ATTRIBUTES = ["smiling", "mouth_open", "eyes_closed", "glasses", "hat"]
#: Rows and columns of what the network sees, and of what is stored, with room for shifts and turns.
SIZE, STORED = 64, 80
#: Where nobody said whether an attribute holds.
UNKNOWN = -1


@dataclass
class Faces:
    """Faces and what is known of each.

    - pictures: [N, 80, 80, 3] RGB levels; labels: [N, 5], 1 holds, 0 does not, -1 unknown; source: [N] names.
    """

    pictures: numpy.ndarray
    labels: numpy.ndarray
    source: numpy.ndarray

    def save(self, path: Path) -> None:
        numpy.savez(path, pictures=self.pictures, labels=self.labels, source=self.source)

    @staticmethod
    def load(name: str) -> "Faces":
        path = work() / f"{name}.npz"
        if not path.is_file():
            raise SystemExit(f"{path} is missing: run attributes.prepare first")
        with numpy.load(path) as file:
            return Faces(file["pictures"], file["labels"], file["source"])

    def __len__(self) -> int:
        return len(self.labels)

    def counts(self) -> str:
        return ", ".join(f"{name} {(column == 1).sum()} of {(column >= 0).sum()}"
                         for name, column in zip(ATTRIBUTES, self.labels.T))


def work() -> Path:
    return paths.work("attributes")
