"""Pose facts of the engine against `bodies/pose-facts.jsonl`, people on photos of the public sets labelled by eye.

    python -m facts.poses --heckle ../../.build/release/heckle [--models FOLDER]

Each person is cut out with a margin, since the engine speaks of poses where it sees one person.
"""

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

import cv2

from common.paths import DATA, HERE
from facts.heckle import analyze, facts

MARGIN = 0.15


def cut(label: dict, folder: Path, number: int) -> Path:
    """The labelled person as a photo of their own."""
    photo = cv2.imread(str(DATA / label["photo"]))
    if photo is None:
        raise SystemExit(f"{label['photo']} cannot be read")
    left, top, right, bottom = label["box"]
    across, down = MARGIN * (right - left), MARGIN * (bottom - top)
    part = photo[max(0, int(top - down)):int(bottom + down), max(0, int(left - across)):int(right + across)]
    path = folder / f"{number}.png"
    cv2.imwrite(str(path), part)
    return path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--heckle", type=Path, required=True)
    parser.add_argument("--models", type=Path, help="a folder of other models to look with")
    options = parser.parse_args()
    labels = [json.loads(line) for line in (HERE / "bodies" / "pose-facts.jsonl").read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        cuts = [cut(label, Path(folder), number) for number, label in enumerate(labels)]
        answers = analyze(options.heckle, cuts, options.models)
    right, wrong, missed, unjudged = Counter(), Counter(), Counter(), Counter()
    for label, answer in zip(labels, answers):
        if answer is None:
            raise SystemExit(f"{label['photo']} was refused")
        found = {fact.removeprefix("pose=") for fact in facts(answer) if fact.startswith("pose=")}
        true, false = set(label["true"]), set(label["false"])
        right.update(found & true)
        wrong.update(found & false)
        unjudged.update(found - true - false)
        missed.update(true - found)
        if found & false:
            print(f"{label['photo']}: {', '.join(sorted(found & false))} is wrong")
    print("pose                right wrong not judged missed")
    for pose in sorted(right + wrong + missed + unjudged):
        print(f"{pose:<18} {right[pose]:6} {wrong[pose]:5} {unjudged[pose]:10} {missed[pose]:6}")
    print(f"{'all':<18} {right.total():6} {wrong.total():5} {unjudged.total():10} {missed.total():6}; "
          f"{len(labels)} people")


if __name__ == "__main__":
    main()
