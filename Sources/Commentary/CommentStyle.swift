/// What is asked of the language model.
package enum CommentTask: String, Sendable, Hashable, CaseIterable {
    /// Lines that joke about the photo.
    case roast
    /// One sentence that describes or accompanies the photo.
    case caption
}

/// The manner of an answer. Raw values are those of the corpus, of `Weights/lines.tsv` and of requests.
package enum CommentStyle: String, Sendable, Hashable, CaseIterable {
    /// A roast as a wink from a friend.
    case gentle
    /// A deadpan roast.
    case dry
    /// A sharp roast, still kind at heart.
    case spicy
    /// A caption that says what the photo shows.
    case plain
    /// A caption for readers who cannot see the photo: complete, in full sentences.
    case altText = "alt_text"
    /// A caption to post with the photo, in the first person.
    case social

    /// Whether the style belongs to a roast or to a caption.
    package var task: CommentTask {
        switch self {
        case .gentle, .dry, .spicy: .roast
        case .plain, .altText, .social: .caption
        }
    }

    /// Whether answers are lines of the line table; the others are sentences of the caption grammar.
    package var usesLines: Bool { self != .plain && self != .altText }
}
