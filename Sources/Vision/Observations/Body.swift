/// A person that a detector found.
package struct Body: Sendable, Equatable {
    package let box: Box
    /// Of the box, 0...1.
    package let score: Float
    /// 17, in ``BodyPart`` order; empty where no pose model ran on this person.
    package var keypoints: [Keypoint]

    package init(box: Box, score: Float, keypoints: [Keypoint] = []) {
        precondition(keypoints.isEmpty || keypoints.count == BodyPart.allCases.count, "not 17 keypoints")
        self.box = box
        self.score = score
        self.keypoints = keypoints
    }

    /// One part's keypoint; nil where no pose model ran.
    package subscript(part: BodyPart) -> Keypoint? { keypoints.isEmpty ? nil : keypoints[part.rawValue] }
}

/// Where a pose model places one part of a body.
package struct Keypoint: Sendable, Hashable {
    package let part: BodyPart
    package let point: Point
    /// 0...1; below about 0.3 the place means nothing.
    package let score: Float

    package init(part: BodyPart, point: Point, score: Float) {
        self.part = part
        self.point = point
        self.score = score
    }
}

/// The 17 keypoints of COCO, in its order; left and right are the person's own.
package enum BodyPart: Int, Sendable, CaseIterable {
    case nose, leftEye, rightEye, leftEar, rightEar
    case leftShoulder, rightShoulder, leftElbow, rightElbow, leftWrist, rightWrist
    case leftHip, rightHip, leftKnee, rightKnee, leftAnkle, rightAnkle

    /// COCO's name (`left_shoulder`).
    package var name: String {
        switch self {
        case .nose: "nose"
        case .leftEye: "left_eye"
        case .rightEye: "right_eye"
        case .leftEar: "left_ear"
        case .rightEar: "right_ear"
        case .leftShoulder: "left_shoulder"
        case .rightShoulder: "right_shoulder"
        case .leftElbow: "left_elbow"
        case .rightElbow: "right_elbow"
        case .leftWrist: "left_wrist"
        case .rightWrist: "right_wrist"
        case .leftHip: "left_hip"
        case .rightHip: "right_hip"
        case .leftKnee: "left_knee"
        case .rightKnee: "right_knee"
        case .leftAnkle: "left_ankle"
        case .rightAnkle: "right_ankle"
        }
    }
}
