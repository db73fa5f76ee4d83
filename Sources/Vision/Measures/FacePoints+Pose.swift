#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension FacePoints {
    /// How far the eyes lean, in degrees, clockwise positive.
    package var eyeRoll: Float {
        Float(atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x) * 180 / .pi)
    }

    /// How far the nose lies off the middle between eyes and mouth, in distances between the eyes, right in the picture
    /// positive, with the lean taken out; 0 where the eyes coincide.
    package var noseOffset: Float {
        let upright = uprighted
        let distance = upright[1].x - upright[0].x
        guard distance > 0 else { return 0 }
        let middle = (upright[0].x + upright[1].x + upright[3].x + upright[4].x) / 4
        return Float((upright[2].x - middle) / distance)
    }

    /// Head pose by rule: coarse, and of no use for faces seen from the side.
    package var pose: FacePose {
        let upright = uprighted
        let mouth = (upright[3].y + upright[4].y) / 2
        // The tip of the nose stands out of the face by about 0.6 of the distance between the eyes; in a level face it
        // lies at about 0.58 of the way from the eyes to the mouth.
        let yaw = asin(min(max(Double(noseOffset) / 0.6, -1), 1)) * 180 / .pi
        let share = mouth > 0 ? upright[2].y / mouth : 0.58
        let pitch = min(max((0.58 - share) * 150, -60), 60)
        return FacePose(yaw: Float(yaw), pitch: Float(pitch), roll: eyeRoll, source: .points)
    }

    /// The points turned until the eyes are level, relative to the middle between them.
    private var uprighted: [Point] {
        let angle = -Double(eyeRoll) * .pi / 180
        let middle = Point(x: (rightEye.x + leftEye.x) / 2, y: (rightEye.y + leftEye.y) / 2)
        return all.map { point in
            let (x, y) = (point.x - middle.x, point.y - middle.y)
            return Point(x: x * cos(angle) - y * sin(angle), y: x * sin(angle) + y * cos(angle))
        }
    }
}
