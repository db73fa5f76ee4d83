import Vision

/// A number that rules read from what was seen of a photo; nil where nothing was seen that could tell it.
package struct Reading: Sendable {
    /// As test output and error reports call it.
    package let name: String
    package let value: @Sendable (Evidence) -> Float?

    init(_ name: String, _ value: @escaping @Sendable (Evidence) -> Float?) {
        self.name = name
        self.value = value
    }
}

/// A range that a reading must lie in.
package struct Condition: Sendable {
    package let reading: Reading
    /// Both ends belong to it.
    package let range: ClosedRange<Float>

    static func atLeast(_ reading: Reading, _ least: Float) -> Condition {
        Condition(reading: reading, range: least...Float.infinity)
    }
    static func atMost(_ reading: Reading, _ most: Float) -> Condition {
        Condition(reading: reading, range: -Float.infinity...most)
    }
    static func within(_ reading: Reading, _ range: ClosedRange<Float>) -> Condition {
        Condition(reading: reading, range: range)
    }

    /// Whether the reading is there and lies in the range.
    package func holds(for evidence: Evidence) -> Bool {
        guard let value = reading.value(evidence) else { return false }
        return range.contains(value)
    }
}

extension Reading {
    /// A reading of the measures.
    private static func measure(_ name: String, _ path: any KeyPath<Measures, Float> & Sendable) -> Reading {
        Reading(name) { $0.analysis.measures[keyPath: path] }
    }

    private static func measure(_ name: String, _ path: any KeyPath<Measures, Float?> & Sendable) -> Reading {
        Reading(name) { $0.analysis.measures[keyPath: path] }
    }

    /// 1 for yes, 0 for no.
    private static func answer(_ name: String, _ read: @escaping @Sendable (Evidence) -> Bool?) -> Reading {
        Reading(name) { evidence in read(evidence).map { $0 ? 1 : 0 } }
    }

    // MARK: People

    /// People beyond doubt.
    static let peopleAtLeast = Reading("people, at least") { evidence in
        evidence.analysis.measures.composition.people.map { Float($0.atLeast) }
    }
    /// All people found.
    static let peopleAtMost = Reading("people, at most") { evidence in
        evidence.analysis.measures.composition.people.map { Float($0.atMost) }
    }
    /// What speaks against those being all, 0...1; nil unless faces and bodies were both looked for.
    static let peopleDoubt = Reading("doubt about people") { evidence in
        guard evidence.analysis.ran(.faces), evidence.analysis.lookedForPeople else { return nil }
        return evidence.analysis.measures.composition.people?.doubt
    }
    /// Faces beyond doubt for each person found.
    static let faceShare = Reading("share of people with a face") { evidence in
        guard let people = evidence.analysis.measures.composition.people, people.atMost > 0 else { return nil }
        return Float(evidence.faces.count) / Float(people.atMost)
    }

    // MARK: The one person's face

    /// Height over the photo's, 0...1.
    static let soleFaceHeight = Reading("height of the one face") { evidence in
        evidence.personFace.map { Float($0.box.height) / Float(evidence.analysis.height) }
    }
    /// Centre from the left and from the top, 0...1.
    static let soleFaceX = Reading("place of the one face from the left") { evidence in
        evidence.personFace.map { Float($0.box.centre.x) / Float(evidence.analysis.width) }
    }
    static let soleFaceY = Reading("place of the one face from the top") { evidence in
        evidence.personFace.map { Float($0.box.centre.y) / Float(evidence.analysis.height) }
    }
    /// Share of its box inside the photo, 0...1.
    static let soleFaceInside = Reading("share of the one face inside the photo") { evidence in
        guard let box = evidence.personFace?.box, box.area > 0 else { return nil }
        return Float(box.clipped(width: evidence.analysis.width, height: evidence.analysis.height).area / box.area)
    }
    /// From the photo's top to where the top of the head ought to be, over the photo's height; below 0 it is cut off.
    static let soleHeadTop = Reading("room above the one head") { evidence in
        evidence.personFace.map { face in
            Float((face.box.y - 0.12 * face.box.height) / Double(evidence.analysis.height))
        }
    }

    // MARK: The one person's body

    /// Centre from the left, 0...1, of the body, or of the face without one.
    static let subjectX = Reading("place of the one person from the left") { evidence in
        let box = evidence.person?.box ?? evidence.personFace?.box
        return box.map { Float($0.centre.x) / Float(evidence.analysis.width) }
    }
    /// Share of the photo that the body's box covers, 0...1.
    static let subjectShare = Reading("share of the photo that the one person takes") { evidence in
        evidence.person.map { body in
            Float(body.box.area / (Double(evidence.analysis.width) * Double(evidence.analysis.height)))
        }
    }
    /// Height over the photo's, 0...1.
    static let subjectHeight = Reading("height of the one person") { evidence in
        evidence.person.map { Float($0.box.height) / Float(evidence.analysis.height) }
    }
    /// Lower edge from the photo's top, over its height.
    static let subjectBottom = Reading("lower edge of the one person") { evidence in
        evidence.person.map { Float($0.box.bottom) / Float(evidence.analysis.height) }
    }
    /// Height of the tallest person over the photo's, 0...1.
    static let tallest = Reading("height of the tallest person") { evidence in
        evidence.analysis.bodies.map { Float($0.box.height) / Float(evidence.analysis.height) }.max()
    }
    static let hips = Reading("score of the one person's hips") { $0.personPosture?.hipScore }
    static let knees = Reading("score of the one person's knees") { $0.personPosture?.kneeScore }
    static let ankles = Reading("score of the one person's ankles") { $0.personPosture?.ankleScore }

    // MARK: Posture; 1 for yes, 0 for no, or the share of a group

    static let standing = Reading("standing") { evidence in evidence.share { $0.isStanding } }
    static let armsRaised = Reading("arms raised") { evidence in evidence.share { $0.hasArmsRaised } }
    static let oneArmRaised = answer("one arm raised") { $0.personPosture?.hasOneArmRaised }
    static let armsDown = answer("arms down") { $0.personPosture?.hasArmsDown }
    static let handsOnHips = answer("hands on hips") { $0.personPosture?.hasHandsOnHips }
    static let armsCrossed = answer("arms crossed") { $0.personPosture?.hasArmsCrossed }
    static let handOnFace = answer("hand on face") { $0.personPosture?.hasHandOnFace }

    // MARK: Faces, what all agree on; and the farthest that any goes, without the sign

    /// Degrees, as ``FacePose``.
    static let yaw = Reading("yaw of the head") { evidence in evidence.agreed { $0.pose?.yaw } }
    static let pitch = Reading("pitch of the head") { evidence in evidence.agreed { $0.pose?.pitch } }
    static let roll = Reading("roll of the head") { evidence in evidence.agreed { $0.pose?.roll } }
    /// Degrees, clockwise positive.
    static let eyeRoll = Reading("lean of the eyes") { evidence in evidence.agreed { $0.points.eyeRoll } }
    /// Distances between the eyes, right in the picture positive.
    static let noseOffset = Reading("nose off the middle") { evidence in evidence.agreed { $0.points.noseOffset } }
    static let mostYaw = Reading("yaw of the head, at most") { evidence in evidence.most { $0.pose?.yaw } }
    static let mostPitch = Reading("pitch of the head, at most") { evidence in evidence.most { $0.pose?.pitch } }
    static let mostRoll = Reading("roll of the head, at most") { evidence in evidence.most { $0.pose?.roll } }
    static let mostEyeRoll = Reading("lean of the eyes, at most") { evidence in evidence.most { $0.points.eyeRoll } }
    static let mostNoseOffset = Reading("nose off the middle, at most") { evidence in
        evidence.most { $0.points.noseOffset }
    }
    /// Height of the largest face, in pixels.
    static let facePixels = Reading("height of the largest face in pixels") { evidence in
        evidence.faces.first.map { Float($0.box.height) }
    }

    /// The mean probability of an expression over the faces.
    static func expression(_ label: String) -> Reading { Reading("expression \(label)") { $0.expression(label) } }

    /// The probability that all faces do, or wear, something; or that none does.
    static let smiling = Reading("smile") { evidence in evidence.least { $0.isSmiling } }
    static let mouthOpen = Reading("open mouth") { evidence in evidence.least { $0.isMouthOpen } }
    static let eyesClosed = Reading("closed eyes") { evidence in evidence.least { $0.areEyesClosed } }
    static let mouthClosed = Reading("closed mouth") { evidence in evidence.least { 1 - $0.isMouthOpen } }
    static let eyesOpen = Reading("open eyes") { evidence in evidence.least { 1 - $0.areEyesClosed } }
    static let noSmile = Reading("no smile") { evidence in evidence.least { 1 - $0.isSmiling } }
    static let noGlasses = Reading("no glasses") { evidence in evidence.least { 1 - $0.wearsGlasses } }
    static let glasses = Reading("glasses") { evidence in evidence.least { $0.wearsGlasses } }
    static let hat = Reading("hat") { evidence in evidence.least { $0.wearsHat } }

    // MARK: Things

    /// The highest score of a class.
    static func object(_ label: String) -> Reading {
        Reading("object \(label)") { evidence in evidence.object(label).map { evidence.analysis.objects[$0].score } }
    }

    /// The highest score of any of several classes.
    static func anyObject(_ name: String, _ labels: Set<String>) -> Reading {
        Reading(name) { evidence in
            evidence.analysis.objects.lazy.filter { labels.contains($0.label) }.map(\.score).max()
        }
    }

    // MARK: Scene

    /// The probability of a value of the `scene` key.
    static func scene(_ value: String) -> Reading {
        Reading("scene \(value)") { evidence in evidence.analysis.scene?.probability(of: value) }
    }

    // MARK: Measures

    static let brightness = measure("brightness", \.lighting.brightness)
    static let contrast = measure("contrast", \.lighting.contrast)
    static let shadows = measure("shadows", \.lighting.shadows)
    static let highlights = measure("highlights", \.lighting.highlights)
    static let faceBrightness = measure("brightness of the face", \.lighting.face)
    static let subjectBrightness = measure("brightness of the people", \.lighting.subject)
    static let backlight = measure("backlight", \.lighting.backlight)
    static let saturation = measure("saturation", \.colour.saturation)
    static let vividness = measure("vividness", \.colour.vividness)
    static let warmth = measure("warmth", \.colour.warmth)
    static let greenness = measure("greenness", \.colour.greenness)
    static let warmShare = measure("share leaning to amber", \.colour.warmShare)
    static let coolShare = measure("share leaning to blue", \.colour.coolShare)
    static let greenShare = measure("share leaning to green", \.colour.greenShare)
    static let litShare = measure("share neither black nor white", \.colour.litShare)
    static let sharpness = measure("sharpness", \.quality.sharpness)
    static let faceSharpness = measure("sharpness of the face", \.quality.faceSharpness)
    /// 1 where no face is large enough to tell otherwise.
    static let faceSharpnessIfAny = Reading("sharpness of the face, if any") { evidence in
        evidence.analysis.measures.quality.faceSharpness ?? 1
    }
    /// How much sharper edges are one way than the other, 0...1.
    static let smear = Reading("difference of sharpness across and down") { evidence in
        let quality = evidence.analysis.measures.quality
        guard let across = quality.sharpnessAcross, let down = quality.sharpnessDown else { return nil }
        return abs(across - down)
    }
    /// The sharpness of the sharper way.
    static let sharperWay = Reading("sharpness of the sharper way") { evidence in
        let quality = evidence.analysis.measures.quality
        guard let across = quality.sharpnessAcross, let down = quality.sharpnessDown else { return nil }
        return max(across, down)
    }
    static let noise = measure("noise", \.quality.noise)
    static let grain = measure("grain", \.quality.grain)
    static let megapixels = measure("megapixels", \.quality.megapixels)
    static let busyness = measure("busyness of the background", \.background.busyness)
    static let detail = measure("detail of the background", \.background.detail)
    static let backgroundSharpness = measure("sharpness of the background", \.background.sharpness)
    static let backgroundShare = measure("share of the background", \.background.share)
    /// How much sharper the people are than what lies behind them.
    static let depth = Reading("sharpness of the people less that of the background") { evidence in
        let background = evidence.analysis.measures.background
        return background.subjectSharpness.map { $0 - background.sharpness }
    }
    static let foliage = measure("foliage", \.scenery.foliage)
    static let skyAbove = measure("sky above", \.scenery.skyAbove)
    static let skyBelow = measure("sky below", \.scenery.skyBelow)
    /// Height of the largest face over the photo's, 0 without one.
    static let faceHeightIfAny = Reading("height of the largest face, if any") { evidence in
        evidence.analysis.measures.composition.faceHeight ?? 0
    }
    /// Degrees without the sign.
    static let tilt = Reading("tilt") { evidence in evidence.analysis.measures.composition.tilt.map(abs) }

    /// Hour of the day, 0..<24, as the camera's clock had it.
    static let hour = Reading("hour") { evidence in evidence.analysis.captured.flatMap(CapturedTime.hour) }
}

/// Reads the time of an EXIF date.
enum CapturedTime {
    /// The hour, with minutes as its fraction, of `2024:05:01 18:30:00`; nil for anything else.
    static func hour(_ text: String) -> Float? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, parts[0].utf8.count == 10 else { return nil }
        let time = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2],
            (0..<24).contains(hour), (0..<60).contains(minute), (0..<61).contains(second)
        else { return nil }
        // A clock that was never set starts at midnight sharp.
        if hour == 0, minute == 0, second == 0 { return nil }
        return Float(hour) + Float(minute) / 60
    }
}
