/// A face that a detector found.
package struct Face: Sendable, Equatable {
    package let box: Box
    /// 0...1.
    package let score: Float
    package let points: FacePoints
    /// Nil where no model and no rule could tell.
    package var pose: FacePose?
    /// Nil where no model ran on this face.
    package var expression: FaceExpression?
    /// Nil likewise.
    package var attributes: FaceAttributes?

    package init(
        box: Box, score: Float, points: FacePoints, pose: FacePose? = nil, expression: FaceExpression? = nil,
        attributes: FaceAttributes? = nil
    ) {
        self.box = box
        self.score = score
        self.points = points
        self.pose = pose
        self.expression = expression
        self.attributes = attributes
    }
}

/// Five points of a face. Right and left are the person's own: in a frontal face the right eye is on the picture's
/// left.
package struct FacePoints: Sendable, Hashable {
    package let rightEye: Point
    package let leftEye: Point
    /// Tip of the nose.
    package let nose: Point
    package let rightMouthCorner: Point
    package let leftMouthCorner: Point

    package init(rightEye: Point, leftEye: Point, nose: Point, rightMouthCorner: Point, leftMouthCorner: Point) {
        self.rightEye = rightEye
        self.leftEye = leftEye
        self.nose = nose
        self.rightMouthCorner = rightMouthCorner
        self.leftMouthCorner = leftMouthCorner
    }

    /// In the order that YuNet and most five-point models use: the person's right eye first, the left mouth corner
    /// last.
    package var all: [Point] { [rightEye, leftEye, nose, rightMouthCorner, leftMouthCorner] }
}

/// How a head is turned, in degrees; all 0 for a face that looks straight into the camera.
package struct FacePose: Sendable, Hashable {
    /// Positive: the face points toward the right edge of the picture.
    package let yaw: Float
    /// Positive: the face points up.
    package let pitch: Float
    /// Positive: the head is tilted clockwise as the picture shows it.
    package let roll: Float
    /// Where the angles come from.
    package let source: Source

    package enum Source: String, Sendable, Hashable {
        /// A head pose model.
        case model
        /// A rule over the five points; coarser.
        case points
    }

    package init(yaw: Float, pitch: Float, roll: Float, source: Source) {
        self.yaw = yaw
        self.pitch = pitch
        self.roll = roll
        self.source = source
    }
}

/// What a model says of a face and of what is worn on it: how likely each is to hold, 0...1.
package struct FaceAttributes: Sendable, Hashable {
    package let isSmiling: Float
    package let isMouthOpen: Float
    package let areEyesClosed: Float
    /// Sunglasses too.
    package let wearsGlasses: Float
    package let wearsHat: Float

    package init(
        isSmiling: Float, isMouthOpen: Float, areEyesClosed: Float, wearsGlasses: Float, wearsHat: Float
    ) {
        self.isSmiling = isSmiling
        self.isMouthOpen = isMouthOpen
        self.areEyesClosed = areEyesClosed
        self.wearsGlasses = wearsGlasses
        self.wearsHat = wearsHat
    }
}

/// What a model says a face shows.
package struct FaceExpression: Sendable, Equatable {
    /// All classes of the model, values of the vocabulary's `expression` key, in its own order; they add up to 1.
    package let scores: [ClassScore]

    /// - Parameter scores: at least one.
    package init(scores: [ClassScore]) {
        precondition(!scores.isEmpty, "an expression without classes")
        self.scores = scores
    }

    /// The likeliest; of equal ones the first.
    package var top: ClassScore { scores.likeliest }
}
