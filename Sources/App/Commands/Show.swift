import ArgumentParser
import Language
import Server
import Tensors

/// `heckle show FILE`
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a language model's file holds and the memory it takes to run.",
        discussion: "Reads the head of a GGUF file. The cache is counted in half precision, as it is kept.")

    @Argument(help: "A GGUF file.")
    var file: String

    @Option(help: "Tokens of context to count memory for (default: 4096, or what the model was made for if less).")
    var context: Int?

    @Flag(help: "Print a JSON document.")
    var json = false

    func run() async throws {
        let source: GGUFFile
        do { source = try GGUFFile(path: file) } catch { throw Failure(.badInput, "\(error)") }
        let summary = GGUFSummary(source)
        guard context.map({ (1...1 << 30).contains($0) }) ?? true else {
            throw Failure(.usage, "context: 1 to \(1 << 30) tokens are possible")
        }
        let tokens = context ?? min(4096, summary.contextLength ?? 4096)
        let cache = summary.cacheBytes(tokens: tokens, bytesPerNumber: 2)
        guard !json else {
            let document = self.document(source, summary, tokens: tokens, cache: cache)
            return print(Terminal.outputIsTerminal ? document.prettyText : document.text)
        }
        for (key, value) in source.metadata { print("about   \(printable(key)): \(value.text())") }
        for tensor in source.tensors {
            let shape = tensor.shape.map(String.init).joined(separator: ", ")
            print("tensor  \(printable(tensor.name)) \(tensor.type.name) [\(shape)] \(tensor.byteCount) bytes")
        }
        for type in summary.types {
            print("type    \(type.name): \(type.tensors) tensors, \(type.parameters) weights, \(type.byteCount) bytes")
        }
        print("weights \(summary.parameters) in \(summary.tensorBytes) bytes")
        guard let cache else { return }
        print("memory  \(summary.tensorBytes + cache) bytes at \(tokens) tokens, \(cache) of them the cache")
    }

    private func document(_ source: GGUFFile, _ summary: GGUFSummary, tokens: Int, cache: Int?) -> JSON {
        let metadata = source.metadata.map { key, value -> JSON in
            ["key": .string(key), "type": .string("\(value.type)"), "value": Self.json(value)]
        }
        let tensors = source.tensors.map { tensor -> JSON in
            [
                "name": .string(tensor.name), "type": .string(tensor.type.name),
                "shape": .array(tensor.shape.map { .integer($0) }), "offset": .integer(tensor.offset),
                "bytes": .integer(tensor.byteCount),
            ]
        }
        let types = summary.types.map { type -> JSON in
            [
                "type": .string(type.name), "tensors": .integer(type.tensors), "parameters": .integer(type.parameters),
                "bytes": .integer(type.byteCount),
            ]
        }
        return [
            "file": .string(file), "version": .integer(source.version), "alignment": .integer(source.alignment),
            "metadata": .array(metadata), "tensors": .array(tensors), "types": .array(types),
            "parameters": .integer(summary.parameters), "weight_bytes": .integer(summary.tensorBytes),
            "context": .integer(tokens), "cache_bytes": .optional(cache) { .integer($0) },
            "memory_bytes": .optional(cache) { .integer($0 + summary.tensorBytes) },
        ]
    }

    /// A value; of an array the first elements and how many there are.
    private static func json(_ value: GGUFValue) -> JSON {
        switch value {
        case .uint8(let number): .integer(Int(number))
        case .int8(let number): .integer(Int(number))
        case .uint16(let number): .integer(Int(number))
        case .int16(let number): .integer(Int(number))
        case .uint32(let number): .integer(Int(number))
        case .int32(let number): .integer(Int(number))
        case .int64(let number): .integer(Int(number))
        case .uint64(let number): Int(exactly: number).map { .integer($0) } ?? .string("\(number)")
        case .float32(let number): number.isFinite ? .number(Double(number)) : .null
        case .float64(let number): number.isFinite ? .number(number) : .null
        case .bool(let truth): .bool(truth)
        case .string(let text): .string(text)
        case .array(let array):
            [
                "type": .string("\(array.elementType)"), "count": .integer(array.count),
                "first": .array(array.prefix(6).map(json)),
            ]
        }
    }
}
