import Foundation
import Tensors
import TestSupport
import Vision

/// One line of `Weights/catalogue.json`.
struct CatalogueEntry: Decodable, Sendable {
    let name: String
    let task: String
    let file: String
    let bytes: Int
    let sha256: String
    let licence: String
    let source: String
    let verified: Bool

    private struct All: Decodable {
        let models: [CatalogueEntry]
        let embedded: [CatalogueEntry]
    }

    private static func catalogue() throws -> All {
        let path = Repository.file("Weights/catalogue.json")
        return try JSONDecoder().decode(All.self, from: Data(contentsOf: URL(filePath: path)))
    }

    static func all() throws -> [CatalogueEntry] { try catalogue().models }

    /// Those that lie in `Weights/`.
    static func embedded() throws -> [CatalogueEntry] { try catalogue().embedded }

    /// Those of vision whose file lies beside the checkout, with its path.
    static func atHand() throws -> [(entry: CatalogueEntry, path: String)] {
        let files = Shared.files(in: "models", suffixes: [".onnx"])
        return try all().filter { Models.model(named: $0.name) != nil }.compactMap { entry in
            files.first { $0.hasSuffix("/" + entry.file) }.map { (entry, $0) }
        }
    }
}

/// The first model at hand for each task.
func realModels(threads: Int) throws -> VisionModels {
    var models = VisionModels()
    let pool = WorkerPool(threads: threads)
    for (entry, path) in try CatalogueEntry.atHand() {
        guard let task = VisionTask(rawValue: entry.task), models.name(for: task) == nil else { continue }
        try models.add(name: entry.name, path: path, pool: pool)
    }
    return models
}

/// One line of the photos' labels.
struct Label: Decodable, Sendable {
    let photo: String
    let faces: Int
    let facesTolerance: Int?

    enum CodingKeys: String, CodingKey {
        case photo, faces
        case facesTolerance = "faces_tolerance"
    }

    static func all() throws -> [Label] {
        try String(contentsOfFile: Shared.file("photos/labels.jsonl"), encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Label.self, from: Data($0.utf8)) }
    }
}
