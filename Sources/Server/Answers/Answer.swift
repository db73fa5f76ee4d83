import Commentary
package import Engine

/// The documents that answer requests: of the server, and of the command line's `--json`.
package enum Answer {
    /// A roast or a caption.
    ///
    /// - Parameters:
    ///   - id: nil where nobody can ask for it again, as on the command line.
    ///   - models: those of the engine, for the digests of the ones that looked.
    ///   - optIn: tasks that were asked for and that nothing serves.
    ///   - retainedUntil: when the answer will be forgotten, in RFC 3339; nil where it is not kept.
    package static func comment(
        _ result: CommentResult, id: String?, models: [ModelDescription], optIn: [String] = [],
        retainedUntil: String? = nil
    ) -> JSON {
        var members: [JSON.Member] = []
        if let id { members.append(.init("id", .string(id))) }
        members += [
            .init("object", .string(result.kind.rawValue)),
            .init("style", .string(result.style.rawValue)),
            .init("lines", lines(result.answers.first)),
        ]
        if result.answers.count > 1 {
            let others = result.answers.dropFirst()
            members.append(.init("alternatives", .array(others.map { ["seed": .seed($0.seed), "lines": lines($0)] })))
        }
        members += [
            .init("facts", result.analysis.factsJSON),
            .init("safety", ["action": "none", "reasons": []]),
            .init("model", .optional(result.model, model)),
            .init("seed", .optional(result.answers.first) { .seed($0.seed) }),
            .init(
                "usage",
                [
                    "prompt_tokens": .integer(result.promptTokens),
                    "completion_tokens": .integer(result.generatedTokens),
                    "total_tokens": .integer(result.promptTokens + result.generatedTokens),
                ]),
            .init("timings", result.timings.json(writing: true)),
            .init("retained_until", .optional(retainedUntil) { .string($0) }),
            .init("analysis", .object(result.analysis.members(models: models, optIn: optIn))),
        ]
        return .object(members)
    }

    /// What was seen in a photo.
    package static func analysis(
        _ result: AnalysisResult, id: String?, models: [ModelDescription], optIn: [String] = [],
        retainedUntil: String? = nil
    ) -> JSON {
        let head: [JSON.Member] = (id.map { [.init("id", .string($0))] } ?? []) + [.init("object", "analysis")]
        return .object(
            head + result.members(models: models, optIn: optIn) + [
                .init("facts", result.factsJSON),
                .init("timings", result.timings.json(writing: false)),
                .init("retained_until", .optional(retainedUntil) { .string($0) }),
            ])
    }

    /// One line with the ids of the facts it cites.
    static func line(_ line: CommentResult.Line) -> JSON {
        ["text": .string(line.text), "facts": .array(line.facts.map { .string($0.id) })]
    }

    private static func lines(_ answer: CommentResult.Answer?) -> JSON { .array((answer?.lines ?? []).map(line)) }

    private static func model(_ model: ModelDescription) -> JSON {
        ["id": .string(model.id), "digest": .string(model.digest), "quant": .string(model.quantization)]
    }
}
