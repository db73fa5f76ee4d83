"""Photos in one file, shrunk and encoded, small enough to carry and to keep in memory."""

from pathlib import Path

import cv2
import numpy

QUALITY = 75
LONGEST = 320
"""The longest side of a photo of an album, in pixels."""


class Album:
    """Encoded photos with their names: BGR bytes when decoded."""

    def __init__(self, names: list[str], bytes_: numpy.ndarray, ends: numpy.ndarray):
        self.names, self.bytes, self.ends = names, bytes_, ends

    def __len__(self) -> int:
        return len(self.names)

    def picture(self, index: int) -> numpy.ndarray:
        start = self.ends[index - 1] if index else 0
        return cv2.imdecode(self.bytes[start:self.ends[index]], cv2.IMREAD_COLOR)

    def save(self, path: Path) -> None:
        numpy.savez(path, names=self.names, bytes=self.bytes, ends=self.ends)

    @staticmethod
    def load(path: Path) -> "Album":
        if not path.is_file():
            raise SystemExit(f"{path} is missing: run the recipe's prepare step first")
        with numpy.load(path) as file:
            return Album([str(name) for name in file["names"]], file["bytes"], file["ends"])

    @staticmethod
    def merged(albums: list["Album"]) -> "Album":
        """One album of the photos of several, in the order of their names."""
        parts = [(name, album.bytes[end - length:end]) for album in albums
                 for name, end, length in zip(album.names, album.ends, numpy.diff(album.ends, prepend=0))]
        names, encoded = zip(*sorted(parts, key=lambda part: part[0]))
        return Album(list(names), numpy.concatenate(encoded), numpy.cumsum([len(part) for part in encoded]))

    @staticmethod
    def of(photos: dict[str, numpy.ndarray], quality: int = QUALITY) -> "Album":
        encoded = [cv2.imencode(".webp", photo, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].ravel()
                   for photo in photos.values()]
        return Album(list(photos), numpy.concatenate(encoded), numpy.cumsum([len(part) for part in encoded]))


def opened(path: Path, longest: int = LONGEST) -> tuple[numpy.ndarray | None, float]:
    """A photo [H, W, 3], BGR, upright, shrunk to so many pixels at most, and by which factor; none where it is none."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None or min(image.shape[:2]) < 16:
        return None, 1
    scale = min(1.0, longest / max(image.shape[:2]))
    if scale < 1:
        shape = (max(8, round(image.shape[1] * scale)), max(8, round(image.shape[0] * scale)))
        image = cv2.resize(image, shape, interpolation=cv2.INTER_AREA)
    return image, scale


class Shelf:
    """The photos of albums, decoded: each as it is and at a half, a quarter and an eighth of its sides.

    A part is cut from the one that is just larger than what is asked for, so that small parts do not flicker (mip maps;
    Williams, 1983).
    """

    def __init__(self, albums: list[Album]):
        self.levels: list[list[numpy.ndarray]] = []
        for album in albums:
            for index in range(len(album)):
                levels = [album.picture(index)]
                for _ in range(3):
                    shape = [max(1, -(-length // 2)) for length in levels[-1].shape[1::-1]]
                    levels.append(cv2.resize(levels[-1], shape, interpolation=cv2.INTER_AREA))
                self.levels.append(levels)

    def part(self, photo: int, matrix: numpy.ndarray, size: int, border: int) -> numpy.ndarray:
        """BGR [size, size, 3]; `matrix` [2, 3] leads from pixels of the part to those of the photo, their middles at half.

        - border: the level outside the photo.
        """
        levels = self.levels[photo]
        scale = float(numpy.hypot(*matrix[0, :2]))
        level = int(numpy.clip(numpy.log2(max(1.0, scale)) + 0.3, 0, len(levels) - 1))
        middles = matrix / 2 ** level
        middles[:, 2] += middles[:, :2] @ [0.5, 0.5] - 0.5
        return cv2.warpAffine(levels[level], middles, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                              borderMode=cv2.BORDER_CONSTANT, borderValue=(border,) * 3)
