import Foundation

/// Runs a program and waits for it.
package struct Command: Sendable {
    package struct Result: Sendable {
        package let status: Int32
        /// What it wrote to standard output, as text.
        package let output: String
        package let errors: String
    }

    /// - Parameters:
    ///   - program: a path, or a name found through `PATH`.
    ///   - environment: added to this process's own.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = []
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: program.contains("/") ? program : "/usr/bin/env")
        process.arguments = program.contains("/") ? arguments : [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files rather than pipes: nothing to drain, so no program can block on a full one.
        let scratch = try Scratch()
        try scratch.write(input, to: "in")
        try scratch.write([], to: "out")
        try scratch.write([], to: "err")
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: scratch.file("in")))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: scratch.file("out")))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: scratch.file("err")))
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: try fileBytes(scratch.file("out")), as: UTF8.self),
            errors: String(decoding: try fileBytes(scratch.file("err")), as: UTF8.self))
    }

    /// Whether a program of this name is installed.
    package static func exists(_ name: String) -> Bool {
        (try? run("which", [name]))?.status == 0
    }
}
