"""Shrinks public photos into albums, training and held out apart: `python -m bodies.pack`.

Writes `NAME-train.npz` and `NAME-held.npz` a collection to `OUT/albums`: photos of at most 320 pixels. What exists is not
made again.
"""

from pathlib import Path

import cv2
import numpy

from common.album import Album, opened
from common.paths import work
from common.sources import Collection, is_held, photos

COLLECTIONS = [
    Collection("sports", "lsp/images", 10000, 40),
    Collection("actions", "stanford40_pose/JPEGImages", 10000, 20),
    Collection("fashion", "clothing-co-parsing/photos", 3000, 20),
    Collection("smiles", "expression_detect_GENKI4K/genki4k/files", 1500, 20),
    Collection("people", "mmpose/tests/data", 200, 0),
]
"""What is held out of `sports` for other models is merged with the rest: this recipe has a split of its own."""

def packed(collection: Collection, folder: Path) -> None:
    """The two albums of a collection."""
    parts: dict[str, dict[str, numpy.ndarray]] = {"train": {}, "held": {}}
    for path in photos(collection):
        image, _ = opened(path)
        if image is not None:
            parts["held" if is_held(collection, path) else "train"][path.name] = image
    for part, images in parts.items():
        if images:
            Album.of(images).save(folder / f"{collection.name}-{part}.npz")
    print(collection.name, {part: len(images) for part, images in parts.items()}, flush=True)


def albums(part: str, *names: str) -> dict[str, Album]:
    """Photos of a part, `train` or `held`, by collection: of those named, or of all."""
    names = names or tuple(collection.name for collection in COLLECTIONS)
    found = {name: work("albums") / f"{name}-{part}.npz" for name in names}
    return {name: Album.load(path) for name, path in found.items() if path.exists()}


def main() -> None:
    cv2.setNumThreads(1)
    folder = work("albums")
    for collection in COLLECTIONS:
        if not list(folder.glob(f"{collection.name}-*.npz")):
            packed(collection, folder)


if __name__ == "__main__":
    main()
