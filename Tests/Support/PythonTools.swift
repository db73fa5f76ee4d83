import Foundation

/// Reference programs in Python: a virtual environment under `.build`, made at first use from `Tests/requirements.txt`.
package enum PythonTools {
    /// Why a test that needs them is skipped.
    package static let reason = "needs Python 3 and the packages of Tests/requirements.txt; they could not be installed"

    /// The interpreter of the environment, or nil where there is no Python or no way to install the packages.
    package static let interpreter: String? = prepare()

    package static var isAvailable: Bool { interpreter != nil }

    private static func prepare() -> String? {
        let folder = Repository.file(".build/python")
        let requirements = Repository.file("Tests/requirements.txt")
        let python = folder + "/bin/python3"
        let stamp = folder + "/requirements.txt"
        guard let wanted = try? fileBytes(requirements) else { return nil }
        if (try? fileBytes(stamp)) == wanted { return python }
        guard Command.exists("python3"),
            (try? Command.run("python3", ["-m", "venv", "--clear", folder]))?.status == 0,
            (try? Command.run(python, ["-m", "pip", "install", "--quiet", "-r", requirements]))?.status == 0
        else { return nil }
        try? Data(wanted).write(to: URL(filePath: stamp))
        return python
    }

    /// Runs a script of `Tests` with the environment's interpreter and returns what it printed.
    ///
    /// - Parameter script: relative to `Tests`.
    package static func run(_ script: String, _ arguments: [String]) throws -> String {
        guard let interpreter else { throw Failure(text: reason) }
        let result = try Command.run(interpreter, [Repository.file("Tests/" + script)] + arguments)
        guard result.status == 0 else { throw Failure(text: "\(script): \(result.errors)") }
        return result.output
    }

    package struct Failure: Error, CustomStringConvertible {
        let text: String
        package var description: String { text }
    }
}
