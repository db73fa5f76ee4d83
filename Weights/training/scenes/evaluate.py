"""Measures `heckle-scene.onnx` through ONNX Runtime, on pictures that training never saw.

    DATA=data OUT=build python -m scenes.evaluate [--photos labels.jsonl]

`--photos`: real photos with people, one JSON object a line: `photo` (a path beside the file) and `facts_true`, some of
which read `scene=VALUE`.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy

from common import export, paths, training
from scenes import data, labels

# The score from which a value is told; below it the answer is "unsure".
THRESHOLD = 0.85
PLACE_THRESHOLD = 0.8
GOAL = 0.9

VALUE_OF = numpy.array([labels.VALUES.index(scene.value) if scene.value else -1 for scene in labels.SCENES])
PLACE_OF = numpy.array([-1 if scene.place is None else int(scene.place == "outdoor") for scene in labels.SCENES])


def summed(probabilities: numpy.ndarray, group_of: numpy.ndarray, groups: int) -> numpy.ndarray:
    """Class scores [N, K] to group scores [N, groups]: the sum of those that belong to each."""
    return numpy.stack([probabilities[:, group_of == group].sum(1) for group in range(groups)], 1)


class Model:
    def __init__(self, path: Path):
        self.session = export.session(path)
        self.size = self.session.get_inputs()[0].shape[2]

    def __call__(self, images) -> numpy.ndarray:
        """Probabilities [N, K] of RGB pictures, each stretched to the square."""
        answers = []
        for image in images:
            level = data.square(image, self.size).astype(numpy.float32).transpose(2, 0, 1)[None]
            answers.append(self.session.run(["probs"], {"image": (level - 127.5) / 127.5})[0][0])
        return numpy.stack(answers)


def told(scores: numpy.ndarray, right: numpy.ndarray, threshold: float) -> str:
    """Precision and coverage of the highest score where it reaches the threshold."""
    sure = scores.max(1) >= threshold
    precision = f"{right[sure].mean():.1%}" if sure.any() else "none"
    return f"from {threshold:.2f}: precision {precision}, coverage {sure.mean():.1%}"


def least(scores: numpy.ndarray, right: numpy.ndarray) -> float:
    """The lowest threshold, in steps of 0.01, at and above which precision stays at the goal or over it."""
    found = 1.0
    for threshold in numpy.arange(0.99, 0.09, -0.01):
        sure = scores.max(1) >= threshold
        if sure.any() and right[sure].mean() < GOAL:
            break
        found = threshold
    return float(found)


def fifteen(model: Model, pictures: data.Pictures) -> None:
    numbers = pictures.where("fifteen", "test")
    names = list(labels.FIFTEEN)
    truth = numpy.array([names.index(label) for label in pictures.label[numbers]])
    answers = model(pictures.image(number) for number in numbers)
    columns = [labels.INDEX[name] for name in labels.FIFTEEN.values()]
    among = answers[:, columns] / answers[:, columns].sum(1, keepdims=True)
    right = among.argmax(1) == truth
    print(f"fifteen scenes, {len(numbers)} test pictures")
    print(f"  accuracy among the fifteen {right.mean():.2%}, calibration error {training.calibration_error(among, truth):.3f}")
    print(f"  {told(among, right, THRESHOLD)}; precision {GOAL:.0%} from {least(among, right):.2f}")
    print(f"  accuracy among all {len(labels.SCENES)} classes {(answers.argmax(1) == numpy.array(columns)[truth]).mean():.2%}")
    for index, name in enumerate(names):
        chosen = among.argmax(1) == index
        print(f"  {name:14} recall {right[truth == index].mean():6.1%}  precision {right[chosen].mean():6.1%}")


def values(model: Model, pictures: data.Pictures, source: str, split: str, most: int) -> None:
    """Vocabulary values and places, where the set's label says them for sure, on at most `most` pictures spread over the set."""
    numbers = pictures.where(source, split)
    numbers = numbers[::-(-len(numbers) // most)]
    answers, masks = model(pictures.image(number) for number in numbers), pictures.masks[numbers]
    truth = numpy.array([sorted({VALUE_OF[index] for index in numpy.flatnonzero(mask)})[0] if
                         len({VALUE_OF[index] for index in numpy.flatnonzero(mask)}) == 1 else -2 for mask in masks])
    answers, masks, truth = answers[truth > -2], masks[truth > -2], truth[truth > -2]
    right = masks[numpy.arange(len(masks)), answers.argmax(1)]
    print(f"{source}, {len(answers)} {split} pictures: class accuracy {right.mean():.2%}")
    scores = summed(answers, VALUE_OF, len(labels.VALUES))
    good = scores.argmax(1) == truth
    has = truth >= 0
    print(f"  values: accuracy {good[has].mean():.2%} of the {has.mean():.0%} that have one; over all pictures "
          f"{told(scores, good, THRESHOLD)}; precision {GOAL:.0%} from {least(scores, good):.2f}")
    for index, value in enumerate(labels.VALUES):
        sure = (scores.argmax(1) == index) & (scores.max(1) >= THRESHOLD)
        if (truth == index).any():
            precision = f"{good[sure].mean():6.1%}" if sure.any() else "  none"
            print(f"  {value:18} recall {(sure & good).sum() / (truth == index).sum():6.1%}  precision {precision}  told {sure.sum()}")
    places = summed(answers, PLACE_OF, 2)
    place = numpy.array([PLACE_OF[numpy.flatnonzero(mask)[0]] for mask in masks])
    known = place >= 0
    hit = places.argmax(1)[known] == place[known]
    print(f"  indoor or outdoor: accuracy {hit.mean():.2%}, {told(places[known], hit, PLACE_THRESHOLD)}")


def photos(model: Model, path: Path) -> None:
    """Real photos: how often what is told is among the scenes that a person noted."""
    rows = [json.loads(line) for line in path.read_text().splitlines() if line]
    told_values, right_values, told_places, right_places, seen = 0, 0, 0, 0, 0
    for row in rows:
        true = {fact[6:] for fact in row["facts_true"] if fact.startswith("scene=")}
        image = cv2.imread(str(path.parent / row["photo"]), cv2.IMREAD_COLOR)
        if not true or image is None:
            continue
        seen += 1
        answer = model([cv2.cvtColor(image, cv2.COLOR_BGR2RGB)])
        scores, places = summed(answer, VALUE_OF, len(labels.VALUES))[0], summed(answer, PLACE_OF, 2)[0]
        value, place = labels.VALUES[scores.argmax()], ("indoor", "outdoor")[places.argmax()]
        line = f"  {row['photo']}: {value} {scores.max():.2f}, {place} {places.max():.2f}; noted {', '.join(sorted(true))}"
        if scores.max() >= THRESHOLD:
            told_values, right_values = told_values + 1, right_values + (value in true)
            line += "  told"
        if places.max() >= PLACE_THRESHOLD and true & {"indoor", "outdoor"}:
            told_places, right_places = told_places + 1, right_places + (place in true)
        print(line)
    print(f"photos, {seen} with a scene noted: {told_values} values told, {right_values} of them noted; "
          f"{told_places} places told, {right_places} of them right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=paths.WEIGHTS / "heckle-scene.onnx")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--split", default="test", choices=("held", "test"), help="choose thresholds on held, report on test")
    parser.add_argument("--most", type=int, default=2500, help="pictures of each set beside the fifteen scenes")
    arguments = parser.parse_args()
    model, pictures = Model(arguments.file), data.Pictures(paths.work("scenes"))
    if arguments.split == "test":
        fifteen(model, pictures)
    for source in ("miniplaces", "intel", "houses"):
        values(model, pictures, source, arguments.split, arguments.most)
    if arguments.photos:
        photos(model, arguments.photos)


if __name__ == "__main__":
    main()
