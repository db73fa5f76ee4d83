/// Why an ONNX model cannot be loaded or run, and where: file, node, operator, what was expected and what was found.
package struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, as part of a sentence: "`kernel_shape` has 3 numbers".
    package let problem: String
    /// What would have been right.
    package let expected: String?
    /// What was found.
    package let got: String?
    /// Whether a plan failed for want of a value that the run's inputs may tell.
    private(set) var wantsValue = false
    /// The model's path or name.
    package private(set) var file: String?
    /// The node's name; where it has none, `#` and its place in the graph's list of nodes.
    package private(set) var node: String?
    /// The node's operator, as ONNX spells it.
    package private(set) var operatorName: String?

    package init(_ problem: String, expected: String? = nil, got: String? = nil) {
        self.problem = problem
        self.expected = expected
        self.got = got
    }

    /// An operator's input that must be known when its step is planned, and is not.
    static func unknownValue(_ what: String, input: Int) -> ModelError {
        var error = ModelError("\(what) (input \(input)) depends on values known only while running: not supported")
        error.wantsValue = true
        return error
    }

    /// The same error with the place it happened at; what is already known stays.
    func at(file: String? = nil, node: String? = nil, operatorName: String? = nil) -> ModelError {
        var error = self
        error.file = self.file ?? file
        error.node = self.node ?? node
        error.operatorName = self.operatorName ?? operatorName
        return error
    }

    package var description: String {
        var text = file.map { "\($0): " } ?? ""
        if let node { text += "node \"\(node)\"" + (operatorName.map { " (\($0))" } ?? "") + ": " }
        text += problem
        if let expected { text += ", expected \(expected)" }
        if let got { text += ", got \(got)" }
        return text
    }
}
