import Commentary
import Testing
import Vision

/// A fact, a scene it holds in, and one that falls just short of it.
struct FactCase: Sendable, CustomTestStringConvertible {
    let fact: String
    let holds: Scene
    let misses: Scene

    init(_ fact: String, holds: (inout Scene) -> Void, misses: (inout Scene) -> Void) {
        self.fact = fact
        self.holds = Scene.with(holds)
        self.misses = Scene.with(misses)
    }

    /// A measure that must be at least, or at most, so much.
    init(
        _ fact: String, _ path: WritableKeyPath<Measures, Float>, _ holds: Float, not misses: Float,
        with base: (inout Scene) -> Void = { _ in }
    ) {
        self.init(
            fact,
            holds: {
                base(&$0)
                $0.analysis.measures[keyPath: path] = holds
            },
            misses: {
                base(&$0)
                $0.analysis.measures[keyPath: path] = misses
            })
    }

    init(
        _ fact: String, _ path: WritableKeyPath<Measures, Float?>, _ holds: Float, not misses: Float?,
        with base: (inout Scene) -> Void = { _ in }
    ) {
        self.init(
            fact,
            holds: {
                base(&$0)
                $0.analysis.measures[keyPath: path] = holds
            },
            misses: {
                base(&$0)
                $0.analysis.measures[keyPath: path] = misses
            })
    }

    var testDescription: String { fact }
}

@Suite struct FactsTableTests {
    @Test func aPictureWithoutAnythingSaysNothing() {
        #expect(Scene().sheet.facts.isEmpty, "\(Scene().sheet.texts)")
    }

    /// What the scene model says, of a photo with nobody on it.
    private static let places = SceneClassifier.values.map { value in
        func place(_ score: Float) -> (inout Scene) -> Void {
            { scene in
                let guess = ClassScore(label: value, score: score)
                scene.analysis.scene = SceneGuess(scores: [guess], values: [guess])
                scene.count(0, 0)
            }
        }
        return FactCase("scene=\(value)", holds: place(0.91), misses: place(0.84))
    }

    @Test(arguments: people + faces + worn + poses + things + places + measures)
    func firesWhereItHoldsAndNotJustBelow(example: FactCase) throws {
        #expect(example.holds.sheet.texts.contains(example.fact), "\(example.holds.sheet.texts)")
        #expect(!example.misses.sheet.texts.contains(example.fact), "\(example.misses.sheet.texts)")
        let fact = try #require(Fact(parsing: example.fact))
        let found = try #require(example.holds.sheet.fact(fact.key, fact.value))
        #expect(found.confidence > 0.5 && !found.source.isEmpty)
    }

    /// Every value that a rule can give has a case above.
    @Test func everyRuleHasACase() {
        let covered = Set(
            (Self.people + Self.faces + Self.worn + Self.poses + Self.things + Self.places + Self.measures)
                .map(\.fact))
        for rule in FactTable.rules where rule.key != .object {
            #expect(covered.contains("\(rule.key.rawValue)=\(rule.value)"), "\(rule.key.rawValue)=\(rule.value)")
        }
    }

    @Test func rulesAreOfTheVocabulary() {
        #expect(FactTable.rules.count > 100)
        for rule in FactTable.rules {
            #expect(Vocabulary.contains(rule.key, rule.value))
            #expect(!rule.conditions.isEmpty && rule.confidence > 0.5 && rule.confidence <= 1 && !rule.source.isEmpty)
        }
    }

    /// Ends belong to a range, what lies beyond does not, and what cannot be told is no.
    @Test func conditions() throws {
        let rule = try #require(FactTable.rules.first { $0.key == .lighting && $0.value == "dim" })
        let condition = rule.conditions[0]
        for (brightness, holds) in [
            (Float(0.14), true), (0.27, true), (0.2, true), (0.1399, false), (0.2701, false), (.nan, false),
        ] {
            let scene = Scene.with { $0.analysis.measures.lighting.brightness = brightness }
            #expect(condition.holds(for: Evidence(scene.analysis)) == holds)
        }
        let tilted = try #require(FactTable.rules.first { $0.value == "tilted" && $0.key == .composition })
        #expect(!tilted.conditions[0].holds(for: Evidence(Scene().analysis)))
    }

    static let people: [FactCase] = [
        FactCase("people=none", holds: { $0.count(0, 0, doubt: 0.12) }, misses: { $0.count(0, 0, doubt: 0.13) }),
        FactCase("people=one", holds: { $0.count(1, 1) }, misses: { $0.count(1, 2) }),
        FactCase("people=two", holds: { $0.count(2, 2) }, misses: { $0.count(1, 2) }),
        FactCase("people=few", holds: { $0.count(3, 6) }, misses: { $0.count(3, 7) }),
        FactCase("people=crowd", holds: { $0.count(8, 12) }, misses: { $0.count(7, 12) }),
        FactCase("composition=crowded", holds: { $0.count(8, 12) }, misses: { $0.count(7, 12) }),
        FactCase(
            "framing=group",
            holds: {
                for index in 0..<3 { $0.add(face: 200 * Double(index), 100, 60, 80) }
                $0.count(3, 4)
            },
            misses: {
                for index in 0..<3 { $0.add(face: 200 * Double(index), 100, 60, 80) }
                $0.count(3, 5)
            }),
        FactCase(
            "framing=distant",
            holds: {
                $0.add(body: 100, 400, 60, 230)
                $0.count(1, 1)
            },
            misses: {
                $0.add(body: 100, 400, 60, 250)
                $0.count(1, 1)
            }),
        FactCase(
            "framing=full_body", holds: { $0.addPerson() },
            misses: {
                $0.addPerson([.leftAnkle: (0.5, 0.9), .rightAnkle: (0.5, 0.9)]); $0.dropAnkles()
            }),
        FactCase(
            "framing=half_body",
            holds: {
                $0.add(face: 400, 100, 150, 200)
                $0.add(body: 300, 50, 350, 750, keypoints: Scene.upperHalf)
                $0.count(1, 1)
            },
            misses: {
                $0.add(face: 400, 100, 150, 200)
                $0.add(body: 300, 50, 350, 750, keypoints: Scene.standing)
                $0.count(1, 1)
            }),
    ]

    private static func oneFace(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double
    ) -> (inout Scene) -> Void {
        {
            $0.add(face: x, y, width, height)
            $0.count(1, 1)
        }
    }

    private static func turned(
        _ pose: FacePose, noseShift: Double = 0, eyeDrop: Double = 0
    ) -> (inout Scene) -> Void {
        {
            $0.add(face: 400, 300, 150, 160, noseShift: noseShift, eyeDrop: eyeDrop, pose: pose)
            $0.count(1, 1)
        }
    }

    private static func pose(_ yaw: Float, _ pitch: Float = 0, _ roll: Float = 0) -> FacePose {
        FacePose(yaw: yaw, pitch: pitch, roll: roll, source: .model)
    }

    private static func shows(_ label: String, _ score: Float) -> (inout Scene) -> Void {
        {
            $0.add(face: 400, 300, 150, 160, expression: [label: score])
            $0.count(1, 1)
        }
    }

    /// Two faces, of which the second is the less sure one.
    private static func both(_ attributes: FaceAttributes, _ surer: FaceAttributes) -> (inout Scene) -> Void {
        {
            $0.add(face: 200, 300, 150, 160)
            $0.add(face: 600, 300, 150, 160)
            $0.analysis.faces[0].attributes = surer
            $0.analysis.faces[1].attributes = attributes
            $0.count(2, 2)
        }
    }

    /// Attributes of a face: what all are, and what one of them is instead.
    private static func attributes(
        _ score: Float = 1, smile: Float? = nil, mouth: Float? = nil, eyes: Float? = nil, glasses: Float? = nil,
        hat: Float? = nil
    ) -> FaceAttributes {
        FaceAttributes(
            isSmiling: smile ?? score, isMouthOpen: mouth ?? score, areEyesClosed: eyes ?? score,
            wearsGlasses: glasses ?? score, wearsHat: hat ?? score)
    }

    /// The surer of two faces says too little of how sure both are.
    private static let worn: [FactCase] = [
        FactCase(
            "mouth=smiling", holds: both(attributes(smile: 0.85), attributes(mouth: 0)),
            misses: both(attributes(smile: 0.84), attributes(mouth: 0))),
        FactCase(
            "mouth=open", holds: both(attributes(smile: 0, mouth: 0.95), attributes(smile: 0)),
            misses: both(attributes(smile: 0, mouth: 0.94), attributes(smile: 0))),
        FactCase(
            "mouth=closed", holds: both(attributes(0, mouth: 0.125), attributes(0)),
            misses: both(attributes(0, mouth: 0.14), attributes(0))),
        FactCase(
            "mouth=closed", holds: both(attributes(0, smile: 0.25), attributes(0)),
            misses: both(attributes(0, smile: 0.35), attributes(0))),
        FactCase(
            "eyes=open", holds: both(attributes(0, eyes: 0.14), attributes(0)),
            misses: both(attributes(0, eyes: 0.16), attributes(0))),
        FactCase(
            "eyes=open", holds: both(attributes(0, glasses: 0.5), attributes(0)),
            misses: both(attributes(0, glasses: 0.51), attributes(0))),
        FactCase(
            "eyes=closed", holds: both(attributes(eyes: 0.99), attributes()),
            misses: both(attributes(eyes: 0.98), attributes())),
        FactCase(
            "accessory=glasses", holds: both(attributes(glasses: 0.97), attributes()),
            misses: both(attributes(glasses: 0.96), attributes())),
        FactCase(
            "accessory=hat", holds: both(attributes(hat: 0.99), attributes()),
            misses: both(attributes(hat: 0.98), attributes())),
    ]

    private static let faces: [FactCase] = [
        FactCase("framing=portrait", holds: oneFace(400, 200, 200, 265), misses: oneFace(400, 200, 200, 263)),
        FactCase("face_position=huge", holds: oneFace(250, 100, 400, 521), misses: oneFace(250, 100, 400, 519)),
        FactCase("face_position=tiny", holds: oneFace(450, 300, 25, 32), misses: oneFace(450, 300, 25, 33)),
        FactCase("face_position=cut_off", holds: oneFace(-35, 100, 200, 250), misses: oneFace(-25, 100, 200, 250)),
        FactCase("face_position=left_edge", holds: oneFace(80, 300, 200, 250), misses: oneFace(81, 300, 200, 250)),
        FactCase("face_position=right_edge", holds: oneFace(721, 300, 200, 250), misses: oneFace(719, 300, 200, 250)),
        FactCase("face_position=high", holds: oneFace(400, 84, 100, 120), misses: oneFace(400, 86, 100, 120)),
        FactCase("face_position=low", holds: oneFace(400, 517, 100, 120), misses: oneFace(400, 514, 100, 120)),
        FactCase("face_position=centred", holds: oneFace(479, 300, 200, 250), misses: oneFace(481, 300, 200, 250)),
        FactCase("composition=head_cropped", holds: oneFace(400, 19, 150, 200), misses: oneFace(400, 21, 150, 200)),
        FactCase(
            "head=turned_left", holds: turned(pose(-18), noseShift: -0.07),
            misses: turned(pose(-17), noseShift: -0.07)),
        FactCase(
            "head=turned_right", holds: turned(pose(18), noseShift: 0.07), misses: turned(pose(18), noseShift: 0.05)),
        FactCase(
            "head=tilted", holds: turned(pose(0, 0, 8), eyeDrop: 0.1), misses: turned(pose(0, 0, 7), eyeDrop: 0.1)),
        FactCase(
            "head=tilted", holds: turned(pose(0, 0, -9), eyeDrop: -0.1),
            misses: turned(pose(0, 0, -9), eyeDrop: -0.05)),
        FactCase("head=looking_down", holds: turned(pose(25, -25)), misses: turned(pose(26, -25))),
        FactCase("head=looking_up", holds: turned(pose(0, 20)), misses: turned(pose(0, 19))),
        FactCase("head=straight", holds: turned(pose(8, -12, 6)), misses: turned(pose(8, -13, 6))),
        FactCase("expression=happy", holds: shows("happy", 0.65), misses: shows("happy", 0.64)),
        FactCase("expression=neutral", holds: shows("neutral", 0.53), misses: shows("neutral", 0.51)),
        FactCase("expression=surprised", holds: shows("surprised", 0.7), misses: shows("surprised", 0.69)),
        FactCase("expression=angry", holds: shows("angry", 0.71), misses: shows("angry", 0.69)),
        FactCase("expression=disgusted", holds: shows("disgusted", 0.7), misses: shows("disgusted", 0.69)),
        FactCase("expression=fearful", holds: shows("fearful", 0.85), misses: shows("fearful", 0.84)),
        FactCase("expression=sad", holds: shows("sad", 0.9), misses: shows("sad", 0.89)),
    ]

    private static let poses: [FactCase] = [
        FactCase(
            "pose=standing", holds: { $0.addPerson() },
            misses: { $0.addPerson([.leftKnee: (1.3, 0.6), .rightKnee: (-0.3, 0.6)]) }),
        FactCase(
            "pose=arms_down", holds: { $0.addPerson() },
            misses: { $0.addPerson([.leftWrist: (1.6, 0.45), .leftElbow: (1.2, 0.33)]) }),
        FactCase(
            "pose=arms_raised",
            holds: {
                $0.addPerson([
                    .leftElbow: (0.95, 0.12), .rightElbow: (0.05, 0.12), .leftWrist: (0.9, -0.05),
                    .rightWrist: (0.1, -0.05),
                ])
            },
            misses: { $0.addPerson([.leftElbow: (0.95, 0.12), .leftWrist: (0.9, -0.05)]) }),
        FactCase(
            "pose=one_arm_raised",
            holds: { $0.addPerson([.leftElbow: (0.95, 0.12), .leftWrist: (0.9, 0.02)]) },
            misses: { $0.addPerson([.leftElbow: (0.95, 0.12), .leftWrist: (0.9, 0.08)]) }),
        FactCase(
            "pose=hands_on_hips",
            holds: {
                $0.addPerson([
                    .leftElbow: (1.3, 0.36), .rightElbow: (-0.3, 0.36), .leftWrist: (0.8, 0.48),
                    .rightWrist: (0.2, 0.48),
                ])
            },
            misses: {
                $0.addPerson([
                    .leftElbow: (1.3, 0.36), .rightElbow: (-0.3, 0.36), .leftWrist: (0.8, 0.48),
                    .rightWrist: (-0.5, 0.6),
                ])
            }),
        FactCase(
            "pose=arms_crossed",
            holds: {
                $0.addPerson([
                    .leftElbow: (0.8, 0.38), .rightElbow: (0.2, 0.38), .leftWrist: (0.3, 0.36),
                    .rightWrist: (0.7, 0.36),
                ])
            },
            misses: {
                $0.addPerson([
                    .leftElbow: (0.8, 0.38), .rightElbow: (0.2, 0.38), .leftWrist: (0.3, 0.36),
                    .rightWrist: (0.2, 0.55),
                ])
            }),
        FactCase(
            "pose=hand_on_face",
            holds: { $0.addPerson([.leftElbow: (0.85, 0.35), .leftWrist: (0.6, 0.15)]) },
            misses: { $0.addPerson([.leftElbow: (0.85, 0.35), .leftWrist: (0.85, 0.3)]) }),
        FactCase(
            "composition=feet_cropped",
            holds: {
                $0.addPerson(y: 200)
                $0.dropAnkles()
            },
            misses: {
                $0.addPerson(y: 180)
                $0.dropAnkles()
            }),
        FactCase("composition=off_centre", holds: { $0.addPerson(x: 200) }, misses: { $0.addPerson(x: 201) }),
        FactCase("composition=off_centre", holds: { $0.addPerson(x: 600) }, misses: { $0.addPerson(x: 599) }),
        FactCase("composition=centred", holds: { $0.addPerson(x: 469) }, misses: { $0.addPerson(x: 471) }),
        FactCase(
            "composition=empty_space",
            holds: {
                $0.add(body: 100, 100, 120, 780)
                $0.count(1, 1)
                $0.analysis.measures.background.busyness = 0.02
            },
            misses: {
                $0.add(body: 100, 100, 125, 780)
                $0.count(1, 1)
                $0.analysis.measures.background.busyness = 0.02
            }),
    ]

    private static func thing(_ label: String, _ score: Float) -> (inout Scene) -> Void {
        {
            $0.analysis.objects = [
                DetectedObject(label: label, score: score, box: Box(x: 0, y: 0, width: 10, height: 10))
            ]
        }
    }

    private static let things: [FactCase] = [
        FactCase("object=cup", holds: thing("cup", 0.7), misses: thing("cup", 0.68)),
        FactCase("object=cell phone", holds: thing("cell phone", 0.7), misses: thing("laptop", 0.9)),
        FactCase("object=donut", holds: thing("donut", 0.91), misses: thing("donut", 0.89)),
        FactCase("scene=outdoor", holds: thing("car", 0.76), misses: thing("car", 0.74)),
        FactCase("scene=outdoor", \.scenery.foliage, 0.18, not: 0.16),
        FactCase("scene=outdoor", \.scenery.skyAbove, 0.41, not: 0.39),
        FactCase(
            "scene=outdoor", \.scenery.skyBelow, 0.02, not: 0.04,
            with: { $0.analysis.measures.scenery.skyAbove = 0.8 }),
        FactCase(
            "scene=outdoor", \.composition.faceHeight, 0.25, not: 0.26,
            with: { $0.analysis.measures.scenery.skyAbove = 0.8 }),
        FactCase("scene=indoor", holds: thing("couch", 0.76), misses: thing("couch", 0.74)),
    ]

    private static func person(_ change: @escaping (inout Measures) -> Void) -> (inout Scene) -> Void {
        {
            $0.addPerson()
            change(&$0.analysis.measures)
        }
    }

    private static func at(_ time: String, brightness: Float = 0.36) -> (inout Scene) -> Void {
        {
            $0.analysis.captured = "2024:05:01 " + time
            $0.analysis.measures.lighting.brightness = brightness
        }
    }

    private static let measures: [FactCase] = [
        FactCase("lighting=dark", \.lighting.brightness, 0.13, not: 0.15),
        FactCase(
            "lighting=dim", \.lighting.contrast, 0.57, not: 0.59,
            with: { $0.analysis.measures.lighting.brightness = 0.2 }),
        FactCase("lighting=bright", \.lighting.brightness, 0.65, not: 0.63),
        FactCase("lighting=flat", \.lighting.contrast, 0.17, not: 0.19),
        FactCase("lighting=overexposed", \.lighting.face, 0.89, not: 0.87),
        FactCase(
            "lighting=backlit", \.lighting.backlight, 0.3, not: 0.29,
            with: person { $0.lighting.subject = 0.2 }),
        FactCase(
            "lighting=balanced", \.lighting.brightness, 0.43, not: 0.41,
            with: { $0.analysis.measures.lighting.shadows = 0.05 }),
        FactCase("cast=warm", \.colour.warmShare, 0.96, not: 0.94, with: { $0.analysis.measures.colour.warmth = 0.11 }),
        FactCase(
            "cast=cool", \.colour.coolShare, 0.86, not: 0.84, with: { $0.analysis.measures.colour.warmth = -0.06 }),
        FactCase(
            "cast=green", \.colour.greenShare, 0.91, not: 0.89, with: { $0.analysis.measures.colour.greenness = 0.03 }),
        FactCase("sharpness=sharp", \.quality.sharpness, 0.69, not: 0.67),
        FactCase("sharpness=soft", \.quality.faceSharpness, 0.41, not: 0.43),
        FactCase("sharpness=blurry", \.quality.sharpness, 0.39, not: 0.41),
        FactCase("sharpness=motion_blur", \.quality.sharpnessAcross, 0.39, not: 0.41),
        FactCase("noise=clean", \.quality.grain, 0.64, not: 0.66),
        FactCase(
            "noise=clean", \.quality.grain, 0.39, not: 0.41, with: { $0.analysis.measures.lighting.brightness = 0.2 }),
        FactCase("noise=noisy", \.quality.noise, 7.1, not: 6.9),
        FactCase("resolution=low", \.quality.megapixels, 0.11, not: 0.13),
        FactCase("resolution=high", \.quality.megapixels, 2.6, not: 2.4),
        FactCase("saturation=monochrome", \.colour.vividness, 0.02, not: 0.04),
        FactCase("saturation=oversaturated", \.colour.saturation, 0.33, not: 0.31),
        FactCase(
            "saturation=natural", \.colour.saturation, 0.2, not: 0.22,
            with: { $0.analysis.measures.colour.vividness = 0.4 }),
        FactCase(
            "background=plain", \.background.busyness, 0.029, not: 0.031,
            with: person {
                $0.background.detail = 0.004
                $0.background.share = 0.5
            }),
        FactCase(
            "background=blurred", \.background.sharpness, 0.57, not: 0.59,
            with: person { $0.background.subjectSharpness = 0.7 }),
        FactCase(
            "background=blurred", \.background.sharpness, 0.44, not: 0.46,
            with: { $0.count(0, 0) }),
        FactCase("background=busy", \.background.busyness, 0.29, not: 0.27, with: person { _ in }),
        FactCase("background=busy", \.background.busyness, 0.51, not: 0.49, with: { $0.count(0, 0) }),
        FactCase("composition=tilted", \.composition.tilt, -4.1, not: -3.9),
        FactCase("composition=tilted", \.composition.tilt, 17.9, not: 18.1),
        FactCase("time=early_morning", holds: at("05:00:01"), misses: at("04:59:59")),
        FactCase("time=morning", holds: at("11:59:00"), misses: at("12:00:00")),
        FactCase("time=afternoon", holds: at("16:59:00"), misses: at("16:59:00", brightness: 0.1)),
        FactCase("time=evening", holds: at("17:00:00"), misses: at("21:30:00")),
        FactCase("time=night", holds: at("23:10:00"), misses: at("23:10:00", brightness: 0.5)),
        FactCase("time=night", holds: at("00:00:01"), misses: at("00:00:00")),
    ]
}

extension Scene {
    /// What is to be seen of a person down to the hips.
    static let upperHalf = standing.filter { part, _ in
        ![.leftKnee, .rightKnee, .leftAnkle, .rightAnkle].contains(part)
    }

    /// Takes the scores of the last body's ankles away.
    mutating func dropAnkles() {
        guard let last = analysis.bodies.indices.last else { return }
        for part in [BodyPart.leftAnkle, .rightAnkle] {
            let point = analysis.bodies[last].keypoints[part.rawValue].point
            analysis.bodies[last].keypoints[part.rawValue] = Keypoint(part: part, point: point, score: 0.1)
        }
    }
}
