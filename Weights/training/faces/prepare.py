"""Looks at every photo with the teacher, then puts together training pictures and lets the teacher label them densely.

Writes to `OUT/faces`: `index-*.npz` (the teacher's faces in each photo), `held-photos.npz` (photos kept from training),
pairs of `small-NNN-images.npy` [n, 256, 256, 3] and `small-NNN-cells.npy` [n, cells, 15], `large-NNN-...` of 512 x 512,
`held-...` alike from photos kept from training. What exists is not made again; more shards can be added while training.
"""

import argparse
from pathlib import Path

import cv2
import numpy
from PIL import Image

from common.paths import work
from common.sources import is_held, photos
from faces.canvases import Composer, Photo, is_grey, opened
from faces.detection import DOUBTFUL, FACE, Detector, fitted, grid, padded
from faces.sources import COLLECTIONS

SIZES = {"small": (256, 200.0, 1000), "large": (512, 450.0, 250)}
SCENES = ("objects", "views", "actions", "sports", "coco", "people")


def index(teacher: Detector, folder: Path) -> dict[str, numpy.ndarray]:
    """The photos in use and the teacher's faces in each, from one file a collection where it exists."""
    tables = []
    for collection in COLLECTIONS:
        path = folder / f"index-{collection.name}.npz"
        if not path.exists():
            rows, faces = [], []
            for photo in photos(collection):
                image = opened(photo)
                if image is None:
                    continue
                faces.append(teacher.faces(padded(image)))
                rows.append((str(photo), is_held(collection, photo), len(faces[-1]), is_grey(image)))
            paths, kept, counts, grey = zip(*rows)
            numpy.savez(path, paths=paths, held=kept, counts=counts, grey=grey, names=[collection.name] * len(rows),
                        faces=numpy.concatenate(faces).astype(numpy.float32))
            print(collection.name, len(rows), flush=True)
        with numpy.load(path) as file:
            tables.append(dict(file))
    return {key: numpy.concatenate([table[key] for table in tables]) for key in tables[0]}


def pools(table: dict[str, numpy.ndarray], held: bool) -> tuple[dict[str, list[Photo]], list[Photo]]:
    """Photos with a sure face by collection, grey ones apart, and photos without any, even a doubtful one."""
    people: dict[str, list[Photo]] = {}
    scenes = []
    for number, end in enumerate(numpy.cumsum(table["counts"])):
        name, count = str(table["names"][number]), table["counts"][number]
        if bool(table["held"][number]) != held:
            continue
        faces = table["faces"][end - count:end]
        photo = Photo(Path(str(table["paths"][number])), faces[faces[:, 14] >= FACE])
        if len(photo.faces):
            people.setdefault("grey" if table["grey"][number] else name, []).append(photo)
        elif not count and name in SCENES:
            scenes.append(photo)
    return people, scenes


def shard(teacher: Detector, composer: Composer, folder: Path, name: str, kind: str, count: int) -> None:
    """One pair of files; cells of hardly any score keep it alone, which packs well and costs no accuracy."""
    size, largest, _ = SIZES[kind]
    images = numpy.empty((count, size, size, 3), numpy.uint8)
    cells = numpy.zeros((count, len(grid(size, size)), 15), numpy.float16)
    for number in range(count):
        images[number] = composer.picture(size, largest)
        seen = teacher.cells(images[number])
        seen[seen[:, 0] < DOUBTFUL / 2, 1:] = 0
        cells[number] = numpy.clip(seen, -1000, 1000)
    numpy.save(folder / f"{name}-cells.npy", cells)
    numpy.save(folder / f"{name}-images.npy", images)


def hold(teacher: Detector, table: dict[str, numpy.ndarray], path: Path) -> None:
    """The photos kept from training, as the runtime would prepare them, with the teacher's faces, end to end."""
    images, faces = [], []
    for photo in table["paths"][table["held"]]:
        with Image.open(str(photo)) as file:
            images.append(fitted(file))
        faces.append(teacher.faces(images[-1]))
    numpy.savez(path, levels=numpy.concatenate([image.ravel() for image in images]),
                sizes=[image.shape[:2] for image in images], faces=numpy.concatenate(faces).astype(numpy.float32),
                counts=[len(found) for found in faces])


def held(path: Path) -> list[tuple[numpy.ndarray, numpy.ndarray]]:
    """What `hold` wrote: images [H, W, 3] and faces [n, 15]."""
    with numpy.load(path) as file:
        levels, sizes, faces, counts = (file[name] for name in ("levels", "sizes", "faces", "counts"))
    images = numpy.split(levels, numpy.cumsum(3 * sizes.prod(1))[:-1])
    return [(image.reshape(*size, 3), found)
            for image, size, found in zip(images, sizes, numpy.split(faces, numpy.cumsum(counts)[:-1]))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="YuNet as ONNX with an open input size")
    parser.add_argument("--small", type=int, default=24, help="shards of 1,000 pictures of 256 x 256")
    parser.add_argument("--large", type=int, default=10, help="shards of 250 pictures of 512 x 512")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    folder = work("faces")
    teacher = Detector(options.teacher)
    table = index(teacher, folder)
    if not (folder / "held-photos.npz").exists():
        hold(teacher, table, folder / "held-photos.npz")
    plan = [("held-small", "small", 300, True, 1), ("held-large", "large", 50, True, 2)]
    for number in range(max(options.small, options.large)):
        plan += [(f"{kind}-{number:03}", kind, SIZES[kind][2], False, 100 * number + place)
                 for place, (kind, most) in enumerate([("small", options.small), ("large", options.large)], 11)
                 if number < most]
    chosen = {held: pools(table, held) for held in (True, False)}
    for held, (people, scenes) in chosen.items():
        print("held" if held else "trained on", {name: len(list_) for name, list_ in people.items()}, len(scenes), flush=True)
    for name, kind, count, held, seed in plan:
        if not (folder / f"{name}-images.npy").exists():
            shard(teacher, Composer(*chosen[held], numpy.random.default_rng(seed)), folder, name, kind, count)
            print(name, flush=True)


if __name__ == "__main__":
    main()
