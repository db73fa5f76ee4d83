package import Foundation

/// The real models, photos and fixtures that lie beside a checkout, where there are any.
package enum Shared {
    /// `../shared` seen from the package's root.
    package static let root: URL = Repository.root.deletingLastPathComponent().appending(path: "shared")

    package static let isAvailable = FileManager.default.fileExists(atPath: root.appending(path: "models").path)

    /// Why a test that needs the files is skipped.
    package static let reason = "needs the real models and photos of ../shared, which are not part of the repository"

    /// The path of one file or folder of `../shared`.
    package static func file(_ path: String) -> String { root.appending(path: path).path }

    /// The paths of all files in a folder of `../shared` and below, sorted, that have one of the suffixes.
    package static func files(in folder: String, suffixes: [String]) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: file(folder)) else { return [] }
        return walk.compactMap { $0 as? String }
            .filter { path in suffixes.contains { path.hasSuffix($0) } }
            .sorted()
            .map { file(folder + "/" + $0) }
    }
}

/// The checkout itself.
package enum Repository {
    /// The package's root.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    package static func file(_ path: String) -> String { root.appending(path: path).path }
}
