import ArgumentParser
import Language

/// What each answer has to conform to.
struct FormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with a JSON schema (draft 2020-12): each answer is JSON that it allows.", valueName: "file"))
    var jsonSchema: String?

    @Option(
        help: ArgumentHelp(
            "A file with a grammar in GBNF, llama.cpp's notation: each answer is a text that it describes.",
            valueName: "file"))
    var grammar: String?

    func validate() throws {
        guard jsonSchema == nil || grammar == nil else {
            throw ValidationError("--json-schema and --grammar do not go together")
        }
    }

    /// Whether standard input is one of the files.
    var readsInput: Bool { jsonSchema == "-" || grammar == "-" }

    /// The files' content, read and understood; nil where an answer may be any text.
    ///
    /// - Throws: with the place in the file of what is wrong or not supported.
    func contents() throws(Failure) -> ContextFreeGrammar? {
        if let jsonSchema {
            return try ContextFreeGrammar(InputFile(path: jsonSchema)) { text throws(GrammarError) in
                try ContextFreeGrammar(jsonSchema: Array(text.utf8))
            }
        }
        guard let grammar else { return nil }
        return try ContextFreeGrammar(InputFile(path: grammar)) { text throws(GrammarError) in
            try ContextFreeGrammar(gbnf: text)
        }
    }

    /// What holds a model of this tokenizer to the content of ``contents()``.
    static func automaton(_ grammar: ContextFreeGrammar?, _ tokenizer: Tokenizer) throws(Failure) -> any TokenAutomaton
    {
        guard let grammar else { return Unconstrained() }
        do { return try GrammarAutomaton(grammar, tokenizer: tokenizer) } catch { throw Failure(error) }
    }
}

extension ContextFreeGrammar {
    fileprivate init(
        _ file: InputFile, _ read: (String) throws(GrammarError) -> ContextFreeGrammar
    ) throws(Failure) {
        let text = try file.text()
        do { self = try read(text) } catch {
            throw Failure(.badInput, printable("\(file.name): \(error)"))
        }
    }
}
