import Language

/// A conversation at a terminal. Prompts and notes go to standard error, answers to standard output.
struct ChatConversation {
    let session: ChatSession
    let options: GenerationOptions
    /// What each answer conforms to.
    let automaton: any TokenAutomaton
    let output: ChatOutput

    /// Goes on until the user leaves.
    ///
    /// - Throws: with the status for an interrupt where Ctrl-C ends it.
    func run() throws {
        let input = LineInput()
        note("\(printable(session.model.name)): /help lists commands, Ctrl-D leaves")
        // Ctrl-C came, and nothing was typed since.
        var isInterrupted = false
        var text = ""
        var answers: UInt64 = 0
        while true {
            Terminal.writeError(text.isEmpty ? ">>> " : "... ")
            switch input.next() {
            case .end:
                Terminal.writeError("\n")
                return
            case .interrupt:
                Interrupt.reset()
                Terminal.writeError("\n")
                if isInterrupted { throw Failure(.interrupted, "") }
                isInterrupted = true
                text = ""
                note("Ctrl-C again leaves, and so does Ctrl-D")
            case .line(let line):
                isInterrupted = false
                guard line.utf8.count < LineInput.longestLine else {
                    note(
                        "a terminal passes on \(LineInput.longestLine) bytes of a line: end lines with \\, or give a file"
                    )
                    continue
                }
                if line.hasSuffix("\\") {
                    text += line.dropLast() + "\n"
                    continue
                }
                defer { text = "" }
                switch ChatInput(text + line) {
                case .leave: return
                case .message(let message):
                    if message.allSatisfy(\.isWhitespace) { continue }
                    isInterrupted = answer(message, seed: options.sampling.seed &+ answers)
                    answers += 1
                case .regenerate:
                    isInterrupted = answer(nil, seed: options.sampling.seed &+ answers)
                    answers += 1
                case let input: obey(input)
                }
            }
        }
    }

    private func note(_ text: String) { Terminal.writeError("[\(text)]\n") }

    private func obey(_ input: ChatInput) {
        switch input {
        case .clear:
            session.clear()
            note("the conversation is forgotten")
        case .system(let text):
            session.system = text
            note(text == nil ? "no system message" : "the system message is another")
        case .help: Terminal.writeError(ChatInput.helpText + "\n")
        case .unknown(let text): note("\(printable(text)) is no command: /help lists them")
        case .message, .regenerate, .leave: break
        }
    }

    /// Shows the answer to a message, the last one again for nil.
    ///
    /// - Returns: whether Ctrl-C ended it.
    private func answer(_ message: String?, seed: UInt64) -> Bool {
        var options = options
        options.sampling.seed = seed
        let isCancelled = { Interrupt.isRaised }
        defer { Interrupt.reset() }
        do throws(ChatError) {
            let answer =
                if let message {
                    try session.answer(
                        message, options: options, under: automaton, isCancelled: isCancelled, onText: output.show)
                } else {
                    try session.regenerate(
                        options: options, under: automaton, isCancelled: isCancelled, onText: output.show)
                }
            output.end(answer, of: session, seed: seed)
            guard answer.finish == .cancelled else { return false }
            note(
                answer.usage.generatedTokens > 0
                    ? "cancelled; Ctrl-C again leaves"
                    : "cancelled before it began, the message is forgotten; Ctrl-C again leaves")
            return true
        } catch {
            Terminal.writeError("heckle: \(Failure(error).message)\n")
            return false
        }
    }
}
