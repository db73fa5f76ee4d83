import ArgumentParser
import Foundation

/// Options given by the environment: `HECKLE_` and a name in capitals.
enum Environment {
    /// The variable's text; nil where it is not set or empty.
    static func text(_ name: String) -> String? {
        guard let text = ProcessInfo.processInfo.environment["HECKLE_\(name)"], !text.isEmpty else { return nil }
        return text
    }

    /// The variable as a value of an option.
    ///
    /// - Throws: where it is none.
    static func value<Value: ExpressibleByArgument>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let text = text(name) else { return nil }
        guard let value = Value(argument: text) else {
            throw Failure(.usage, "HECKLE_\(name): '\(text)' is not a value for this option")
        }
        return value
    }
}
