import Commentary
import Engine

/// The options of a roast or a caption.
struct CommentRequest: Sendable {
    static let lines = 1...5
    static let alternatives = 1...3

    var options: CommentOptions
    /// Opt-in tasks that were asked for; none is at hand.
    var optIn: [String]
    var stream: Bool
    var retain: Bool

    /// - Throws: for the first value that is out of range, with its name.
    init(_ fields: RequestOptions, kind: CommentTask, engine: any PhotoEngine) async throws(Problem) {
        let styles = CommentStyle.allCases.filter { $0.task == kind }
        let seed = try fields.seed("seed")
        options = CommentOptions(
            kind: kind,
            style: try fields.choice("style", of: styles),
            maxLines: try fields.integer("max_lines", in: Self.lines) ?? (kind == .roast ? 3 : 1),
            alternatives: try fields.integer("n", in: Self.alternatives) ?? 1,
            seed: seed ?? CommentRequest.randomSeed(),
            avoid: try CommentRequest.avoided(fields))
        try CommentRequest.checkLanguage(fields)
        try CommentRequest.checkConsent(fields)
        try await CommentRequest.checkModel(fields, engine: engine)
        optIn = try fields.list("opt_in") ?? []
        stream = try fields.flag("stream") ?? false
        retain = try fields.flag("retain") ?? false
    }

    /// A seed that is short to write down and exact in every reader of JSON.
    static func randomSeed() -> UInt64 { UInt64.random(in: 0..<1 << 32) }

    private static func avoided(_ fields: RequestOptions) throws(Problem) -> [String] {
        let words = try fields.list("avoid") ?? []
        for word in words where !isKeyOrFact(word) {
            throw .option("avoid", "\(excerpt(word)) is no fact's key, nor key.value (see the facts of an answer)")
        }
        return words
    }

    private static func isKeyOrFact(_ word: String) -> Bool {
        let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let key = FactKey(rawValue: String(parts[0])) else { return false }
        guard parts.count == 2 else { return true }
        return Vocabulary.values(of: key).contains { Fact(key, $0).id == word }
    }

    private static func checkLanguage(_ fields: RequestOptions) throws(Problem) {
        guard let language = try fields.string("language"), language != "en", !language.hasPrefix("en-") else { return }
        throw .option("language", "only en is spoken")
    }

    private static func checkConsent(_ fields: RequestOptions) throws(Problem) {
        guard let consent = try fields.object("consent"), let subject = consent["subject"] else { return }
        guard subject == "self" || subject == "consented" else {
            throw .option("consent.subject", "self or consented is expected")
        }
    }

    private static func checkModel(_ fields: RequestOptions, engine: any PhotoEngine) async throws(Problem) {
        guard let name = try fields.string("model") else { return }
        let writers = await engine.status().models.filter { $0.task == "language" }.map(\.id)
        guard writers.contains(name) else {
            let known = writers.isEmpty ? "none is at hand" : "at hand: " + writers.joined(separator: ", ")
            throw .option("model", "\(excerpt(name)) is no language model of this server (\(known))")
        }
    }
}
