"""Collects the pictures of all sets into one file, leaves out copies of test pictures, and asks a teacher about the fifteen scenes.

    DATA=data OUT=build python -m scenes.prepare --teacher squeezenet_weights_places365.params
"""

import argparse
from pathlib import Path

import cv2
import numpy

from common import paths
from scenes import labels

SIDE = 160
TINY = 16
# A copy, even scaled, cropped by a few pixels and encoded anew, correlates above this; other pictures hardly ever do.
COPY = 0.97

Picture = tuple[Path, str, str, str]  # file, source, label, split


def miniplaces() -> list[Picture]:
    folder = paths.source("CTFs") / "data"
    names = {}
    for line in (folder / "train.txt").read_text().split("\n"):
        if line:
            path, index = line.split()
            names[int(index)] = "_".join(path.split("/")[2:-1])
    if [names[index] for index in range(100)] != labels.MINIPLACES:
        raise SystemExit("the categories of MiniPlaces are not those of labels.py")
    pictures = []
    for path in sorted((folder / "images/train").rglob("*.jpg")):
        name = "_".join(path.relative_to(folder / "images/train").parts[1:-1])
        pictures.append((path, "miniplaces", name, "train"))
    for number, line in enumerate((folder / "val.txt").read_text().split("\n")):
        if line:
            path, index = line.split()
            split = "held" if number % 2 == 0 else "test"
            pictures.append((folder / "images" / path, "miniplaces", names[int(index)], split))
    return pictures


def fifteen() -> list[Picture]:
    folder = paths.source("Landscape-Image-Classification") / "data"
    pictures = []
    for half in ("train", "test"):
        for group in sorted((folder / half).iterdir()):
            for number, path in enumerate(sorted(group.iterdir())):
                split = "test" if half == "test" else "held" if number % 10 == 0 else "train"
                pictures.append((path, "fifteen", group.name.lower(), split))
    return pictures


def intel() -> list[Picture]:
    folder = paths.source("Image_Classification_Using_Deep_Learning") / "dataset"
    pictures = []
    for half in ("seg_train", "seg_test"):
        for group in sorted((folder / half).iterdir()):
            for number, path in enumerate(sorted(group.iterdir())):
                split = "test" if half == "seg_test" else "held" if number % 20 == 0 else "train"
                pictures.append((path, "intel", group.name, split))
    return pictures


def houses() -> list[Picture]:
    pictures = []
    for path in sorted((paths.source("Houses-dataset") / "Houses Dataset").glob("*.jpg")):
        house, label = path.stem.split("_")
        split = "held" if int(house) % 10 == 0 else "test" if int(house) % 10 == 1 else "train"
        pictures.append((path, "houses", label, split))
    return pictures


def encoded(path: Path) -> tuple[bytes, numpy.ndarray] | None:
    """A picture as JPEG or PNG bytes of at most `SIDE` pixels a side (stretched to the square where larger), and its tiny grey."""
    data = path.read_bytes()
    image = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR) if data else None
    if image is None:
        return None
    if max(image.shape[:2]) > 200:
        image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
    tiny = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (TINY, TINY), interpolation=cv2.INTER_AREA).astype(numpy.float32)
    tiny -= tiny.mean()
    return data, (tiny / (numpy.linalg.norm(tiny) + 1e-6)).ravel()


def copies(tiny: numpy.ndarray, test: numpy.ndarray) -> numpy.ndarray:
    """For each picture the highest correlation of its tiny grey, or of its mirror image, with a picture of `test`."""
    mirrored = tiny.reshape(-1, TINY, TINY)[:, :, ::-1].reshape(-1, TINY * TINY)
    highest = numpy.zeros(len(tiny), numpy.float32)
    for start in range(0, len(tiny), 4096):
        part = slice(start, start + 4096)
        highest[part] = numpy.maximum((tiny[part] @ test.T).max(1), (mirrored[part] @ test.T).max(1))
    return highest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, help="weights of SqueezeNet on Places365")
    arguments = parser.parse_args()
    folder = paths.work("scenes")
    pictures = miniplaces() + fifteen() + intel() + houses()
    kept, tiny, offsets, position = [], [], [0], 0
    with (folder / "pictures.bin").open("wb") as file:
        for number, picture in enumerate(pictures):
            if (found := encoded(picture[0])) is None:
                print(f"{picture[0]} is not a picture")
                continue
            position += file.write(found[0])
            kept.append(picture)
            tiny.append(found[1])
            offsets.append(position)
            if number % 10000 == 0:
                print(number, "of", len(pictures), flush=True)
    tiny = numpy.stack(tiny)
    source = numpy.array([picture[1] for picture in kept])
    split = numpy.array([picture[3] for picture in kept])
    # A picture is left out where it is a copy of one of the fifteen scenes' test pictures, or of another set's.
    test = split == "test"
    likeness = numpy.zeros(len(kept), numpy.float32)
    likeness[~test] = copies(tiny[~test], tiny[test])
    split[(likeness > COPY) & (split != "test")] = "copy"
    for name in ("miniplaces", "fifteen", "intel", "houses"):
        print(name, {part: int(((source == name) & (split == part)).sum()) for part in ("train", "held", "test", "copy")})
    numpy.savez(folder / "index.npz", offsets=numpy.array(offsets), source=source, split=split, likeness=likeness,
                label=numpy.array([picture[2] for picture in kept]), path=numpy.array([str(picture[0]) for picture in kept]))
    if arguments.teacher:
        from scenes import teacher
        teacher.answer(arguments.teacher, folder)


if __name__ == "__main__":
    main()
