/// What can go wrong between a model file and its text; each case says where.
package enum LanguageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file that cannot be opened, mapped or written.
    case file(path: String, reason: String)
    /// Bytes that are not a sound GGUF file; `offset` counts from its start.
    case malformed(path: String, offset: Int, reason: String)
    /// A metadata value that is missing, of another type, or out of range.
    case metadata(path: String, key: String, expected: String, got: String)
    /// A tensor that the model needs and the file lacks, or whose shape or type is another.
    case tensor(path: String, name: String, expected: String, got: String)
    /// Something named in the file that this engine does not know; `known` lists what it does.
    case unsupported(path: String, what: String, name: String, known: [String])
    /// More tokens than the sequence can hold.
    case contextExceeded(needed: Int, limit: Int)
    /// A token that the vocabulary does not have.
    case noSuchToken(Int, vocabulary: Int)
    /// The caller asked to stop.
    case cancelled
    /// A constraint that allows no token, yet does not accept what was written, after so many tokens.
    case deadEnd(afterTokens: Int)
    /// A model whose scores for all allowed tokens are infinite or no numbers: its weights are broken.
    case noFiniteScore(afterTokens: Int)
    /// A grammar that cannot be used.
    case grammar(reason: String)
    /// An option out of its range.
    case option(name: String, expected: String, got: String)

    package var description: String {
        switch self {
        case .file(let path, let reason): "\(path): \(reason)"
        case .malformed(let path, let offset, let reason): "\(path): at byte \(offset): \(reason)"
        case .metadata(let path, let key, let expected, let got):
            "\(path): metadata \(key): \(expected) expected, got \(got)"
        case .tensor(let path, let name, let expected, let got):
            "\(path): tensor \(name): \(expected) expected, got \(got)"
        case .unsupported(let path, let what, let name, let known):
            "\(path): \(what) \(name) is not supported; known: \(known.joined(separator: ", "))"
        case .contextExceeded(let needed, let limit): "\(needed) tokens do not fit into a context of \(limit)"
        case .noSuchToken(let token, let vocabulary): "token \(token) is outside the vocabulary of \(vocabulary)"
        case .cancelled: "cancelled"
        case .deadEnd(let count): "the constraint allows no token after \(count) tokens"
        case .noFiniteScore(let count): "the model gives no finite score after \(count) tokens"
        case .grammar(let reason): "grammar: \(reason)"
        case .option(let name, let expected, let got): "\(name): \(expected) expected, got \(got)"
        }
    }
}
