import Vision

extension Box {
    var json: JSON {
        [
            "x": .decimal(x, places: 1), "y": .decimal(y, places: 1), "w": .decimal(width, places: 1),
            "h": .decimal(height, places: 1),
        ]
    }
}

extension Face {
    func json(index: Int) -> JSON {
        [
            "id": .string("face_\(index)"), "box": box.json, "score": .decimal(score, places: 3),
            "points": [
                "right_eye": points.rightEye.json, "left_eye": points.leftEye.json, "nose": points.nose.json,
                "right_mouth": points.rightMouthCorner.json, "left_mouth": points.leftMouthCorner.json,
            ],
            "pose": .optional(pose) { pose in
                [
                    "yaw": .decimal(pose.yaw, places: 1), "pitch": .decimal(pose.pitch, places: 1),
                    "roll": .decimal(pose.roll, places: 1), "source": .string(pose.source.rawValue),
                ]
            },
            "emotion": .optional(expression) { .classes($0.scores, top: $0.top) },
            "attributes": .optional(attributes) { attributes in
                [
                    "smiling": .decimal(attributes.isSmiling, places: 3),
                    "mouth_open": .decimal(attributes.isMouthOpen, places: 3),
                    "eyes_closed": .decimal(attributes.areEyesClosed, places: 3),
                    "glasses": .decimal(attributes.wearsGlasses, places: 3),
                    "hat": .decimal(attributes.wearsHat, places: 3),
                ]
            },
        ]
    }
}

extension Point {
    var json: JSON { ["x": .decimal(x, places: 1), "y": .decimal(y, places: 1)] }
}

extension Body {
    func json(index: Int) -> JSON {
        [
            "id": .string("body_\(index)"), "box": box.json, "score": .decimal(score, places: 3),
            "keypoints": .array(
                keypoints.map { keypoint in
                    [
                        "name": .string(keypoint.part.name), "x": .decimal(keypoint.point.x, places: 1),
                        "y": .decimal(keypoint.point.y, places: 1), "score": .decimal(keypoint.score, places: 3),
                    ]
                }),
        ]
    }
}

extension SceneGuess {
    var json: JSON { .classes(scores, top: top) }
}

extension JSON {
    /// What a classifier says: the likeliest class and the probability of each.
    fileprivate static func classes(_ scores: [ClassScore], top: ClassScore) -> JSON {
        let scores = scores.map { ($0.label, JSON.decimal($0.score, places: 3)) }
        return ["top": .string(top.label), "scores": .object(Dictionary(scores) { first, _ in first })]
    }
}

extension DetectedObject {
    var json: JSON { ["label": .string(label), "score": .decimal(score, places: 3), "box": box.json] }
}
