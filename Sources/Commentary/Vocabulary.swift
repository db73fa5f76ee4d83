/// The closed list of facts that may reach a prompt: every key's values, in the order of the training corpus.
///
/// This table is what the Swift code reads; `Weights/training/language/corpus/vocabulary.json` is the same list for
/// the training recipe, and a test holds them together.
package enum Vocabulary {
    /// The values that `key` may take, spelled as in the corpus (objects with spaces, the rest with underscores).
    package static func values(of key: FactKey) -> [String] { table[key]! }

    /// Whether `value` is one of the values of `key`.
    package static func contains(_ key: FactKey, _ value: String) -> Bool { positions[key]![value] != nil }

    /// Where `value` stands among the values of `key`; after all of them where it is none.
    package static func position(_ key: FactKey, _ value: String) -> Int { positions[key]![value] ?? Int.max }

    private static let positions: [FactKey: [String: Int]] = table.mapValues { values in
        Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    }

    private static let table: [FactKey: [String]] = [
        .people: ["none", "one", "two", "few", "crowd"],
        .group: ["huddled", "spread_out", "one_apart", "someone_cut_off", "someone_looking_away", "matching_colours"],
        .framing: ["selfie", "mirror_selfie", "portrait", "half_body", "full_body", "group", "distant"],
        .facePosition: ["centred", "left_edge", "right_edge", "high", "low", "cut_off", "tiny", "huge"],
        .expression: ["neutral", "happy", "sad", "surprised", "fearful", "disgusted", "angry", "contemptuous"],
        .mouth: ["smiling", "open", "closed", "pursed"],
        .eyes: ["open", "closed", "squinting", "winking"],
        .head: ["straight", "turned_left", "turned_right", "tilted", "looking_up", "looking_down"],
        .gaze: ["camera", "left", "right", "up", "down"],
        .pose: [
            "arms_down", "arms_crossed", "hands_on_hips", "arms_raised", "one_arm_raised", "hand_on_face", "sitting",
            "standing", "leaning", "slouching", "lying", "walking",
        ],
        .gesture: ["thumbs_up", "peace_sign", "pointing", "open_palm", "fist"],
        .garment: [
            "short_sleeve_top", "long_sleeve_top", "short_sleeve_outwear", "long_sleeve_outwear", "vest", "sling",
            "shorts", "trousers", "skirt", "short_sleeve_dress", "long_sleeve_dress", "vest_dress", "sling_dress",
        ],
        .colour: ["black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"],
        .accessory: ["glasses", "sunglasses", "hat"],
        .object: [
            "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
            "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
            "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
            "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
            "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
            "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
            "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard",
            "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors",
            "teddy bear", "hair drier", "toothbrush",
        ],
        .scene: [
            "bathroom", "bedroom", "kitchen", "living_room", "dining_room", "office", "classroom", "gym", "restaurant",
            "bar", "cafe", "shop", "supermarket", "car_interior", "train_interior", "airport", "hotel_room", "corridor",
            "garage", "library", "museum", "church", "stage", "nightclub", "beach", "mountain", "forest", "park",
            "garden", "street", "skyline", "desert", "snow", "lake", "sea", "field", "stadium", "playground",
            "construction_site", "bridge", "parking_lot", "swimming_pool", "balcony", "staircase", "studio", "indoor",
            "outdoor",
        ],
        .background: ["plain", "cluttered", "busy", "blurred"],
        .lighting: ["dark", "dim", "balanced", "bright", "overexposed", "backlit", "harsh", "flat"],
        .cast: ["warm", "cool", "green"],
        .sharpness: ["sharp", "soft", "blurry", "motion_blur"],
        .noise: ["clean", "noisy"],
        .resolution: ["low", "high"],
        .saturation: ["muted", "natural", "oversaturated", "monochrome"],
        .filter: ["vignette", "sepia", "smoothed"],
        .composition: [
            "centred", "thirds", "off_centre", "tilted", "empty_space", "crowded", "symmetrical", "head_cropped",
            "feet_cropped",
        ],
        .angle: ["high", "low", "eye_level"],
        .aesthetic: ["poor", "average", "good"],
        .time: ["early_morning", "morning", "afternoon", "evening", "night"],
    ]
}
