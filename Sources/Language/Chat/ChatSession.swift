package import Tensors

/// A conversation with a model: its messages, and the keys and values of the tokens they became, kept from turn to turn.
///
/// Each turn renders the whole conversation by the template; only tokens that differ from those evaluated before are evaluated.
/// What the model wrote stays the tokens it wrote, where the template repeats its text. Control tokens that a message writes out
/// stay text. For one thread at a time.
package final class ChatSession {
    /// A message and its answer.
    package struct Exchange: Sendable, Equatable {
        package let question: String
        package var answer: String

        package init(question: String, answer: String) {
            self.question = question
            self.answer = answer
        }
    }

    package let model: LanguageModel
    package let template: ChatTemplate
    /// What was said so far. A cancelled answer stays as far as it came.
    package private(set) var exchanges: [Exchange] = []
    /// What the model is told first; nil for nothing.
    package var system: String?
    /// Whether the oldest exchanges are forgotten where the context is full; an error else.
    package var dropsOldest = false
    private let sequence: SequenceState
    private let localTime: Int
    /// The conversation's text up to the last answer's end, and its tokens.
    private var spoken: (text: String, tokens: [Token])?

    /// - Parameters:
    ///   - capacity: most tokens of the conversation, at most the model's context length.
    ///   - cache: how keys and values are stored.
    ///   - localTime: seconds since 1970, for templates that write the date. One time for all turns, so that a date that
    ///     changes does not change the beginning of the text.
    package init(
        _ model: LanguageModel, template: ChatTemplate, system: String? = nil, capacity: Int = 4096,
        cache: CacheType = .float16, localTime: Int = 0
    ) {
        self.model = model
        self.template = template
        self.system = system
        self.localTime = localTime
        sequence = model.makeSequence(capacity: capacity, cache: cache)
    }

    /// Most tokens of the conversation.
    package var capacity: Int { sequence.capacity }

    /// Tokens evaluated and kept.
    package var cachedTokens: Int { sequence.tokens.count }

    /// Forgets all exchanges. The system message's keys and values stay.
    package func clear() { exchanges = [] }

    /// Answers a message.
    ///
    /// - Parameters:
    ///   - automaton: what the answer must conform to.
    ///   - isCancelled: asked before each token and between layers; true ends the answer, which stays as far as it came. Where
    ///     it had not begun, the message is forgotten, though not what was evaluated of it.
    ///   - onText: called with whole characters as they come.
    /// - Throws: ``ChatError``; the conversation is then as it was.
    package func answer(
        _ question: String, options: GenerationOptions, under automaton: some TokenAutomaton = Unconstrained(),
        isCancelled: @escaping () -> Bool = { false }, onText: (String) -> Void = { _ in }
    ) throws(ChatError) -> ChatAnswer {
        try answer(
            exchanges + [Exchange(question: question, answer: "")], options, automaton, isCancelled, onText)
    }

    /// Answers the last message again: with the same seed the same answer. As ``answer(_:options:under:isCancelled:onText:)``.
    ///
    /// - Throws: ``ChatError``, `.nothingToRegenerate` among others.
    package func regenerate(
        options: GenerationOptions, under automaton: some TokenAutomaton = Unconstrained(),
        isCancelled: @escaping () -> Bool = { false }, onText: (String) -> Void = { _ in }
    ) throws(ChatError) -> ChatAnswer {
        guard let last = exchanges.last else { throw .nothingToRegenerate }
        return try answer(
            exchanges.dropLast() + [Exchange(question: last.question, answer: "")], options, automaton, isCancelled,
            onText)
    }

    private func answer(
        _ all: [Exchange], _ options: GenerationOptions, _ automaton: some TokenAutomaton,
        _ isCancelled: @escaping () -> Bool, _ onText: (String) -> Void
    ) throws(ChatError) -> ChatAnswer {
        var (kept, text, prompt) = try fit(all, answerTokens: options.maximumTokens)
        var (answer, tokens) = ("", [Token]())
        let usage: Usage
        let finish: Finish?
        do throws(LanguageError) {
            let generator = try Generator(
                sequence, prompt: prompt, automaton: automaton, options: options, isCancelled: isCancelled)
            func show(_ piece: String) {
                guard !piece.isEmpty else { return }
                answer += piece
                onText(piece)
            }
            do throws(LanguageError) {
                while let piece = try generator.next() {
                    tokens.append(piece.token)
                    show(piece.text)
                }
                show(generator.rest)
            } catch {
                guard error == .cancelled else { throw error }
            }
            (usage, finish) = (generator.usage, generator.finish)
        } catch {
            throw .language(error)
        }
        if finish != nil || !tokens.isEmpty {
            kept[kept.count - 1].answer = answer
            exchanges = kept
            text += model.tokenizer.guarded(answer)
            prompt += tokens
            // After a stop string, or in the middle of a character, the tokens say more than the text.
            var decoder = model.tokenizer.makeTextDecoder()
            spoken = tokens.map { decoder.add($0) }.joined() == answer ? (text, prompt) : nil
        }
        return ChatAnswer(
            text: answer, finish: finish, usage: usage,
            droppedExchanges: finish == nil && tokens.isEmpty ? 0 : all.count - kept.count)
    }

    /// The exchanges that fit with room for an answer, their text, and its tokens.
    private func fit(
        _ all: [Exchange], answerTokens: Int
    ) throws(ChatError) -> (exchanges: [Exchange], text: String, tokens: [Token]) {
        var kept = all
        var text = try render(kept)
        var tokens = encode(text)
        // A quarter at most is kept free for the answer: else long answers would leave no room for what they are about.
        let room = max(1, min(answerTokens, capacity / 4))
        while dropsOldest, kept.count > 1, tokens.count > capacity - room {
            kept.removeFirst()
            text = try render(kept)
            tokens = encode(text)
        }
        guard tokens.count < capacity else {
            throw .contextFull(tokens: tokens.count, limit: capacity, exchanges: kept.count)
        }
        guard !tokens.isEmpty else {
            throw .language(.option(name: "prompt", expected: "at least one token", got: "none"))
        }
        return (kept, text, tokens)
    }

    /// Tokens of a rendered text: those of the last turn as far as the text is the same and a control token follows, across
    /// which nothing merges.
    private func encode(_ text: String) -> [Token] {
        let tokenizer = model.tokenizer
        if let spoken, text.utf8.starts(with: spoken.text.utf8) {
            let rest = tokenizer.encode(
                template: String(decoding: text.utf8.dropFirst(spoken.text.utf8.count), as: UTF8.self), addBOS: false)
            if let first = rest.first, tokenizer.isControl(first) { return spoken.tokens + rest }
        }
        return tokenizer.encode(template: text)
    }

    /// The conversation's text, and the beginning of the answer to the last message.
    private func render(_ exchanges: [Exchange]) throws(ChatError) -> String {
        let tokenizer = model.tokenizer
        var messages: [ChatMessage] = []
        for (index, exchange) in exchanges.enumerated() {
            messages.append(ChatMessage(role: "user", content: tokenizer.guarded(exchange.question)))
            guard index < exchanges.count - 1 else { break }
            messages.append(ChatMessage(role: "assistant", content: tokenizer.guarded(exchange.answer)))
        }
        guard let system, let first = exchanges.first else { return try render(messages) }
        do {
            return try render([ChatMessage(role: "system", content: tokenizer.guarded(system))] + messages)
        } catch {
            // Templates of models without a system role refuse one: it then begins the first message.
            guard case .template(let reason) = error, reason.kind == .raised else { throw error }
            messages[0] = ChatMessage(
                role: "user", content: tokenizer.guarded(system + "\n\n" + first.question))
            return try render(messages)
        }
    }

    private func render(_ messages: [ChatMessage]) throws(ChatError) -> String {
        do { return try template.render(messages: messages, localTime: localTime) } catch { throw .template(error) }
    }
}

extension LanguageModel {
    /// The template to talk to the model with.
    ///
    /// - Parameter name: of a built-in format; nil for the file's own template, or the built-in one of its model where it has none.
    /// - Returns: the template, and what is wrong with the file's own where the built-in one stands in for it.
    /// - Throws: ``LanguageError/option(name:expected:got:)`` for a name that is not known.
    package func chatTemplate(
        named name: String? = nil
    ) throws(LanguageError) -> (template: ChatTemplate, problem: TemplateError?) {
        func text(_ token: Token?) -> String {
            token.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) } ?? ""
        }
        func builtIn(_ name: String) throws(LanguageError) -> ChatTemplate {
            guard let template = ChatTemplate(named: name, bos: text(tokenizer.bos), eos: text(tokenizer.eos)) else {
                throw .option(
                    name: "template", expected: "one of " + BuiltInTemplates.known.joined(separator: ", "), got: name)
            }
            return template
        }
        if let name { return (try builtIn(name), nil) }
        do { return (try ChatTemplate(file, tokenizer: tokenizer), nil) } catch {
            return (try builtIn(BuiltInTemplates.name(for: file, tokenizer: tokenizer)), error)
        }
    }
}
