import ArgumentParser
import ONNX
import Server
import Tensors

/// `heckle onnx show FILE`
struct ONNXShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a model takes and gives.")

    @OptionGroup var model: ModelArguments

    func run() async throws {
        let session = try model.session()
        guard !model.json else {
            let document: JSON = [
                "file": .string(model.file), "inputs": .array(session.inputs.map(json)),
                "outputs": .array(session.outputs.map(json)), "weight_bytes": .integer(session.weightBytes),
                "metadata": .object(session.metadata.mapValues { .string($0) }),
            ]
            return print(Terminal.outputIsTerminal ? document.prettyText : document.text)
        }
        for input in session.inputs { print("input   \(input.name) \(input.type.rawValue) \(input.shapeText)") }
        for output in session.outputs { print("output  \(output.name) \(output.type.rawValue) \(output.shapeText)") }
        print("weights \(session.weightBytes) bytes")
        for (name, value) in session.metadata.sorted(by: { $0.key < $1.key }) { print("about   \(name): \(value)") }
    }

    private func json(_ info: ValueInfo) -> JSON {
        [
            "name": .string(info.name), "type": .string(info.type.rawValue),
            "shape": .optional(info.shape) { .array($0.map { .optional($0) { .integer($0) } }) },
        ]
    }
}
