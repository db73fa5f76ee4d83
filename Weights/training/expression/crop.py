"""Where a face's crop lies: YuNet's boxes (Wu, Peng and Yu, 2023), and the square around one framed like FER2013."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy

from common.export import session
from expression.data import SIZE, Faces

STRIDES = (8, 16, 32)
THRESHOLD = 0.6
OVERLAP = 0.3
#: Pictures are shrunk to at most so many rows and columns.
MOST = 640


class Detector:
    """Boxes of faces, as [left, top, width, height, score] in pixels."""

    def __init__(self, path: Path):
        self.session = session(path)
        self.input = self.session.get_inputs()[0].name
        self.names = [output.name for output in self.session.get_outputs()]

    def find(self, photo: numpy.ndarray) -> list[numpy.ndarray]:
        """`photo`: [H, W, 3], blue first."""
        shrink = min(1.0, MOST / max(photo.shape[:2]))
        if shrink < 1:
            photo = cv2.resize(photo, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        height, width = (-(-side // 32) * 32 for side in photo.shape[:2])
        padded = numpy.zeros((height, width, 3), numpy.float32)
        padded[:photo.shape[0], :photo.shape[1]] = photo
        outputs = dict(zip(self.names, self.session.run(None, {self.input: padded.transpose(2, 0, 1)[None]})))
        boxes = numpy.concatenate([self.boxes(outputs, stride, width // stride) for stride in STRIDES])
        kept = cv2.dnn.NMSBoxes(boxes[:, :4].tolist(), boxes[:, 4].tolist(), THRESHOLD, OVERLAP)
        boxes[:, :4] /= shrink
        return [boxes[index] for index in numpy.array(kept, int).reshape(-1)]

    @staticmethod
    def boxes(outputs: dict, stride: int, columns: int) -> numpy.ndarray:
        part = lambda name: outputs[f"{name}_{stride}"][0]
        score = numpy.sqrt(part("cls")[:, 0].clip(0, 1) * part("obj")[:, 0].clip(0, 1))
        cell = numpy.arange(len(score))
        centre = (numpy.stack([cell % columns, cell // columns], 1) + part("bbox")[:, :2]) * stride
        size = numpy.exp(part("bbox")[:, 2:]) * stride
        return numpy.concatenate([centre - size / 2, size, score[:, None]], 1)[score >= THRESHOLD]


@dataclass
class Framing:
    """A square of `size` times the mean side of the face's box, its centre `rise` of that mean above the box's."""

    size: float
    rise: float

    def crop(self, photo: numpy.ndarray, box: numpy.ndarray) -> numpy.ndarray:
        """The face's grey levels, [48, 48]."""
        return self.cut(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), box, SIZE)

    def cut(self, photo: numpy.ndarray, box: numpy.ndarray, size: int) -> numpy.ndarray:
        """The square of a photo of any channels, [size, size, ...]; the photo's edge is drawn out where it ends."""
        mean = (box[2] + box[3]) / 2
        side = self.size * mean
        left = box[0] + box[2] / 2 - side / 2
        top = box[1] + box[3] / 2 - self.rise * mean - side / 2
        # Sampled finely first and then averaged, which keeps shrinking free of aliases.
        fine = size * max(1, round(side / size))
        scale = side / fine
        matrix = numpy.array([[scale, 0, left + (scale - 1) / 2], [0, scale, top + (scale - 1) / 2]], numpy.float64)
        square = cv2.warpAffine(photo, matrix, (fine, fine), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                                borderMode=cv2.BORDER_REPLICATE)
        return cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA)


#: FER2013's framing, as `measure` found it on the copy with equalised histograms; on the one with its own tones it finds
#: 1.123 and 0.008. The quartiles of both overlap widely.
FRAMING = Framing(size=1.151, rise=0.0187)


def measure(detector: Detector, pictures: numpy.ndarray, zoom: int = 4, margin: int = 64) -> Framing:
    """The framing of pictures that are crops already, [N, 48, 48]: the median over those in which a face is found."""
    sizes, rises = [], []
    for picture in pictures:
        large = cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
        framed = cv2.copyMakeBorder(large, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        faces = detector.find(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR))
        if not faces:
            continue
        box = max(faces, key=lambda box: box[4])
        mean = (box[2] + box[3]) / 2
        sizes.append(SIZE * zoom / mean)
        rises.append((box[1] + box[3] / 2 - margin - SIZE * zoom / 2) / mean)
    print(f"framing measured on {len(sizes)} of {len(pictures)}: size quartiles {numpy.quantile(sizes, [0.25, 0.75])}, "
          f"rise quartiles {numpy.quantile(rises, [0.25, 0.75])}")
    return Framing(float(numpy.median(sizes)), float(numpy.median(rises)))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--detector", type=Path, required=True, help="a YuNet file")
    print(measure(Detector(options.parse_args().detector), Faces.load("fer-train").pictures[::20]))


if __name__ == "__main__":
    main()
