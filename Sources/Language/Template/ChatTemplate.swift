/// One message of a conversation, as a template sees it.
package struct ChatMessage: Sendable {
    /// `system`, `user`, `assistant`, `tool`, or what else a template knows.
    package var role: String
    /// A text, or what else a template knows: nothing beside calls of tools, or a list of parts.
    package var content: TemplateValue
    /// More that a template may ask for: `tool_calls`, `name`, `reasoning_content`.
    package var extra: [(String, TemplateValue)]

    package init(role: String, content: String, extra: [(String, TemplateValue)] = []) {
        self.init(role: role, value: .string(content), extra: extra)
    }

    package init(role: String, value: TemplateValue, extra: [(String, TemplateValue)] = []) {
        self.role = role
        content = value
        self.extra = extra
    }

    fileprivate var value: TemplateValue {
        .dictionary([("role", .string(role)), ("content", content)] + extra)
    }
}

/// Turns a conversation into the text that a model was trained on: the Jinja template of its GGUF file, or a format by name.
package struct ChatTemplate: Sendable {
    /// Where a template is from.
    package enum Source: Sendable, Equatable {
        /// `tokenizer.chat_template` of the file.
        case file
        /// A format written here, since the file has no template.
        case builtIn(String)
    }

    package let source: Source
    /// Text of the tokens that begin and end a text; templates write them.
    package let bos: String
    package let eos: String
    private let statements: [TemplateStatement]
    private let limits: TemplateLimits

    /// The template of some text.
    ///
    /// - Throws: ``TemplateError`` for text that is no template, or uses what is not supported.
    package init(
        _ text: String, bos: String = "", eos: String = "", limits: TemplateLimits = TemplateLimits()
    ) throws(TemplateError) {
        try self.init(text, .file, bos, eos, limits)
    }

    private init(
        _ text: String, _ source: Source, _ bos: String, _ eos: String, _ limits: TemplateLimits
    ) throws(TemplateError) {
        statements = try TemplateParser.parse(text, limits)
        self.source = source
        self.bos = bos
        self.eos = eos
        self.limits = limits
    }

    /// The format of a name in ``BuiltInTemplates``, or nil for one not known.
    package init?(named name: String, bos: String = "", eos: String = "") {
        guard let text = BuiltInTemplates.text(of: name) else { return nil }
        guard let template = try? ChatTemplate(text, .builtIn(name), bos, eos, TemplateLimits()) else {
            preconditionFailure("the built-in template \(name) is unsound")
        }
        self = template
    }

    /// The template of a file, or the built-in one of its model where it has none.
    ///
    /// - Throws: ``TemplateError`` for a template that cannot be read. ``init(named:bos:eos:)`` can stand in then, with
    ///   ``BuiltInTemplates/name(for:)``.
    package init(_ file: GGUFFile, tokenizer: Tokenizer) throws(TemplateError) {
        func text(_ token: Token?) -> String {
            token.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) } ?? ""
        }
        let (bos, eos) = (text(tokenizer.bos), text(tokenizer.eos))
        if case .string(let template)? = file["tokenizer.chat_template"] {
            try self.init(template, .file, bos, eos, TemplateLimits())
            return
        }
        let name = BuiltInTemplates.name(for: file, tokenizer: tokenizer)
        guard let template = ChatTemplate(named: name, bos: bos, eos: eos) else {
            preconditionFailure("the built-in template \(name) is missing")
        }
        self = template
    }

    /// The text of a conversation, with special tokens written out.
    ///
    /// - Parameters:
    ///   - tools: descriptions of functions that the model may call, as the OpenAI interface has them; nil for none.
    ///   - addGenerationPrompt: whether the beginning of the model's next message is written.
    ///   - localTime: seconds since 1970, local time, for templates that write the date.
    ///   - extra: more names that the template sees, such as `enable_thinking`.
    /// - Throws: ``TemplateError``: `.raised` for what the template itself refuses.
    package func render(
        messages: [ChatMessage], tools: [TemplateValue]? = nil, addGenerationPrompt: Bool = true, localTime: Int,
        extra: [String: TemplateValue] = [:]
    ) throws(TemplateError) -> String {
        var values: [String: TemplateValue] = [
            "messages": .list(messages.map(\.value)),
            "tools": tools.map { .list($0) } ?? .none,
            "documents": .none,
            "add_generation_prompt": .boolean(addGenerationPrompt),
            "bos_token": .string(bos),
            "eos_token": .string(eos),
        ]
        for (name, value) in extra { values[name] = value }
        return try render(values: values, localTime: localTime)
    }

    /// The text that the template makes of any values.
    package func render(values: [String: TemplateValue], localTime: Int) throws(TemplateError) -> String {
        for (name, value) in values where value.depth > limits.valueDepth {
            throw TemplatePosition().error(.limit, "\(name) is nested deeper than \(limits.valueDepth)")
        }
        return try TemplateInterpreter.run(statements, values, limits, localTime: localTime)
    }
}
