import Foundation
import Language
import Server
import Tensors

/// Shows answers as they come: text on standard output, what is to be told beside it on standard error.
struct ChatOutput {
    let isJSON: Bool
    let streams: Bool
    let isVerbose: Bool
    /// Whether a part of an answer is of no use: it is told where one was cut off.
    let needsEnd: Bool
    /// Whether other documents follow or went before.
    let isSequence: Bool

    /// A piece of an answer.
    func show(_ piece: String) {
        if !isJSON {
            Terminal.write(printableLines(piece))
        } else if streams {
            Terminal.write(["delta": .string(piece)], inSequence: true)
        }
    }

    /// The end of an answer.
    ///
    /// - Parameter seed: what it was drawn with.
    func end(_ answer: ChatAnswer, of session: ChatSession, seed: UInt64) {
        if isJSON {
            Terminal.write(document(answer, session, seed), inSequence: isSequence)
        } else if answer.text.last?.isNewline != true {
            Terminal.write("\n")
        }
        if answer.droppedExchanges > 0 {
            Terminal.writeError("[forgot the \(answer.droppedExchanges) oldest messages and their answers]\n")
        }
        if answer.finish == .context {
            Terminal.writeError("[the context of \(session.capacity) tokens is full]\n")
        } else if answer.finish == .maximumTokens, isVerbose || needsEnd {
            Terminal.writeError(
                "[\(answer.usage.generatedTokens) tokens were the most allowed: the answer is cut off]\n")
        }
        if isVerbose { Terminal.writeError(statistics(answer, session) + "\n") }
    }

    private func document(_ answer: ChatAnswer, _ session: ChatSession, _ seed: UInt64) -> JSON {
        let template: JSON =
            switch session.template.source {
            case .file: "file"
            case .builtIn(let name): .string(name)
            }
        return [
            "model": .string(session.model.name), "template": template, "text": .string(answer.text),
            "finish": .string(answer.finish.rawValue), "seed": .seed(seed),
            "prompt_tokens": .integer(answer.usage.promptTokens), "cached_tokens": .integer(answer.usage.cachedTokens),
            "generated_tokens": .integer(answer.usage.generatedTokens), "context": .integer(session.capacity),
            "dropped_exchanges": .integer(answer.droppedExchanges),
            "prefill_seconds": .decimal(answer.usage.prefill.seconds, places: 6),
            "decode_seconds": .decimal(answer.usage.decode.seconds, places: 6),
        ]
    }

    private func statistics(_ answer: ChatAnswer, _ session: ChatSession) -> String {
        let usage = answer.usage
        let prompt = usage.promptTokens - usage.cachedTokens
        return "[prompt \(usage.promptTokens) tokens, \(usage.cachedTokens) kept, "
            + rate(min(prompt, usage.evaluatedTokens), usage.prefill.seconds)
            + "; answer \(usage.generatedTokens) tokens, "
            + rate(max(0, usage.evaluatedTokens - prompt), usage.decode.seconds)
            + "; context \(session.cachedTokens) of \(session.capacity)]"
    }

    private func rate(_ tokens: Int, _ seconds: Double) -> String {
        let speed = seconds > 0 ? String(format: ", %.1f tokens/s", Double(tokens) / seconds) : ""
        return "\(tokens) evaluated in " + String(format: "%.3f s", seconds) + speed
    }
}
