import Vision

/// The table from observations to facts.
///
/// Thresholds are set so that a rule is right on the labelled photos it fires on, or keeps silent: a fact that is
/// missing costs a joke, one that is wrong spoils all of them. `confidence` is the share in which it was right there,
/// rounded down.
package enum FactTable {
    package static let rules: [FactRule] =
        people + framing + facePosition + expressions + attributes + head + pose + objects + scene + background + light
        + record + composition + time

    private static let people = [
        FactRule(
            .people, "none", from: "composition.people", confidence: 0.95, .atMost(.peopleAtMost, 0),
            .atMost(.peopleDoubt, 0.12)),
        FactRule(
            .people, "one", from: "composition.people", confidence: 0.95, .atLeast(.peopleAtLeast, 1),
            .atMost(.peopleAtMost, 1)),
        FactRule(
            .people, "two", from: "composition.people", confidence: 0.9, .atLeast(.peopleAtLeast, 2),
            .atMost(.peopleAtMost, 2)),
        FactRule(
            .people, "few", from: "composition.people", confidence: 0.9, .atLeast(.peopleAtLeast, 3),
            .atMost(.peopleAtMost, 6)),
        FactRule(.people, "crowd", from: "composition.people", confidence: 0.9, .atLeast(.peopleAtLeast, 8)),
    ]

    private static let framing = [
        FactRule(.framing, "portrait", from: "faces[].box", confidence: 0.95, .atLeast(.soleFaceHeight, 0.33)),
        FactRule(
            .framing, "half_body", from: "bodies[0]", confidence: 0.85, .within(.soleFaceHeight, 0.15...0.28),
            .atLeast(.hips, 0.25), .atMost(.ankles, 0.3)),
        FactRule(
            .framing, "full_body", from: "bodies[0]", confidence: 0.9, .atLeast(.subjectHeight, 0.45),
            .atLeast(.ankles, 0.5), .atMost(.soleFaceHeight, 0.2)),
        FactRule(
            .framing, "group", from: "composition.people", confidence: 0.9, .atLeast(.peopleAtLeast, 3),
            .atLeast(.faceShare, 0.75)),
        FactRule(
            .framing, "distant", from: "bodies[0].box", confidence: 0.85, .atLeast(.peopleAtLeast, 1),
            .atMost(.peopleAtMost, 2), .atMost(.tallest, 0.3)),
    ]

    private static let facePosition = [
        FactRule(.facePosition, "huge", from: "faces[].box", confidence: 0.95, .atLeast(.soleFaceHeight, 0.65)),
        FactRule(.facePosition, "tiny", from: "faces[].box", confidence: 0.95, .atMost(.soleFaceHeight, 0.04)),
        FactRule(.facePosition, "cut_off", from: "faces[].box", confidence: 0.93, .atMost(.soleFaceInside, 0.85)),
        FactRule(.facePosition, "left_edge", from: "faces[].box", confidence: 0.9, .atMost(.soleFaceX, 0.18)),
        FactRule(.facePosition, "right_edge", from: "faces[].box", confidence: 0.9, .atLeast(.soleFaceX, 0.82)),
        FactRule(.facePosition, "high", from: "faces[].box", confidence: 0.85, .atMost(.soleFaceY, 0.18)),
        FactRule(.facePosition, "low", from: "faces[].box", confidence: 0.85, .atLeast(.soleFaceY, 0.72)),
        FactRule(
            .facePosition, "centred", from: "faces[].box", confidence: 0.8, .within(.soleFaceX, 0.42...0.58),
            .within(.soleFaceY, 0.35...0.6)),
    ]

    /// Least probabilities, by how well the model tells each class on faces in photos.
    private static let expressions = [
        ("happy", 0.65), ("neutral", 0.52), ("surprised", 0.7), ("angry", 0.7), ("disgusted", 0.7), ("fearful", 0.85),
        ("sad", 0.9),
    ].map { label, least in
        FactRule(
            .expression, label, from: "faces[].emotion", confidence: 1, score: .expression(label),
            .atLeast(.expression(label), Float(least)), .atLeast(.facePixels, 40), .atLeast(.faceShare, 0.5))
    }

    /// Least probabilities, so that at least nine in ten of the faces that reach them are right; of several faces all must.
    private static let attributes = [
        attribute(.mouth, "smiling", .smiling, least: 0.85, confidence: 0.97),
        attribute(.mouth, "open", .mouthOpen, least: 0.95, confidence: 0.95),
        // A smile says more, and it is told from lips that part.
        attribute(.mouth, "closed", .mouthClosed, least: 0.87, confidence: 0.9, .atLeast(.noSmile, 0.7)),
        // Behind dark glasses nobody knows.
        attribute(.eyes, "open", .eyesOpen, least: 0.85, confidence: 0.95, .atLeast(.noGlasses, 0.5)),
        attribute(.eyes, "closed", .eyesClosed, least: 0.99, confidence: 0.9),
        attribute(.accessory, "glasses", .glasses, least: 0.97, confidence: 0.95),
        attribute(.accessory, "hat", .hat, least: 0.99, confidence: 0.92),
    ]

    private static func attribute(
        _ key: FactKey, _ value: String, _ reading: Reading, least: Float, confidence: Float,
        _ others: Condition...
    ) -> FactRule {
        FactRule(
            key, value, from: "faces[].attributes", confidence: confidence, score: reading,
            all: [.atLeast(reading, least), .atLeast(.facePixels, 40), .atLeast(.faceShare, 0.5)] + others)
    }

    /// Of several faces all must agree.
    private static let head = [
        FactRule(
            .head, "turned_left", from: "faces[].pose", confidence: 0.9, .atMost(.yaw, -18),
            .atMost(.noseOffset, -0.15),
            .atLeast(.faceShare, 0.5)),
        FactRule(
            .head, "turned_right", from: "faces[].pose", confidence: 0.9, .atLeast(.yaw, 18),
            .atLeast(.noseOffset, 0.15), .atLeast(.faceShare, 0.5)),
        FactRule(
            .head, "tilted", from: "faces[].pose", confidence: 0.85, .atLeast(.eyeRoll, 12), .atLeast(.roll, 8),
            .atLeast(.faceShare, 0.5)),
        FactRule(
            .head, "tilted", from: "faces[].pose", confidence: 0.85, .atMost(.eyeRoll, -12), .atMost(.roll, -8),
            .atLeast(.faceShare, 0.5)),
        FactRule(
            .head, "looking_down", from: "faces[].pose", confidence: 0.8, .atMost(.pitch, -25), .atMost(.mostYaw, 25),
            .atLeast(.faceShare, 0.5)),
        FactRule(
            .head, "looking_up", from: "faces[].pose", confidence: 0.8, .atLeast(.pitch, 20), .atMost(.mostYaw, 25),
            .atLeast(.faceShare, 0.5)),
        FactRule(
            .head, "straight", from: "faces[].pose", confidence: 0.75, .atMost(.mostYaw, 8), .atMost(.mostPitch, 12),
            .atMost(.mostRoll, 6), .atMost(.mostEyeRoll, 5), .atMost(.mostNoseOffset, 0.06), .atLeast(.facePixels, 40),
            .atLeast(.faceShare, 0.5)),
    ]

    private static let pose = [
        FactRule(.pose, "arms_crossed", from: "bodies[0].keypoints", confidence: 0.85, .atLeast(.armsCrossed, 1)),
        FactRule(.pose, "hands_on_hips", from: "bodies[0].keypoints", confidence: 0.85, .atLeast(.handsOnHips, 1)),
        FactRule(.pose, "hand_on_face", from: "bodies[0].keypoints", confidence: 0.85, .atLeast(.handOnFace, 1)),
        FactRule(.pose, "arms_raised", from: "bodies[0].keypoints", confidence: 0.9, .atLeast(.armsRaised, 0.6)),
        FactRule(.pose, "one_arm_raised", from: "bodies[0].keypoints", confidence: 0.85, .atLeast(.oneArmRaised, 1)),
        FactRule(.pose, "arms_down", from: "bodies[0].keypoints", confidence: 0.85, .atLeast(.armsDown, 1)),
        FactRule(.pose, "standing", from: "bodies[0].keypoints", confidence: 0.8, .atLeast(.standing, 0.6)),
    ]

    /// Things for the table from which score on a detector is believed: food is taken for other food.
    private static let objects = Vocabulary.values(of: .object).map { label in
        FactRule(
            .object, label, from: "objects[]", confidence: 1, score: .object(label),
            .atLeast(.object(label), food.contains(label) ? 0.9 : 0.69))
    }

    private static let food: Set<String> = [
        "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake",
    ]

    /// Things that stand outdoors, and things that stand in rooms.
    private static let outdoorThings: Set<String> = [
        "car", "bus", "truck", "boat", "airplane", "traffic light", "fire hydrant", "stop sign", "parking meter",
        "elephant", "zebra", "giraffe", "cow", "sheep", "bear", "horse", "surfboard", "skis", "snowboard", "kite",
    ]
    private static let indoorThings: Set<String> = [
        "couch", "bed", "toilet", "tv", "refrigerator", "oven", "microwave", "sink", "toaster",
    ]

    private static let scene =
        [
            FactRule(
                .scene, "outdoor", from: "objects", confidence: 0.9,
                .atLeast(.anyObject("things of outdoors", outdoorThings), 0.75)),
            FactRule(
                .scene, "outdoor", from: "scenery", confidence: 0.85, .atLeast(.foliage, 0.17),
                .atMost(.greenShare, 0.85),
                .atMost(.noise, 7)),
            // A blue backdrop behind a portrait is no sky.
            FactRule(
                .scene, "outdoor", from: "scenery", confidence: 0.85, .atLeast(.skyAbove, 0.4),
                .atMost(.skyBelow, 0.03),
                .atMost(.faceHeightIfAny, 0.25)),
            FactRule(
                .scene, "indoor", from: "objects", confidence: 0.9,
                .atLeast(.anyObject("things of rooms", indoorThings), 0.75)),
        ] + places

    /// What the scene model says. People hide the place they are in: of a photo that they fill it speaks too surely, so
    /// it is heard on indoors and outdoors where there are few, and on the kind of place where there is nobody.
    private static let places =
        ["indoor", "outdoor"].map { value in
            FactRule(
                .scene, value, from: "scene", confidence: 0.9, score: .scene(value), .atLeast(.scene(value), 0.9),
                .atMost(.peopleAtMost, 3), .atMost(.faceHeightIfAny, 0.35))
        }
        + SceneClassifier.values.filter { $0 != "indoor" && $0 != "outdoor" }.map { value in
            FactRule(
                .scene, value, from: "scene", confidence: 0.9, score: .scene(value), .atLeast(.scene(value), 0.85),
                .atMost(.peopleAtMost, 0))
        }

    private static let background = [
        FactRule(
            .background, "plain", from: "background", confidence: 0.95, .atLeast(.peopleAtLeast, 1),
            .atMost(.busyness, 0.03), .atMost(.detail, 0.008), .atLeast(.backgroundShare, 0.008),
            .atLeast(.backgroundSharpness, 0.55)),
        FactRule(
            .background, "blurred", from: "background", confidence: 0.9, .atLeast(.peopleAtLeast, 1),
            .atLeast(.depth, 0.04),
            .atMost(.backgroundSharpness, 0.58), .atLeast(.detail, 0.006), .atLeast(.backgroundShare, 0.1)),
        FactRule(
            .background, "blurred", from: "background", confidence: 0.85, .atMost(.peopleAtMost, 0),
            .atMost(.backgroundSharpness, 0.45), .atLeast(.sharpness, 0.5)),
        FactRule(
            .background, "busy", from: "background", confidence: 0.9, .atLeast(.peopleAtLeast, 1),
            .atLeast(.busyness, 0.28),
            .atLeast(.backgroundShare, 0.15)),
        FactRule(
            .background, "busy", from: "background", confidence: 0.85, .atMost(.peopleAtMost, 0),
            .atLeast(.busyness, 0.5)),
    ]

    private static let light = [
        FactRule(.lighting, "dark", from: "lighting", confidence: 0.9, .atMost(.brightness, 0.14)),
        FactRule(
            .lighting, "dim", from: "lighting", confidence: 0.8, .within(.brightness, 0.14...0.27),
            .atMost(.contrast, 0.58)),
        FactRule(
            .lighting, "backlit", from: "lighting", confidence: 0.85, .atLeast(.backlight, 0.3),
            .atMost(.subjectBrightness, 0.3), .atMost(.peopleAtMost, 2), .atMost(.highlights, 0.3)),
        FactRule(.lighting, "overexposed", from: "lighting", confidence: 0.85, .atLeast(.faceBrightness, 0.88)),
        FactRule(.lighting, "bright", from: "lighting", confidence: 0.8, .atLeast(.brightness, 0.64)),
        FactRule(
            .lighting, "flat", from: "lighting", confidence: 0.75, .within(.brightness, 0.3...0.8),
            .atMost(.contrast, 0.18)),
        FactRule(
            .lighting, "balanced", from: "lighting", confidence: 0.75, .within(.brightness, 0.42...0.6),
            .atMost(.shadows, 0.06), .atMost(.highlights, 0.03), .atLeast(.contrast, 0.2)),
        FactRule(
            .cast, "warm", from: "colour", confidence: 0.95, .atLeast(.warmShare, 0.95), .atLeast(.litShare, 0.6),
            .atLeast(.warmth, 0.1)),
        FactRule(
            .cast, "cool", from: "colour", confidence: 0.95, .atLeast(.coolShare, 0.85), .atLeast(.litShare, 0.4),
            .atMost(.warmth, -0.05)),
        FactRule(
            .cast, "green", from: "colour", confidence: 0.9, .atLeast(.greenShare, 0.9), .atLeast(.litShare, 0.4),
            .atLeast(.greenness, 0.025), .atMost(.coolShare, 0.5)),
    ]

    private static let record = [
        FactRule(
            .sharpness, "sharp", from: "quality", confidence: 0.9, .atLeast(.sharpness, 0.68),
            .atLeast(.faceSharpnessIfAny, 0.45), .atLeast(.megapixels, 0.12), .atLeast(.brightness, 0.1),
            .atMost(.smear, 0.12)),
        FactRule(
            .sharpness, "soft", from: "quality", confidence: 0.8, .within(.faceSharpness, 0.2...0.42),
            .atLeast(.sharpness, 0.45)),
        FactRule(
            .sharpness, "motion_blur", from: "quality", confidence: 0.85, .atLeast(.smear, 0.2),
            .atLeast(.sharperWay, 0.45)),
        FactRule(
            .sharpness, "blurry", from: "quality", confidence: 0.8, .atMost(.sharpness, 0.4), .atMost(.smear, 0.15)),
        FactRule(
            .noise, "clean", from: "quality", confidence: 0.9, .atMost(.grain, 0.65), .atLeast(.brightness, 0.3),
            .atLeast(.megapixels, 0.02)),
        FactRule(
            .noise, "clean", from: "quality", confidence: 0.9, .atMost(.grain, 0.4), .atMost(.brightness, 0.3),
            .atLeast(.megapixels, 0.02)),
        FactRule(.noise, "noisy", from: "quality", confidence: 0.8, .atLeast(.noise, 7)),
        FactRule(.resolution, "low", from: "quality", confidence: 0.95, .atMost(.megapixels, 0.12)),
        FactRule(.resolution, "high", from: "quality", confidence: 0.95, .atLeast(.megapixels, 2.5)),
        FactRule(.saturation, "monochrome", from: "colour", confidence: 0.98, .atMost(.vividness, 0.03)),
        FactRule(.saturation, "oversaturated", from: "colour", confidence: 0.7, .atLeast(.saturation, 0.32)),
        FactRule(
            .saturation, "natural", from: "colour", confidence: 0.75, .within(.saturation, 0.05...0.21),
            .within(.vividness, 0.12...0.5), .atLeast(.brightness, 0.25), .atMost(.warmShare, 0.95),
            .atMost(.coolShare, 0.85)),
    ]

    private static let composition = [
        FactRule(.composition, "head_cropped", from: "composition", confidence: 0.9, .atMost(.soleHeadTop, -0.005)),
        FactRule(
            .composition, "feet_cropped", from: "composition", confidence: 0.85, .atLeast(.subjectBottom, 0.985),
            .atLeast(.knees, 0.5), .atMost(.ankles, 0.4)),
        FactRule(.composition, "tilted", from: "composition", confidence: 0.85, .within(.tilt, 4...18)),
        FactRule(.composition, "crowded", from: "composition", confidence: 0.85, .atLeast(.peopleAtLeast, 8)),
        FactRule(
            .composition, "empty_space", from: "composition", confidence: 0.8, .atMost(.subjectShare, 0.12),
            .atMost(.busyness, 0.02)),
        FactRule(.composition, "off_centre", from: "composition", confidence: 0.8, .atMost(.subjectX, 0.3)),
        FactRule(.composition, "off_centre", from: "composition", confidence: 0.8, .atLeast(.subjectX, 0.7)),
        FactRule(.composition, "centred", from: "composition", confidence: 0.75, .within(.subjectX, 0.43...0.57)),
    ]

    /// A camera's clock is not always set: a night in bright light or a day in the dark is left unsaid.
    private static let time = [
        FactRule(.time, "early_morning", from: "captured", confidence: 0.8, .within(.hour, 5...7.99)),
        FactRule(
            .time, "morning", from: "captured", confidence: 0.8, .within(.hour, 8...11.99),
            .atLeast(.brightness, 0.15)),
        FactRule(
            .time, "afternoon", from: "captured", confidence: 0.8, .within(.hour, 12...16.99),
            .atLeast(.brightness, 0.15)),
        FactRule(
            .time, "evening", from: "captured", confidence: 0.8, .within(.hour, 17...21.49), .atLeast(.brightness, 0.15)
        ),
        FactRule(
            .time, "night", from: "captured", confidence: 0.8, .within(.hour, 21.5...24), .atMost(.brightness, 0.4)),
        FactRule(
            .time, "night", from: "captured", confidence: 0.8, .within(.hour, 0...4.99), .atMost(.brightness, 0.4)),
    ]
}
