import Foundation
import TestSupport

/// The built `heckle`, beside the tests.
enum Program {
    static let reason = "needs the program heckle beside the tests"

    /// Its path, or nil where it has not been built.
    static let path: String? = {
        let folders =
            [Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()].compactMap { $0 }
            + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
        return folders.map { $0.appending(path: "heckle").path }.first(where: isProgram)
    }()

    private static func isProgram(_ path: String) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == .typeRegular && FileManager.default.isExecutableFile(atPath: path)
    }

    static var isBuilt: Bool { path != nil }

    static func run(_ arguments: [String], environment: [String: String] = [:], input: [UInt8] = []) throws
        -> Command.Result
    {
        try Command.run(path ?? "heckle", arguments, environment: environment, input: input)
    }
}

/// The weights of the repository.
enum EmbeddedWeights {
    static let reason = "needs a language model in the folder Weights"
    static let folder = Repository.file("Weights")

    static let areThere =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.contains { $0.hasSuffix(".gguf") } ?? false
}

/// Small files that tests give to the program.
enum Fixture {
    /// 96 x 64 pixels of colour.
    static let png = bytes(
        "iVBORw0KGgoAAAANSUhEUgAAAGAAAABACAIAAABqVuVZAAAAbUlEQVR42u3QQRHAIADAsDIQjvQpgC+f9Kogo/ZXPr2a6RIg"
            + "QIAAAQIECBAgAQIECBAgQIAACRAgQIAAAQIESIAAAQIECBAgQIAECBAgQIAAAQIkQIAAAQIECBAgAQIECBAgQIAAARIgQIBe"
            + "9AMlcAL5VAZ0BwAAAABJRU5ErkJggg==")

    /// `sum = x + y` of float32 `x` [n, 3] and `y` [3].
    static let onnx = bytes(
        "CAgSADpZChUKAXgKAXkSA3N1bRoDYWRkIgNBZGQSAWdaFAoBeBIPCg0IARIJCgMSAW4KAggDWg8KAXkSCgoICAESBAoCCANiFgoDc3VtEg8KDQgB"
            + "EgkKAxIBbgoCCANCBAoAEA0=")

    private static func bytes(_ base64: String) -> [UInt8] { [UInt8](Data(base64Encoded: base64) ?? Data()) }

    /// A GGUF file with one matrix [rows, 32] and one vector in F32.
    static func gguf(rows: Int) -> [UInt8] {
        var file = Array("GGUF".utf8) + little(UInt32(3)) + little(UInt64(2)) + little(UInt64(1))
        file += string("general.architecture") + little(UInt32(8)) + string("llama")
        file += string("blk.0.ffn_up.weight") + little(UInt32(2)) + little(UInt64(32)) + little(UInt64(rows))
        file += little(UInt32(0)) + little(UInt64(0))
        file += string("blk.0.ffn_norm.weight") + little(UInt32(1)) + little(UInt64(8))
        file += little(UInt32(0)) + little(UInt64(rows * 128))
        file += [UInt8](repeating: 0, count: (32 - file.count % 32) % 32)
        for index in 0..<(rows * 32 + 8) { file += little((Float(index % 17) - 8).bitPattern) }
        return file
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }
}
