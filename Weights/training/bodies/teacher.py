"""What a teacher adds: labels the Leeds data lacks, a second opinion on those it has, and pictures without any.

`python -m bodies.teacher --detector YOLOX --pose SIMPLEPOSE`: the pose teacher is Ultralight-SimplePose, which gives COCO's 17
keypoints of the one person in a box.
"""

import argparse
from pathlib import Path

import cv2
import numpy

from common.album import Album
from common.export import session
from common.paths import work
from people.teacher import Teacher

from . import leeds
from .augment import MARGIN
from .data import Labels
from .decode import peaks
from .keypoints import COUNT, FACE, MIRRORED, TORSO
from .pack import albums

WIDTH, HEIGHT, CELL = 192, 256, 4
"""The pose teacher's input and the pixels of it a cell of its maps."""
MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
VIEWS = (0.9, 1.1)
"""The pose teacher looks at rectangles so much as large as the box, and at their mirror images."""
APART = 0.05
"""A keypoint whose places in the views spread more than that, in heights of the rectangle, is taken for a guess."""
DETECTED = 1.1
"""The network's crop of a detected person, in longer sides of the detector's box."""
LEAST_SIDE, MOST_PEOPLE = 70, 2
"""Detected people who are smaller, in pixels, or more in one picture are left out."""
SURE, SEEN, UNSEEN = 0.5, 0.3, 0.1
"""The teacher's scores: enough to overrule a label or to replace a missing one; a keypoint; none."""


class Pose:
    """The pose teacher. It looks at several sizes: a keypoint that moves between them is a guess."""

    def __init__(self, path: Path):
        self.session = session(path)
        self.input = self.session.get_inputs()[0].name

    def keypoints(self, picture: numpy.ndarray, centre: numpy.ndarray, size: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Points [17, 2] in pixels of the RGB picture and scores [17], of the person in the box of that width and height."""
        height = float(max(size[0] * HEIGHT / WIDTH, size[1]))
        found = [self.view(picture, centre, height * share) for share in VIEWS]
        points, score = (numpy.stack(part) for part in zip(*found))
        weight = score[..., None] ** 2 + 1e-6
        mean = (points * weight).sum(0) / weight.sum(0)
        spread = numpy.sqrt((((points - mean) ** 2).sum(2) * weight[..., 0]).sum(0) / weight[..., 0].sum(0))
        return mean, score.mean(0) * numpy.where(spread > APART * height, 0.5, 1)

    def view(self, picture: numpy.ndarray, centre: numpy.ndarray, height: float) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Points and scores from the rectangle of that height, by the mean of the maps of both its mirror images."""
        scale = height / HEIGHT
        corner = centre - numpy.array([WIDTH, HEIGHT]) / 2 * scale
        matrix = numpy.array([[scale, 0, corner[0]], [0, scale, corner[1]]])
        image = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        tensor = ((image - numpy.float32(MEAN)) / numpy.float32(DEVIATION)).transpose(2, 0, 1)[None]
        mirror = numpy.ascontiguousarray(tensor[..., ::-1])
        maps, other = (self.session.run(None, {self.input: one})[0] for one in (tensor, mirror))
        # Its maps are of the corners of their cells: in the mirror they lie three quarters of a cell to the left.
        other = numpy.roll(other[:, MIRRORED[:17], :, ::-1], 1, axis=3)
        places, score = peaks((maps + other) / 2)
        return places[0] * CELL * scale + corner, score[0]


def opinion(pose: Pose, picture: numpy.ndarray, labels: Labels, row: int) -> None:
    """Completes one Leeds picture's labels in place, and overrules those that the teacher surely sees elsewhere.

    Of those that it is sure of, four in five lie where the label does: the labels are the crowd's, and left and right
    are often confused. The picture is RGB.
    """
    points, weight, present = labels.points[row], labels.weight[row], labels.present[row]
    known, box = present.copy(), labels.box[row]
    side = float(max(box[2:] - box[:2])) * MARGIN
    found, score = pose.keypoints(picture, (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) * MARGIN)
    inside = ((found >= 0) & (found < picture.shape[1::-1])).all(1)
    torso = numpy.linalg.norm(points[TORSO[0]] - points[TORSO[1]]) if known[list(TORSO)].all() else side / 4
    for joint in range(17):
        off = numpy.linalg.norm(found[joint] - points[joint])
        if known[joint]:
            if score[joint] > SURE and off > 0.4 * torso and inside[joint]:
                points[joint], weight[joint] = found[joint], 0.7
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


def opinions(pose: Pose, name: str, album: Album, training: numpy.ndarray) -> None:
    """Writes `NAME-opinions.npz`: the labels of an album with the teacher's word, of the pictures that are trained on."""
    labels = Labels.load(work("bodies") / f"{name}.npz")
    labels = labels.rows(numpy.isin(labels.photo, training))
    before = labels.points.copy()
    for row in range(len(labels)):
        opinion(pose, album.picture(labels.photo[row])[..., ::-1].copy(), labels, row)
        if (row + 1) % 1000 == 0:
            print("opinions:", row + 1, flush=True)
    labels.save(work("bodies") / f"{name}-opinions.npz")
    overruled = (labels.points != before).any(2)[:, 5:17] & (labels.weight[:, 5:17] == numpy.float32(0.7))
    print(name, "labels overruled:", int(overruled.sum()), "of", int(labels.present[:, 5:17].sum()), flush=True)


def taught(pose: Pose, detector: Teacher) -> None:
    """Writes `taught.npz`: detected people of other public photos (`others`) with the teacher's keypoints."""
    album, rows = others(), []
    for index in range(len(album)):
        picture = album.picture(index)
        found = [row for row in detector.people(picture) if max(row[2:4] - row[:2]) >= LEAST_SIDE]
        for row in found[:MOST_PEOPLE]:
            if (labels := alone(pose, picture, row[:4])) is not None:
                rows.append((index, *labels))
        if (index + 1) % 1000 == 0:
            print("taught:", len(rows), "people of", index + 1, "photos", flush=True)
    Labels(*(numpy.array(column) for column in zip(*rows))).save(work("bodies") / "taught.npz")


def others() -> Album:
    """The photos besides Leeds whose people are learnt from."""
    return Album.merged([album for name, album in albums("train").items() if name != "sports"])


def alone(pose: Pose, picture: numpy.ndarray, box: numpy.ndarray) -> tuple[numpy.ndarray, ...] | None:
    """Box, points, weight and presence of a detected person by the teacher alone; none where it is not sure enough."""
    centre, size = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
    points, score = pose.keypoints(picture[..., ::-1].copy(), centre, size * DETECTED)
    if (score > SURE).sum() < 4:
        return None
    inside = ((points >= 0) & (points < picture.shape[1::-1])).all(1)
    present, weight = numpy.zeros(COUNT, bool), numpy.zeros(COUNT, numpy.float32)
    present[:17] = (score > SEEN) & inside
    weight[:17] = numpy.where(present[:17], numpy.clip(1.3 * score, 0, 1), score < UNSEEN)
    half = size * DETECTED / MARGIN / 2
    all_points = numpy.zeros((COUNT, 2), numpy.float32)
    all_points[:17] = points
    return numpy.concatenate([centre - half, centre + half]).astype(numpy.float32), all_points, weight, present


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--detector", type=Path, required=True, help="YOLOX-nano as an ONNX file")
    parser.add_argument("--pose", type=Path, required=True, help="Ultralight-SimplePose as an ONNX file")
    parser.add_argument("--only", choices=["opinions", "taught"], help="one of the two parts")
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    pose = Pose(wanted.pose)
    if wanted.only != "taught":
        opinions(pose, "leeds", leeds.album(), leeds.split()[0])
        opinions(pose, "original", leeds.original_album(), numpy.arange(leeds.ORIGINAL_TRAINING))
    if wanted.only != "opinions":
        taught(pose, Teacher(wanted.detector))


if __name__ == "__main__":
    main()
