import ArgumentParser
import Foundation
import Language

/// `heckle chat MODEL.gguf`
struct Chat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Talk with a language model.",
        discussion: """
            On a terminal a conversation; /help there lists its commands. With --prompt, or where standard input is a file or a \
            pipe, which is one message as a whole, one answer. Standard output gets answers and nothing else, control characters \
            spelled out.
            """)

    @OptionGroup var model: LanguageModelOptions

    @Option(name: .shortAndLong, help: "The message: one answer, no conversation.")
    var prompt: String?

    @Option(name: .shortAndLong, help: "What the model is told first.")
    var system: String?

    @Option(
        help: """
            The format of the conversation (default: the file's own): \(BuiltInTemplates.known.joined(separator: ", ")). raw \
            has the model go on with the text.
            """)
    var template: String?

    @Option(help: "Tokens the conversation may have (default: 4096, or what the model was made for if less).")
    var context: Int?

    @Flag(help: "Forget the oldest messages where the context is full, rather than refuse.")
    var dropOldest = false

    @Option(help: "Most tokens of an answer (default: as many as fit).")
    var maxTokens: Int?

    @Option(help: "A text that ends the answer and is not part of it; may be given several times.")
    var stop: [String] = []

    @Option(
        help: "Tokens to guess from what was written before, 0 to 16: quicker where text repeats, the same answers.")
    var promptLookup = 0

    @Flag(name: .shortAndLong, help: "Tell on standard error how many tokens there were and how quick they came.")
    var verbose = false

    @Flag(help: "Print a JSON document an answer.")
    var json = false

    @Flag(help: "With --json: a line for each piece of text as it comes, then one for the answer.")
    var stream = false

    @OptionGroup(title: "What an answer is") var format: FormatOptions

    @OptionGroup var sampling: SamplingArguments

    func validate() throws {
        if format.readsInput && prompt == nil {
            throw ValidationError("standard input is the message: give it by --prompt")
        }
        if stream && !json { throw ValidationError("--stream goes with --json: text comes as it is written anyway") }
    }

    func run() throws {
        Terminal.exitOnInterrupt()
        let question = try self.question()
        let grammar = try format.contents()
        let model = try self.model.load()
        let automaton = try FormatOptions.automaton(grammar, model.tokenizer)
        let options = try generationOptions(for: model)
        let session = try makeSession(with: model)
        let output = ChatOutput(
            isJSON: json, streams: stream, isVerbose: verbose, needsEnd: grammar != nil,
            isSequence: question == nil || stream)
        Interrupt.take()
        guard let question else {
            let conversation = ChatConversation(
                session: session, options: options, automaton: automaton, output: output)
            return try conversation.run()
        }
        let answer: ChatAnswer
        do throws(ChatError) {
            answer = try session.answer(
                question, options: options, under: automaton, isCancelled: { Interrupt.isRaised }, onText: output.show)
        } catch {
            throw Failure(error)
        }
        output.end(answer, of: session, seed: options.sampling.seed)
        if answer.finish == .cancelled { throw Failure(.interrupted, "") }
    }

    /// The message where there is to be one answer; nil for a conversation.
    private func question() throws -> String? {
        if prompt == nil, Terminal.inputIsTerminal { return nil }
        let text = try prompt ?? InputFile(path: "-").text()
        guard !text.allSatisfy(\.isWhitespace) else { throw Failure(.usage, "the message is empty") }
        return prompt != nil || !text.hasSuffix("\n") ? text : String(text.dropLast())
    }

    private func generationOptions(for model: LanguageModel) throws -> GenerationOptions {
        let random = UInt64.random(in: 0..<1 << 53)
        let sampling = try sampling.options(for: model.tokenizer, seed: random)
        var options = GenerationOptions(sampling: sampling, maximumTokens: maxTokens ?? .max, stop: stop)
        options.lookup = promptLookup
        do { try options.check() } catch { throw Failure(error) }
        return options
    }

    private func makeSession(with model: LanguageModel) throws -> ChatSession {
        let context = try self.context ?? Environment.value("CONTEXT") ?? min(4096, model.contextLength)
        guard (2...model.contextLength).contains(context) else {
            throw Failure(.usage, "context: 2 to \(model.contextLength) tokens are possible with this model")
        }
        let (template, problem): (ChatTemplate, TemplateError?)
        do { (template, problem) = try model.chatTemplate(named: self.template) } catch { throw Failure(error) }
        if let problem, case .builtIn(let name) = template.source {
            Terminal.writeError("heckle: \(name) stands in for the file's own template: \(printable("\(problem)"))\n")
        }
        let time = Int(Date().timeIntervalSince1970) + TimeZone.current.secondsFromGMT()
        let session = ChatSession(
            model, template: template, system: system, capacity: context, cache: self.model.cache, localTime: time)
        session.dropsOldest = dropOldest
        return session
    }
}

extension Failure {
    init(_ error: ChatError) {
        switch error {
        case .language(let error): self.init(error)
        case .template: self.init(.failed, printable("\(error)") + "; --template names another")
        case .contextFull:
            self.init(.badInput, "\(error); --context makes more room, --drop-oldest forgets old messages")
        case .nothingToRegenerate: self.init(.usage, "\(error)")
        }
    }
}
