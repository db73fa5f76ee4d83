"""Which public pictures are trained on and which are held out."""

from pathlib import Path

import numpy

from common.paths import DATA, source

SUFFIXES = {".jpg", ".jpeg", ".png"}


def listed(*folders: str) -> list[Path]:
    """All pictures under folders of the data, in the order of their names."""
    found = []
    for folder in folders:
        source(folder.split("/")[0])
        found += [path for path in (DATA / folder).rglob("*") if path.suffix.lower() in SUFFIXES]
    return sorted(found)


def drawn(paths: list[Path], training: int, held_out: int, number: int) -> tuple[list[Path], list[Path]]:
    """So many for the training and others to hold out, by chance."""
    order = numpy.random.default_rng(number).permutation(len(paths))
    chosen = [paths[index] for index in order[:training + held_out]]
    return chosen[held_out:], chosen[:held_out]


def by_person(paths: list[Path], training: int, held_out: int, number: int) -> tuple[list[Path], list[Path]]:
    """The same, with all pictures of one name (`Name_0001.jpg`) on one side."""
    names = {path: path.stem.rsplit("_", 1)[0] for path in paths}
    order = sorted(set(names.values()))
    numpy.random.default_rng(number).shuffle(order)
    rank = {name: place for place, name in enumerate(order)}
    chosen = sorted(paths, key=lambda path: (rank[names[path]], path))
    out = chosen[:held_out]
    last = names[out[-1]]
    return [path for path in chosen[held_out:] if names[path] != last][:training], out


def split() -> dict[str, tuple[list[Path], list[Path]]]:
    """For each source its pictures to train on and those held out."""
    return {
        "leeds": drawn(listed("lsp/images"), 3000, 150, 6),
        "actions": drawn(listed("stanford40_pose/JPEGImages"), 6500, 200, 7),
        "expressions": by_person(listed("facial_expressions/images"), 900, 150, 1),
        "faces": by_person(listed("dfi-tensorflow_LFW/data/lfw-deepfunneled"), 700, 50, 2),
        "smiles": drawn(listed("expression_detect_GENKI4K/genki4k/files"), 900, 50, 8),
        "imagenet": drawn(listed("imagenet-sample-images"), 900, 100, 3),
        "landscapes": drawn(listed("Landscape-Image-Classification/data/train"), 1000, 100, 4),
        "coco": (listed("coco128_yolo/images/train2017"), listed("coco128_yolo/images/val2017")),
        "mmpose": (listed(*(f"mmpose/tests/data/{name}" for name in
                            ("aic", "coco", "crowdpose", "mhp", "mpii", "ochuman", "jhmdb", "h36m", "panoptic"))), []),
    }
