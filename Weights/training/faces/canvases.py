"""Training pictures put together from photos: one photo, mosaics, crowds of pasted heads, and scenes without faces.

Labels are not carried along: the teacher looks at the finished picture. What spoils a picture without moving a face
(`spoiled`) comes after the teacher has looked, so that the network learns to see through it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy

BORDERS = [cv2.BORDER_CONSTANT, cv2.BORDER_REFLECT_101, cv2.BORDER_REPLICATE]
LIMIT = 400
SHARES = {"grey": 0.2, "expressions": 0.1, "lfw": 0.22, "smiles": 0.2, "actions": 0.3, "sports": 0.15, "people": 0.05,
          "objects": 0.04, "coco": 0.04}
# In how many cases the most turned of some faces is shown, and of how many.
TURNED, CHOICE = 0.35, 4


@dataclass
class Photo:
    """A source: where it is, the faces [n, 15] that the teacher saw in it as `opened` gives it."""

    path: Path
    faces: numpy.ndarray


def opened(path: Path) -> numpy.ndarray | None:
    """A photo as bytes [H, W, 3], BGR, upright, shrunk to 400 pixels at most; nil where it is none."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None or min(image.shape[:2]) < 16:
        return None
    return shrunk(image, LIMIT / max(image.shape[:2]))


def is_grey(image: numpy.ndarray) -> bool:
    """Whether an image has hardly any colour."""
    part = image[::8, ::8].astype(int)
    return bool((part.max(2) - part.min(2)).mean() < 4)


def turned(face: numpy.ndarray) -> float:
    """How far a head is turned aside or tilted: the nose's distance along the eyes from their middle, in widths of the eyes."""
    right, left, nose = face[4:10].reshape(3, 2)
    across = left - right
    return abs(float((nose - (right + left) / 2) @ across)) / max(1.0, float(across @ across))


def shrunk(image: numpy.ndarray, scale: float) -> numpy.ndarray:
    """Smaller by a factor below one, every pixel counted."""
    if scale >= 1:
        return image
    height, width = image.shape[:2]
    return cv2.resize(image, (max(8, round(width * scale)), max(8, round(height * scale))), interpolation=cv2.INTER_AREA)


class Composer:
    """Puts pictures together from photos with faces and from scenes."""

    def __init__(self, people: dict[str, list[Photo]], scenes: list[Photo], random: numpy.random.Generator):
        self.people = people
        self.scenes = scenes
        self.random = random
        self.names = [name for name in SHARES if people.get(name)]
        shares = numpy.array([SHARES[name] for name in self.names])
        self.shares = shares / shares.sum()

    def picture(self, size: int, largest: float) -> numpy.ndarray:
        """A picture [size, size, 3]; faces from 14 pixels up to that many."""
        kind = self.random.random()
        if kind < 0.28:
            return self.single(size, size, self.side(size / 6, largest))
        if kind < 0.6:
            return self.mosaic(size, largest)
        if kind < 0.9:
            return self.crowd(size, largest)
        return self.scene(size, size)

    def side(self, least: float, largest: float) -> float:
        """A face's size, every doubling as likely as another."""
        return float(numpy.exp(self.random.uniform(numpy.log(least), numpy.log(max(least + 1, largest)))))

    def person(self) -> tuple[Photo, numpy.ndarray]:
        """A photo and one of its faces; turned ones, which are rare, more often than they come."""
        photos = self.people[self.names[self.random.choice(len(self.names), p=self.shares)]]
        chosen = []
        for _ in range(CHOICE if self.random.random() < TURNED else 1):
            photo = photos[self.random.integers(len(photos))]
            chosen.append((photo, photo.faces[self.random.integers(len(photo.faces))]))
        return max(chosen, key=lambda one: turned(one[1]))

    def tinted(self, image: numpy.ndarray) -> numpy.ndarray:
        """Another light; grey photos, most of the expressions, often take the tint of skin."""
        gains = self.random.uniform(0.85, 1.1, 3)
        if is_grey(image) and self.random.random() < 0.7:
            red = self.random.uniform(0.8, 1.15)
            gains = red * numpy.array([self.random.uniform(0.5, 0.9), self.random.uniform(0.65, 0.92), 1])
        return curved(image, gains, self.random.uniform(0.75, 1.35))

    def placed(self, width: int, height: int, side: float, middle: tuple[float, float]) -> numpy.ndarray:
        """A photo turned and scaled so that one of its faces has that size there."""
        photo, face = self.person()
        image = opened(photo.path)
        scale = side / max(4.0, float(numpy.sqrt((face[2:4] - face[:2]).prod())))
        first = min(1.0, 2 * scale)
        image = self.tinted(shrunk(image, first))
        angle = self.random.normal(0, 10) if self.random.random() < 0.9 else self.random.uniform(-60, 60)
        turn = cv2.getRotationMatrix2D(tuple(float(c) * first for c in (face[:2] + face[2:4]) / 2), angle, scale / first)
        turn[:, 1 if self.random.random() < 0.1 else 0] *= self.random.uniform(0.9, 1.1)
        turn[:, 2] += numpy.array(middle) - turn @ [*(float(c) * first for c in (face[:2] + face[2:4]) / 2), 1]
        return cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR,
                              borderMode=BORDERS[self.random.integers(3)],
                              borderValue=[int(level) for level in self.random.integers(0, 256, 3)])

    def single(self, width: int, height: int, side: float) -> numpy.ndarray:
        """One photo, its face somewhere inside, sometimes cut by the edge."""
        margin = side * self.random.uniform(0.2, 0.6)
        middle = tuple(float(self.random.uniform(min(margin, length / 2), max(length - margin, length / 2)))
                       for length in (width, height))
        return self.placed(width, height, side, middle)

    def mosaic(self, size: int, largest: float) -> numpy.ndarray:
        """Two to nine photos side by side."""
        canvas = numpy.empty((size, size, 3), numpy.uint8)
        cuts = [[0, *sorted(self.random.uniform(0.2, 0.8, self.random.integers(1, 3)) * size), size] for _ in range(2)]
        for top, bottom in zip(cuts[0], cuts[0][1:]):
            for left, right in zip(cuts[1], cuts[1][1:]):
                top, bottom, left, right = int(top), int(bottom), int(left), int(right)
                if bottom <= top or right <= left:
                    continue
                room = min(largest, 1.1 * min(bottom - top, right - left))
                canvas[top:bottom, left:right] = self.scene(right - left, bottom - top) \
                    if self.random.random() < 0.15 else self.single(right - left, bottom - top, self.side(max(14, room / 5), room))
        return canvas

    def crowd(self, size: int, largest: float) -> numpy.ndarray:
        """Heads of similar size on a scene, those in front over those behind."""
        canvas = self.scene(size, size)
        usual = self.side(16, largest / 2.5)
        count = int(min(self.random.integers(2, 16), 0.7 * (size / usual) ** 2 / 2 + 1))
        for centre in sorted(self.random.uniform(0.05, 0.95, (count, 2)) * size, key=lambda place: place[1]):
            side = usual * self.random.uniform(0.75, 1.33)
            self.paste(canvas, side, centre)
        return canvas

    def paste(self, canvas: numpy.ndarray, side: float, centre: numpy.ndarray) -> None:
        """A head, cut out as an ellipse or a bust with soft edges."""
        reach = int(side * self.random.uniform(0.75, 1.1)) + 2
        head = self.placed(2 * reach, 2 * reach, side, (reach, reach))
        mask = numpy.zeros((2 * reach, 2 * reach), numpy.float32)
        axes = (int(reach * self.random.uniform(0.7, 0.85)), int(reach * self.random.uniform(0.8, 0.95)))
        cv2.ellipse(mask, (reach, reach), axes, 0, 0, 360, 1.0, -1)
        if self.random.random() < 0.5:
            mask[int(1.5 * reach):, int(0.2 * reach):int(1.8 * reach)] = 1
        soft = cv2.blur(mask, (2 * int(reach * 0.06) + 3,) * 2)[..., None]
        left, top = int(centre[0]) - reach, int(centre[1]) - reach
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(canvas.shape[1], left + 2 * reach), min(canvas.shape[0], top + 2 * reach)
        if x1 <= x0 or y1 <= y0:
            return
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        below = canvas[y0:y1, x0:x1]
        canvas[y0:y1, x0:x1] = below + soft[part] * (head[part].astype(numpy.float32) - below)

    def scene(self, width: int, height: int) -> numpy.ndarray:
        """A part of a photo without a face, at some scale."""
        image = self.tinted(opened(self.scenes[self.random.integers(len(self.scenes))].path))
        share = self.random.uniform(0.3, 1)
        cut = [max(8, int(length * share)) for length in image.shape[:2]]
        top, left = (int(self.random.integers(0, max(1, length - part + 1))) for length, part in zip(image.shape, cut))
        part = image[top:top + cut[0], left:left + cut[1]]
        return cv2.resize(part, (width, height),
                          interpolation=cv2.INTER_AREA if width < cut[1] else cv2.INTER_LINEAR)


def curved(image: numpy.ndarray, gains: numpy.ndarray, gamma: float) -> numpy.ndarray:
    """Levels raised to a power, each channel times a gain."""
    levels = (numpy.arange(256) / 255.0) ** gamma * 255
    table = numpy.clip(levels[:, None] * gains[None], 0, 255).astype(numpy.uint8)[None]
    return cv2.LUT(image, table)


def spoiled(image: numpy.ndarray, random: numpy.random.Generator) -> numpy.ndarray:
    """A picture with some of: things in front, blur, dark, noise, grey, JPEG; faces stay where they are."""
    image = image.copy()
    if random.random() < 0.2:
        for _ in range(random.integers(1, 4)):
            hide(image, random)
    if random.random() < 0.2:
        image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.6))
    kind = random.random()
    if kind < 0.2:
        image = curved(image, random.uniform(0.7, 1.1, 3) * random.uniform(0.25, 0.9), random.uniform(1.0, 2.2))
    elif kind < 0.6:
        image = curved(image, random.uniform(0.75, 1.25, 3), random.uniform(0.65, 1.6))
    if random.random() < 0.25:
        rows, columns = image.shape[0] // 4 * 4, image.shape[1]
        noise = random.integers(-128, 128, (rows, columns, 3), dtype=numpy.int8).astype(numpy.float32)
        image = numpy.clip(image + noise * (random.uniform(1, 14) / 74), 0, 255).astype(numpy.uint8)
    if random.random() < 0.2:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if random.random() < 0.3:
        quality = int(random.integers(25, 90))
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return image


def hide(image: numpy.ndarray, random: numpy.random.Generator) -> None:
    """A bar or block of one colour, or a copy of another part, over part of the picture."""
    height, width = image.shape[:2]
    size = random.uniform(0.03, 0.16, 2) * min(height, width)
    tall, wide = max(2, int(size[0])), max(2, int(size[1]))
    top, left = int(random.integers(0, height - tall)), int(random.integers(0, width - wide))
    if random.random() < 0.5:
        image[top:top + tall, left:left + wide] = random.integers(0, 256, 3)
    else:
        y, x = int(random.integers(0, height - tall)), int(random.integers(0, width - wide))
        image[top:top + tall, left:left + wide] = image[y:y + tall, x:x + wide].copy()
