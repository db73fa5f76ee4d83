"""Pictures of one person each, decoded once: one file of pixels, one of labels."""

from pathlib import Path

import cv2
import numpy

from .keypoints import COUNT

CONTEXT = 2.0
"""How much around the person is kept, in sides of the box: room for turns and shifts."""
LONGEST = 190
"""The longer side of the person's box in the stored picture, in pixels, at most."""
MARGIN = 1.25
"""The side of the network's square crop, in longer sides of the box around the keypoints."""


class Writer:
    """Collects pictures; `close` writes `NAME.pixels` (rows of RGB bytes, picture after picture) and `NAME.npz`."""

    def __init__(self, folder: Path, name: str):
        self.path = folder / name
        self.file = self.path.with_suffix(".pixels").open("wb")
        self.offset = 0
        keys = ("offset", "size", "box", "points", "weight", "present", "source")
        self.rows: dict[str, list] = {key: [] for key in keys}

    def add(self, picture: numpy.ndarray, box: numpy.ndarray, points: numpy.ndarray, weight: numpy.ndarray,
            present: numpy.ndarray, source: int) -> None:
        """- picture: [H, W, 3] BGR; box: left, top, right, bottom in its pixels, and points [19, 2] likewise.
        - weight: how far each label is to be believed; present: whether the keypoint is in the picture at all."""
        height, width = picture.shape[:2]
        side = max(box[2] - box[0], box[3] - box[1])
        reach = side * CONTEXT / 2
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        right, bottom = min(width, int(x + reach) + 1), min(height, int(y + reach) + 1)
        scale = min(1.0, LONGEST / side)
        size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
        part = cv2.resize(picture[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
        part = cv2.cvtColor(part, cv2.COLOR_BGR2RGB)
        self.file.write(part.tobytes())
        origin = numpy.array([left, top], numpy.float32)
        values = {"offset": self.offset, "size": (size[1], size[0]),
                  "box": (box.reshape(2, 2) - origin).reshape(4) * scale,
                  "points": (points - origin) * scale, "weight": weight, "present": present, "source": source}
        for key, value in values.items():
            self.rows[key].append(value)
        self.offset += part.size

    def close(self) -> None:
        self.file.close()
        types = {"offset": numpy.int64, "size": numpy.int32, "source": numpy.int32, "present": bool}
        numpy.savez(self.path.with_suffix(".npz"),
                    **{key: numpy.array(rows, types.get(key, numpy.float32)) for key, rows in self.rows.items()})


class Store:
    """Reads what a `Writer` wrote; points, weight and presence from the file `better` where there is one."""

    def __init__(self, folder: Path, name: str, better: str | None = None):
        labels = dict(numpy.load((folder / name).with_suffix(".npz")))
        if better and (folder / f"{better}.npz").exists():
            labels.update(numpy.load(folder / f"{better}.npz"))
        self.offset, self.size, self.box = labels["offset"], labels["size"], labels["box"]
        self.points, self.weight, self.present = labels["points"], labels["weight"], labels["present"]
        self.source = labels["source"]
        if self.points.shape[1:] != (COUNT, 2):
            raise SystemExit(f"{folder / name}.npz holds points of shape {self.points.shape}: run bodies.prepare anew")
        self.pixels = numpy.memmap((folder / name).with_suffix(".pixels"), numpy.uint8, "r")

    def __len__(self) -> int:
        return len(self.offset)

    def picture(self, index: int) -> numpy.ndarray:
        """[H, W, 3], RGB."""
        height, width = self.size[index]
        start = self.offset[index]
        return self.pixels[start:start + height * width * 3].reshape(height, width, 3)
