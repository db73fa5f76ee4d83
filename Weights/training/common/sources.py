"""Collections of public photos, and what is held out of them."""

import random
import zlib
from dataclasses import dataclass
from pathlib import Path

from common.paths import source

EXTENSIONS = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True)
class Collection:
    """One data set.

    - folder: below `DATA`.
    - most: how many of its photos are used.
    - held: one in how many of them is kept from training; 0 for none, 1 for all.
    """

    name: str
    folder: str
    most: int
    held: int


def photos(collection: Collection) -> list[Path]:
    """The photos of a collection that are used, in a fixed order."""
    top, _, rest = collection.folder.partition("/")
    folder = source(top) / rest
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS)
    random.Random(1).shuffle(found)
    return found[:collection.most]


def is_held(collection: Collection, path: Path) -> bool:
    """Whether a photo is kept from training: by its name, so that it stays so when others come or go."""
    return collection.held > 0 and zlib.crc32(path.name.encode()) % collection.held == 0
