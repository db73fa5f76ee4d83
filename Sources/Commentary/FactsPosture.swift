package import Vision

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What a person's keypoints say about how they hold themselves.
///
/// Each answer is nil where the keypoints it needs are not sure enough.
package struct Posture: Sendable {
    private let body: Body
    private let face: Face?
    /// Distance from the middle of the shoulders to that of the hips, in pixels.
    private let torso: Double

    /// Keypoints of arms and legs count from this score on; those of shoulders and hips, which carry the scale, sooner.
    private static let sure: Float = 0.35
    private static let fairlySure: Float = 0.25

    /// Nil where no pose model ran, or shoulders or hips are not to be seen.
    package init?(_ body: Body, face: Face?) {
        self.body = body
        self.face = face
        guard let shoulders = Posture.middle(body[.leftShoulder], body[.rightShoulder]) else { return nil }
        if let hips = Posture.middle(body[.leftHip], body[.rightHip]) {
            torso = Posture.distance(shoulders, hips)
        } else if let left = body[.leftShoulder], let right = body[.rightShoulder] {
            // Shoulders are about three quarters of a torso apart, less when seen from the side.
            torso = Posture.distance(left.point, right.point) * 1.3
        } else {
            return nil
        }
        guard torso > 1 else { return nil }
    }

    /// Whether the person stands: legs straight and upright, feet not in stride.
    package var isStanding: Bool? {
        let legs = [
            leg(.leftHip, .leftKnee, .leftAnkle), leg(.rightHip, .rightKnee, .rightAnkle),
        ].compactMap { $0 }
        guard !legs.isEmpty else { return nil }
        if let left = sure(.leftAnkle), let right = sure(.rightAnkle), let longest = legs.map(\.length).max(),
            abs(left.x - right.x) > 0.3 * longest
        {
            return false
        }
        return legs.contains { $0.isStraight }
    }

    private func leg(_ hip: BodyPart, _ knee: BodyPart, _ ankle: BodyPart) -> (length: Double, isStraight: Bool)? {
        guard let hip = sure(hip), let knee = sure(knee), let ankle = sure(ankle) else { return nil }
        let isUpright =
            knee.y - hip.y > abs(knee.x - hip.x) * 1.7 && ankle.y - knee.y > abs(ankle.x - knee.x) * 1.2
        let length = Posture.distance(hip, knee) + Posture.distance(knee, ankle)
        return (length, isUpright && Posture.angle(hip, knee, ankle) >= 150)
    }

    /// Whether both arms are lifted, elbows or hands above the shoulders or the head.
    package var hasArmsRaised: Bool? {
        guard let shoulders = Posture.middle(body[.leftShoulder], body[.rightShoulder]) else { return nil }
        if let left = sure(.leftElbow), let right = sure(.rightElbow),
            max(left.y, right.y) < shoulders.y - 0.12 * torso
        {
            return true
        }
        guard let left = sure(.leftWrist), let right = sure(.rightWrist), let nose = sure(.nose) else { return nil }
        return max(left.y, right.y) < nose.y
    }

    /// Whether exactly one hand is above the head.
    package var hasOneArmRaised: Bool? {
        guard let left = sure(.leftWrist), let right = sure(.rightWrist), let nose = sure(.nose),
            let shoulders = Posture.middle(body[.leftShoulder], body[.rightShoulder])
        else { return nil }
        return min(left.y, right.y) < nose.y - 0.15 * torso && max(left.y, right.y) > shoulders.y + 0.3 * torso
    }

    /// Whether both arms hang straight down beside the body.
    package var hasArmsDown: Bool? {
        both { shoulder, elbow, wrist, hip in
            wrist.y > elbow.y && elbow.y > shoulder.y && Posture.angle(shoulder, elbow, wrist) >= 140
                && abs(wrist.x - hip.x) <= 0.45 * torso && wrist.y >= shoulder.y + 0.8 * torso
        }
    }

    /// Whether both hands rest on the hips, elbows out.
    package var hasHandsOnHips: Bool? {
        both { shoulder, elbow, wrist, hip in
            let isOut = abs(elbow.x - hip.x) > abs(wrist.x - hip.x) + 0.1 * torso
            return isOut && Posture.distance(wrist, hip) <= 0.35 * torso
                && (50...125).contains(Posture.angle(shoulder, elbow, wrist))
        }
    }

    /// Whether each hand lies at the other arm's elbow.
    package var hasArmsCrossed: Bool? {
        guard let leftElbow = sure(.leftElbow), let rightElbow = sure(.rightElbow), let leftWrist = sure(.leftWrist),
            let rightWrist = sure(.rightWrist)
        else { return nil }
        return Posture.distance(leftWrist, rightElbow) <= 0.4 * torso
            && Posture.distance(rightWrist, leftElbow) <= 0.4 * torso
            && Posture.distance(leftElbow, rightElbow) >= 0.5 * torso
    }

    /// Whether a hand is at the face: a forearm that points up to it.
    package var hasHandOnFace: Bool? {
        guard let face else { return nil }
        let box = face.box
        let near = Box(
            x: box.x - 0.3 * box.width, y: box.y + 0.3 * box.height, width: 1.6 * box.width, height: 1.15 * box.height)
        let arms = [(BodyPart.leftElbow, BodyPart.leftWrist), (.rightElbow, .rightWrist)]
            .compactMap { elbow, wrist -> Bool? in
                guard let elbow = sure(elbow), let wrist = sure(wrist) else { return nil }
                return near.contains(wrist) && elbow.y - wrist.y >= 0.3 * box.height
            }
        return arms.isEmpty ? nil : arms.contains(true)
    }

    /// Scores of what shows how much of the person is in the picture, 0...1.
    package var hipScore: Float { max(body[.leftHip]?.score ?? 0, body[.rightHip]?.score ?? 0) }
    package var kneeScore: Float { max(body[.leftKnee]?.score ?? 0, body[.rightKnee]?.score ?? 0) }
    package var ankleScore: Float { max(body[.leftAnkle]?.score ?? 0, body[.rightAnkle]?.score ?? 0) }

    // MARK: Geometry

    /// Whether something holds of both arms.
    private func both(_ holds: (_ shoulder: Point, _ elbow: Point, _ wrist: Point, _ hip: Point) -> Bool) -> Bool? {
        let sides: [(BodyPart, BodyPart, BodyPart, BodyPart)] = [
            (.leftShoulder, .leftElbow, .leftWrist, .leftHip), (.rightShoulder, .rightElbow, .rightWrist, .rightHip),
        ]
        var answer = true
        for (shoulder, elbow, wrist, hip) in sides {
            guard let elbow = sure(elbow), let wrist = sure(wrist),
                let shoulder = Posture.point(body[shoulder], Posture.fairlySure),
                let hip = Posture.point(body[hip], Posture.fairlySure)
            else { return nil }
            answer = answer && holds(shoulder, elbow, wrist, hip)
        }
        return answer
    }

    private func sure(_ part: BodyPart) -> Point? { Posture.point(body[part], Posture.sure) }

    private static func point(_ keypoint: Keypoint?, _ least: Float) -> Point? {
        guard let keypoint, keypoint.score >= least else { return nil }
        return keypoint.point
    }

    private static func middle(_ left: Keypoint?, _ right: Keypoint?) -> Point? {
        guard let a = point(left, fairlySure), let b = point(right, fairlySure) else { return nil }
        return Point(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
    }

    private static func distance(_ a: Point, _ b: Point) -> Double {
        ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
    }

    /// The angle at `b` between `a` and `c`, in degrees, 0...180; 180 where two of them coincide.
    private static func angle(_ a: Point, _ b: Point, _ c: Point) -> Double {
        let (ab, cb, ac) = (distance(a, b), distance(c, b), distance(a, c))
        guard ab > 0, cb > 0 else { return 180 }
        let cosine = min(max((ab * ab + cb * cb - ac * ac) / (2 * ab * cb), -1), 1)
        return acos(cosine) * 180 / .pi
    }
}
