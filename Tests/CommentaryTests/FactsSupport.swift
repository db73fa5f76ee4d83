import Commentary
import Vision

/// An analysis to change bit by bit: by default an even, middling picture of 1000 x 800 with nobody in it, of which no
/// rule says anything.
struct Scene {
    var analysis: Analysis

    init() {
        analysis = Analysis(width: 1000, height: 800)
        analysis.measures.lighting.brightness = 0.36
        analysis.measures.lighting.contrast = 0.6
        analysis.measures.lighting.shadows = 0.1
        analysis.measures.colour.saturation = 0.3
        analysis.measures.colour.vividness = 0.6
        analysis.measures.colour.litShare = 0.9
        analysis.measures.quality.sharpness = 0.6
        analysis.measures.quality.sharpnessAcross = 0.6
        analysis.measures.quality.sharpnessDown = 0.6
        analysis.measures.quality.grain = 2
        analysis.measures.quality.noise = 1
        analysis.measures.quality.megapixels = 0.8
        analysis.measures.background.busyness = 0.1
        analysis.measures.background.detail = 0.03
        analysis.measures.background.sharpness = 0.65
    }

    static func with(_ change: (inout Scene) -> Void) -> Scene {
        var scene = Scene()
        change(&scene)
        return scene
    }

    var sheet: FactSheet { FactSheet(of: analysis) }

    /// Marks faces and objects as looked for, and counts people.
    mutating func count(_ atLeast: Int, _ atMost: Int, doubt: Float = 0) {
        analysis.models = [
            ModelRun(task: .faces, id: "a", milliseconds: 0), ModelRun(task: .objects, id: "b", milliseconds: 0),
        ]
        analysis.measures.composition.people = PeopleCount(
            count: atMost, atLeast: atLeast, atMost: atMost, doubt: doubt)
    }

    /// Adds a frontal face with its top left corner here.
    mutating func add(
        face x: Double, _ y: Double, _ width: Double, _ height: Double, score: Float = 0.9, noseShift: Double = 0,
        eyeDrop: Double = 0, pose: FacePose? = nil, expression: [String: Float] = [:]
    ) {
        func point(_ across: Double, _ down: Double) -> Point { Point(x: x + across * width, y: y + down * height) }
        let scores = Vocabulary.values(of: .expression).map {
            ClassScore(label: $0, score: expression[$0] ?? 0)
        }
        analysis.faces.append(
            Face(
                box: Box(x: x, y: y, width: width, height: height), score: score,
                points: FacePoints(
                    rightEye: point(0.3, 0.4), leftEye: point(0.7, 0.4 + eyeDrop), nose: point(0.5 + noseShift, 0.6),
                    rightMouthCorner: point(0.35, 0.75), leftMouthCorner: point(0.65, 0.75)),
                pose: pose, expression: expression.isEmpty ? nil : FaceExpression(scores: scores)))
    }

    /// Adds a body; `keypoints` gives places in the box (0...1), the rest have a score of 0.
    mutating func add(
        body x: Double, _ y: Double, _ width: Double, _ height: Double, score: Float = 0.9,
        keypoints: [BodyPart: (Double, Double)] = [:], keypointScore: Float = 0.8
    ) {
        let points = BodyPart.allCases.map { part -> Keypoint in
            let place = keypoints[part] ?? (0.5, 0.5)
            return Keypoint(
                part: part, point: Point(x: x + place.0 * width, y: y + place.1 * height),
                score: keypoints[part] == nil ? 0 : keypointScore)
        }
        analysis.bodies.append(
            Body(box: Box(x: x, y: y, width: width, height: height), score: score, keypoints: points))
    }

    /// One person: a face and a body of 200 x 600 around it, with these keypoints beside those of a standing person.
    mutating func addPerson(_ keypoints: [BodyPart: (Double, Double)] = [:], x: Double = 400, y: Double = 100) {
        var all = Self.standing
        for (part, place) in keypoints { all[part] = place }
        add(face: x + 70, y + 20, 60, 80)
        add(body: x, y, 200, 600, keypoints: all)
        count(1, 1)
    }

    /// A person who faces the camera with arms hanging a little away from the body.
    static let standing: [BodyPart: (Double, Double)] = [
        .nose: (0.5, 0.09), .leftEye: (0.55, 0.08), .rightEye: (0.45, 0.08), .leftEar: (0.6, 0.09),
        .rightEar: (0.4, 0.09), .leftShoulder: (0.75, 0.2), .rightShoulder: (0.25, 0.2), .leftElbow: (0.85, 0.35),
        .rightElbow: (0.15, 0.35), .leftWrist: (0.88, 0.5), .rightWrist: (0.12, 0.5), .leftHip: (0.65, 0.52),
        .rightHip: (0.35, 0.52), .leftKnee: (0.65, 0.74), .rightKnee: (0.35, 0.74), .leftAnkle: (0.65, 0.93),
        .rightAnkle: (0.35, 0.93),
    ]
}

extension FactSheet {
    /// Its facts as the corpus writes them.
    var texts: [String] { facts.map(\.text) }
}
