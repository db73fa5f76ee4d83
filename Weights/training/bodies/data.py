"""People with labelled keypoints: what `prepare` and `teacher` write, and the same beside their photos."""

from dataclasses import dataclass
from pathlib import Path

import numpy
import torch

from common.album import Album, Shelf

from .keypoints import COUNT


@dataclass
class Labels:
    """A row a person, in pixels of the photos of an album.

    - photo: [n] numbers in the album; box: [n, 4] left, top, right, bottom; points: [n, 19, 2].
    - weight: [n, 19] how far each label is to be believed; present: [n, 19] whether it is in the picture at all.
    """

    photo: numpy.ndarray
    box: numpy.ndarray
    points: numpy.ndarray
    weight: numpy.ndarray
    present: numpy.ndarray

    def save(self, path: Path) -> None:
        numpy.savez(path, **vars(self))

    @staticmethod
    def load(path: Path) -> "Labels":
        if not path.is_file():
            raise SystemExit(f"{path} is missing: run bodies.prepare and bodies.teacher first")
        with numpy.load(path) as file:
            labels = Labels(**{name: file[name] for name in file.files})
        if labels.points.shape[1:] != (COUNT, 2):
            raise SystemExit(f"{path} holds points of shape {labels.points.shape}")
        return labels

    def rows(self, chosen: numpy.ndarray) -> "Labels":
        return Labels(**{name: value[chosen] for name, value in vars(self).items()})

    def __len__(self) -> int:
        return len(self.photo)


def joined(parts: list[Labels], albums: list[Album]) -> Labels:
    """Labels of several albums as those of one shelf of all of them, in order."""
    starts = numpy.cumsum([0, *(len(album) for album in albums[:-1])])
    shifted = [Labels(**{**vars(part), "photo": part.photo + start}) for part, start in zip(parts, starts)]
    return Labels(**{name: numpy.concatenate([getattr(part, name) for part in shifted]) for name in vars(shifted[0])})


class People:
    """Labels as tensors, beside the photos."""

    def __init__(self, labels: Labels, shelf: Shelf):
        self.shelf = shelf
        self.photo = torch.from_numpy(labels.photo.astype(numpy.int64))
        for name in ("box", "points", "weight", "present"):
            setattr(self, name, torch.from_numpy(getattr(labels, name)).float())

    def __len__(self) -> int:
        return len(self.photo)
