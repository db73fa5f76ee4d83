"""What a teacher adds: labels the Leeds data lacks, a second opinion on those it has, and pictures without any.

`python -m bodies.teacher --detector YOLOX --pose SIMPLEPOSE`: the pose teacher is a top-down network with one map for
each of COCO's 17 keypoints (Ultralight-SimplePose: a crop of 192 by 256, maps of 48 by 64).
"""

import argparse
from pathlib import Path

import cv2
import numpy

from common.export import session
from common.paths import work
from people.pictures import split
from people.teacher import Teacher

from . import leeds
from .decode import peaks
from .keypoints import COUNT, FACE, TORSO
from .store import MARGIN, Store, Writer

WIDTH, HEIGHT, CELL = 192, 256, 4
MEAN, DEVIATION = numpy.array([123.675, 116.28, 103.53]), numpy.array([58.395, 57.12, 57.375])
DETECTED = 1.1
"""The network's crop of a detected person, in longer sides of the detector's box."""
LEAST_SIDE, MOST_PEOPLE = 70, 3
"""Detected people who are smaller, in pixels, or more in one picture are left out."""
EXPRESSIONS = 900
"""Pictures of faces and shoulders asked about."""
SURE, SEEN, UNSEEN = 0.5, 0.35, 0.12
"""The teacher's scores: enough to doubt a label or to replace a missing one; a keypoint; none."""


class Pose:
    """The pose teacher."""

    def __init__(self, path: Path):
        self.session = session(path)
        self.input = self.session.get_inputs()[0].name

    def keypoints(self, picture: numpy.ndarray, centre: numpy.ndarray, size: numpy.ndarray,
                  turn: float = 0.0) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Points [17, 2] in pixels of the RGB picture and scores [17], from a part of `size` about `centre`.

        - turn: degrees by which the part is turned first, so that the person stands upright in it.
        """
        scale = min(WIDTH / size[0], HEIGHT / size[1])
        angle = numpy.deg2rad(turn)
        rotation = numpy.array([[numpy.cos(angle), numpy.sin(angle)], [-numpy.sin(angle), numpy.cos(angle)]]) * scale
        matrix = numpy.concatenate([rotation, (numpy.array([WIDTH, HEIGHT]) / 2 - rotation @ centre)[:, None]], 1)
        image = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
        tensor = ((image - MEAN) / DEVIATION).transpose(2, 0, 1)[None].astype(numpy.float32)
        places, scores = peaks(self.session.run(None, {self.input: tensor})[0])
        return (places[0] * CELL - matrix[:, 2]) @ numpy.linalg.inv(rotation).T, scores[0]


def upright(points: numpy.ndarray, known: numpy.ndarray) -> float:
    """The turn in degrees that brings the hips below the shoulders; 0 where the torso is not labelled."""
    if not known[[5, 6, 11, 12]].all():
        return 0.0
    down = points[[11, 12]].mean(0) - points[[5, 6]].mean(0)
    return float(numpy.rad2deg(numpy.arctan2(-down[0], down[1])))


def opinion(pose: Pose, store: Store, row: int) -> None:
    """Completes one Leeds picture's labels in place."""
    points, weight, present = store.points[row], store.weight[row], store.present[row]
    known = present.copy()
    turn = upright(points, known)
    angle = numpy.deg2rad(turn)
    rotation = numpy.array([[numpy.cos(angle), numpy.sin(angle)], [-numpy.sin(angle), numpy.cos(angle)]])
    turned = points[known] @ rotation.T
    low, high = turned.min(0), turned.max(0)
    centre, size = (low + high) / 2 @ rotation, (high - low) * 1.25 + 8
    found, score = pose.keypoints(store.picture(row), centre, size, turn)
    height, width = store.size[row]
    inside = ((found >= 0) & (found < [width, height])).all(1)
    torso = numpy.linalg.norm(points[TORSO[0]] - points[TORSO[1]]) if known[list(TORSO)].all() else max(size) / 3
    for joint in range(17):
        off = numpy.linalg.norm(found[joint] - points[joint])
        if known[joint]:
            if score[joint] > SURE and off > 0.5 * torso:
                weight[joint] = 0.3
        elif joint in FACE:
            head = points[[17, 18]]
            near = not known[[17, 18]].all() or (numpy.linalg.norm(found[joint] - head.mean(0))
                                                 < 0.9 * numpy.linalg.norm(head[0] - head[1]) + 4)
            if score[joint] > SEEN and near and inside[joint]:
                points[joint], weight[joint], present[joint] = found[joint], 1, True
            elif score[joint] < UNSEEN:
                weight[joint] = 0.5
        elif score[joint] > SURE and inside[joint]:
            points[joint], weight[joint], present[joint] = found[joint], 0.5, True
        elif score[joint] < UNSEEN:
            weight[joint] = 0.3


def opinions(pose: Pose, count: int) -> None:
    """Writes `opinions.npz`: the labels of the Leeds store with the teacher's word on so many training pictures."""
    folder = work("bodies")
    store = Store(folder, "leeds")
    training = numpy.flatnonzero(numpy.isin(store.source, leeds.split()[0]))
    for done, row in enumerate(numpy.random.default_rng(3).permutation(training)[:count]):
        opinion(pose, store, row)
        if (done + 1) % 500 == 0:
            print("opinions:", done + 1, flush=True)
    numpy.savez(folder / "opinions.npz", points=store.points, weight=store.weight, present=store.present)
    print("labels believed less:", int(((store.weight > 0) & (store.weight < 0.4) & store.present).sum()), flush=True)


def taught(pose: Pose, detector: Teacher) -> None:
    """Writes the store `taught`: detected people of the other public pictures with the teacher's keypoints."""
    writer = Writer(work("bodies"), "taught")
    chosen = split()
    lists = [chosen["coco"][0], chosen["imagenet"][0], chosen["expressions"][0][:EXPRESSIONS]]
    for source, paths in enumerate(lists):
        for path in paths:
            picture = cv2.imread(str(path))
            if picture is None:
                raise SystemExit(f"{path} is no picture")
            found = [row for row in detector.people(picture) if max(row[2:4] - row[:2]) >= LEAST_SIDE]
            for row in found[:MOST_PEOPLE]:
                box = row[:4]
                centre, size = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
                points, score = pose.keypoints(picture[..., ::-1].copy(), centre, size * 1.1)
                if (score > SURE).sum() < 4:
                    continue
                edge = numpy.array(picture.shape[1::-1])
                inside = ((points >= 0) & (points < edge)).all(1)
                present = numpy.zeros(COUNT, bool)
                present[:17] = (score > SEEN) & inside
                weight = numpy.zeros(COUNT, numpy.float32)
                weight[:17] = numpy.where(present[:17], numpy.clip(1.3 * score, 0, 1), score < UNSEEN)
                half = size * DETECTED / MARGIN / 2
                all_points = numpy.zeros((COUNT, 2), numpy.float32)
                all_points[:17] = points
                smaller = numpy.concatenate([centre - half, centre + half])
                writer.add(picture, smaller, all_points, weight, present, source)
        print("taught:", len(writer.rows["offset"]), "people after source", source, flush=True)
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--detector", type=Path, required=True, help="YOLOX-nano as an ONNX file")
    parser.add_argument("--pose", type=Path, required=True, help="Ultralight-SimplePose as an ONNX file")
    parser.add_argument("--opinions", type=int, default=9000, help="Leeds pictures to ask about")
    parser.add_argument("--only", choices=["opinions", "taught"], help="one of the two parts")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    pose = Pose(wanted.pose)
    if wanted.only != "taught":
        opinions(pose, wanted.opinions)
    if wanted.only != "opinions":
        taught(pose, Teacher(wanted.detector))


if __name__ == "__main__":
    main()
