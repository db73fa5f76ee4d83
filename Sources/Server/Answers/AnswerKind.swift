/// The kinds of answer that the server gives and may keep.
package enum AnswerKind: String, Sendable, CaseIterable {
    case roast, caption, analysis

    /// Of ids.
    package var prefix: String {
        switch self {
        case .roast: "rst"
        case .caption: "cap"
        case .analysis: "ana"
        }
    }

    /// The last component of its routes.
    package var collection: String {
        switch self {
        case .roast: "roasts"
        case .caption: "captions"
        case .analysis: "analyses"
        }
    }
}
