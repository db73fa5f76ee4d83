/// Formats of conversations for files without a template, each a template of our own.
package enum BuiltInTemplates {
    /// The names known here.
    package static var known: [String] { templates.map(\.name) }

    /// The template of a name, or nil.
    static func text(of name: String) -> String? { templates.first { $0.name == name }?.text }

    /// The format that a file's model was most likely trained on: by the special tokens it has, then by its architecture;
    /// `chatml` where neither says.
    package static func name(for file: GGUFFile, tokenizer: Tokenizer) -> String {
        for (token, name) in byToken where tokenizer.token(named: token) != nil { return name }
        guard case .string(let architecture)? = file["general.architecture"] else { return "chatml" }
        return byArchitecture[architecture] ?? "chatml"
    }

    /// The first of these control tokens that a vocabulary has names its format.
    private static let byToken = [
        ("<|start_header_id|>", "llama3"), ("<start_of_turn>", "gemma"), ("<|im_start|>", "chatml"),
        ("<|assistant|>", "phi3"), ("<｜Assistant｜>", "deepseek"), ("[INST]", "mistral"),
    ]

    private static let byArchitecture = [
        "llama": "llama2", "gemma": "gemma", "gemma2": "gemma", "gemma3": "gemma", "phi3": "phi3", "qwen2": "chatml",
        "qwen3": "chatml",
    ]

    /// One line a format. Messages of a role that a format has not are written as the user's.
    private static let templates: [(name: String, text: String)] = [
        ("chatml", turns("'<|im_start|>' + m.role + '\n'", "'<|im_end|>\n'", "'<|im_start|>assistant\n'")),
        (
            "llama3",
            turns(
                "'<|start_header_id|>' + m.role + '<|end_header_id|>\n\n'", "'<|eot_id|>'",
                "'<|start_header_id|>assistant<|end_header_id|>\n\n'", begins: true)
        ),
        ("phi3", turns("'<|' + m.role + '|>\n'", "'<|end|>\n'", "'<|assistant|>\n'")),
        ("zephyr", turns("'<|' + m.role + '|>\n'", "eos_token + '\n'", "'<|assistant|>\n'")),
        (
            "gemma",
            merged("'<start_of_turn>user\n'", "'<end_of_turn>\n'", "'<start_of_turn>model\n'", "'<end_of_turn>\n'")
        ),
        ("deepseek", merged("'<｜User｜>'", "''", "'<｜Assistant｜>'", "eos_token")),
        ("mistral", merged("'[INST] '", "' [/INST]'", "''", "eos_token")),
        (
            "llama2",
            """
            {% for m in messages %}
            {%- if m.role == 'assistant' %}{{ ' ' + m.content|trim + ' ' + eos_token }}
            {%- elif m.role != 'system' %}
            {{- bos_token + '[INST] ' }}
            {%- if loop.previtem and loop.previtem.role == 'system' %}
            {{- '<<SYS>>\n' + loop.previtem.content|trim + '\n<</SYS>>\n\n' }}
            {%- endif %}{{ m.content|trim + ' [/INST]' }}
            {%- endif %}
            {%- endfor %}
            """
        ),
        // For models that were never taught turns: the text goes on where it ends.
        ("raw", "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}"),
    ]

    /// Every message between its own marks, a system message as well.
    private static func turns(_ open: String, _ close: String, _ prompt: String, begins: Bool = false) -> String {
        (begins ? "{{ bos_token }}" : "")
            + "{% for m in messages %}{{ \(open) + m.content|trim + \(close) }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ \(prompt) }}{% endif %}"
    }

    /// Marks for the user and the assistant alone: a system message goes before the user's next.
    private static func merged(
        _ open: String, _ close: String, _ answer: String, _ ends: String
    ) -> String {
        "{{ bos_token }}{% set ns = namespace(system='') %}{% for m in messages %}"
            + "{% if m.role == 'system' %}{% set ns.system = m.content|trim + '\n\n' %}"
            + "{% elif m.role == 'assistant' %}{{ \(answer) + m.content|trim + \(ends) }}"
            + "{% else %}{{ \(open) + ns.system + m.content|trim + \(close) }}{% set ns.system = '' %}{% endif %}"
            + "{% endfor %}{% if add_generation_prompt %}{{ \(answer) }}{% endif %}"
    }
}
