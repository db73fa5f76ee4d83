import Foundation

/// The models the project knows by name: `Weights/catalogue.json`.
package struct Catalogue: Sendable, Decodable {
    /// One file that may be had or is at hand.
    package struct Entry: Sendable, Decodable, Equatable {
        /// What the model is called in answers; unique.
        package let name: String
        package let task: String
        /// The name of its file.
        package let file: String
        package let bytes: Int
        /// 64 lowercase hexadecimal digits.
        package let sha256: String
        /// An SPDX expression where there is one.
        package let licence: String
        /// The type most of its weights have.
        package let quantization: String
        /// What it was measured to reach, in a few words; nil where this project has not measured it.
        package let accuracy: String?
    }

    /// In order of preference: of two that serve the same task the first one does.
    package let models: [Entry]
    /// Those that lie beside the catalogue, trained by this project; they serve where no other model does.
    package let embedded: [Entry]

    /// - Throws: ``EngineError/weights(path:reason:)`` where the file is not what it should be.
    package init(path: String) throws(EngineError) {
        do {
            self = try JSONDecoder().decode(Catalogue.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .weights(path: path, reason: "not a catalogue: \(error)")
        }
        let names = Dictionary(grouping: models + embedded, by: \.name)
        if let twice = names.first(where: { $0.value.count > 1 }) {
            throw .weights(path: path, reason: "\(twice.key) is listed twice")
        }
    }

    /// A catalogue model whose file was found.
    package struct Found: Sendable {
        package let entry: Entry
        package let path: String
    }

    /// The models whose files lie in one of the folders or below, in catalogue order.
    ///
    /// A file counts by its name; its size and SHA-256 must then be the catalogue's.
    ///
    /// - Throws: ``EngineError/model(path:reason:)`` for a folder that is not there or a file that differs.
    package func find(in folders: [String]) throws(EngineError) -> [Found] {
        var paths: [String: String] = [:]
        for folder in folders {
            let target = URL(filePath: folder).resolvingSymlinksInPath().path
            guard (try? FileManager.default.contentsOfDirectory(atPath: target)) != nil,
                let walk = FileManager.default.enumerator(atPath: target)
            else { throw .model(path: folder, reason: "there is no such folder") }
            let files = walk.compactMap { $0 as? String }.sorted()
            for file in files {
                let name = String(file.split(separator: "/").last ?? "")
                if paths[name] == nil { paths[name] = target + "/" + file }
            }
        }
        var found: [Found] = []
        for entry in models {
            guard let path = paths[entry.file] else { continue }
            try check(path, against: entry)
            found.append(Found(entry: entry, path: path))
        }
        return found
    }

    /// The embedded models, in catalogue order; their sizes and digests are checked too.
    ///
    /// - Throws: ``EngineError`` for a file that is missing or differs.
    package func findEmbedded(in weights: WeightsFolder) throws(EngineError) -> [Found] {
        var found: [Found] = []
        for entry in embedded {
            let path = try weights.requiredFile(entry.file)
            try check(path, against: entry)
            found.append(Found(entry: entry, path: path))
        }
        return found
    }

    private func check(_ path: String, against entry: Entry) throws(EngineError) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let bytes = (attributes?[.size] as? NSNumber)?.intValue
        guard bytes == entry.bytes else {
            let size = bytes.map { "\($0) bytes" } ?? "it cannot be read"
            throw .model(path: path, reason: "\(size), the catalogue's \(entry.name) has \(entry.bytes)")
        }
        guard let digest = Digest.sha256(ofFile: path) else { throw .model(path: path, reason: "it cannot be read") }
        guard digest == entry.sha256 else {
            throw .model(
                path: path, reason: "its SHA-256 is \(digest), the catalogue's \(entry.name) has \(entry.sha256)")
        }
    }
}
