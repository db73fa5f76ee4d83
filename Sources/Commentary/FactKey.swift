/// The kinds of fact, in the order in which a sheet lists them.
///
/// Raw values are the keys of the training corpus, of `Weights/lines.tsv` and of the model's control tokens.
package enum FactKey: String, Sendable, Hashable, CaseIterable, Comparable {
    case people, group, framing
    case facePosition = "face_position"
    case expression, mouth, eyes, head, gaze, pose, gesture, garment, colour, accessory, object, scene
    case background, lighting, cast, sharpness, noise, resolution, saturation, filter, composition, angle
    case aesthetic, time

    /// Position in the order of a sheet.
    package var order: Int { Self.orders[self]! }

    /// How many values of this key one sheet keeps: those of the highest confidence.
    package var limit: Int {
        switch self {
        case .object: 6
        case .pose, .garment, .accessory, .group, .composition: 2
        default: 1
        }
    }

    package static func < (left: FactKey, right: FactKey) -> Bool { left.order < right.order }

    private static let orders = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
