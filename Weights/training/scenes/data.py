"""The collected pictures, and how the network is given them."""

from pathlib import Path

import cv2
import numpy
import torch

from scenes import labels

SOURCES = ("miniplaces", "fifteen", "intel", "houses")


class Pictures:
    """What `prepare` collected: encoded bytes in one file, and where each begins.

    - masks: [N, classes], which classes each picture may show.
    """

    def __init__(self, folder: Path):
        index = numpy.load(folder / "index.npz")
        self.bytes = numpy.fromfile(folder / "pictures.bin", numpy.uint8)
        self.offsets, self.source, self.split, self.label = (index[key] for key in ("offsets", "source", "split", "label"))
        tables = {(source, label): number for number, (source, label) in enumerate(
            (source, label) for source in SOURCES for label in labels.sets(source))}
        rows = numpy.zeros((len(tables), len(labels.SCENES)), bool)
        for (source, label), number in tables.items():
            rows[number, [labels.INDEX[name] for name in labels.sets(source)[label]]] = True
        self.masks = rows[[tables[pair] for pair in zip(self.source.tolist(), self.label.tolist())]]

    def where(self, source: str, split: str) -> numpy.ndarray:
        return numpy.flatnonzero((self.source == source) & (self.split == split))

    def image(self, number: int) -> numpy.ndarray:
        """One picture, [H, W, 3] RGB."""
        data = self.bytes[self.offsets[number]:self.offsets[number + 1]]
        return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def square(image: numpy.ndarray, size: int) -> numpy.ndarray:
    """The whole picture stretched to `size` x `size`."""
    shrinks = max(image.shape[:2]) > size
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def scaled(images: numpy.ndarray) -> torch.Tensor:
    """Levels [N, S, S, 3] to the network's input [N, 3, S, S]."""
    tensor = torch.from_numpy(images).permute(0, 3, 1, 2).float().contiguous()
    return (tensor - 127.5) / 127.5
