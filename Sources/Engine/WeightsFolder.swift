import Foundation

/// Where the embedded weights and tables lie.
///
/// They are mapped from a folder rather than built in: a resource bundle would copy every file and bake in the path of
/// the build, and embedding them in code would make compilers choke.
package struct WeightsFolder: Sendable {
    package let path: String

    /// - Parameter given: the folder itself; nil to take `HECKLE_WEIGHTS`, else the first folder `Weights` (or
    ///   `share/heckle/Weights`) with a line table in it, going upward from the executable and then from the working directory.
    /// - Throws: ``EngineError/weights(path:reason:)`` where there is none.
    package init(_ given: String?) throws(EngineError) {
        let environment = ProcessInfo.processInfo.environment["HECKLE_WEIGHTS"]
        if let named = given ?? environment {
            guard WeightsFolder.isOne(named) else {
                throw .weights(path: named, reason: "no \(WeightsFolder.lines) in this folder")
            }
            path = named
            return
        }
        let starts = [Bundle.main.executablePath, FileManager.default.currentDirectoryPath + "/."].compactMap { $0 }
        for start in starts {
            var folder = URL(filePath: start).resolvingSymlinksInPath().deletingLastPathComponent()
            while true {
                for name in ["Weights", "share/heckle/Weights"] {
                    let candidate = folder.appending(path: name).path
                    if WeightsFolder.isOne(candidate) {
                        path = candidate
                        return
                    }
                }
                let parent = folder.deletingLastPathComponent()
                guard parent.path != folder.path else { break }
                folder = parent
            }
        }
        throw .weights(
            path: "Weights",
            reason: "not found beside or above the executable; name the folder by --weights or HECKLE_WEIGHTS")
    }

    private static let lines = "lines.tsv"

    private static func isOne(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + lines)
    }

    /// The path of one of its files, or nil where it lacks it.
    package func file(_ name: String) -> String? {
        let file = path + "/" + name
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }

    /// The path of a file that must be there.
    package func requiredFile(_ name: String) throws(EngineError) -> String {
        guard let file = file(name) else { throw .weights(path: path + "/" + name, reason: "the file is missing") }
        return file
    }
}
