import Commentary
import Foundation
import Images
import Tensors
import TestSupport
import Testing
import Vision

/// One line of the photos' labels.
private struct Label: Decodable, Sendable {
    let photo: String
    let holds: [String]
    let fails: [String]
    let unclear: [String]

    enum CodingKeys: String, CodingKey {
        case photo, unclear
        case holds = "facts_true"
        case fails = "facts_false"
    }
}

/// Facts stated of the labelled photos against those that hold.
@Suite(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)), .serialized)
struct FactsPhotoTests {
    /// Keys whose values exclude each other: another value than the labelled one is wrong even if not listed as such.
    private static let exclusive: Set<FactKey> = [
        .people, .framing, .facePosition, .expression, .head, .lighting, .cast, .sharpness, .noise, .resolution,
        .saturation, .time,
    ]

    private static func analyzer() throws -> Analyzer {
        let files = [
            ("yunet_n_dynamic", "face-detection/yunet_n_dynamic.onnx"),
            ("yolox_nano", "object-detection/yolox_nano.onnx"),
            ("fer2013_mini_xception", "emotion/fer2013_mini_XCEPTION.102-0.66.onnx"),
            ("fsanet_1x1", "head-pose/fsanet-1x1-iter-688590.onnx"),
            ("ultralight_simplepose", "body-pose/ultralight_simplepose_17kp.onnx"),
        ]
        var models = VisionModels()
        let pool = WorkerPool(threads: 2)
        for (name, file) in files { try models.add(name: name, path: Shared.file("models/" + file), pool: pool) }
        let attributes = Weights.folder + "/heckle-attributes.onnx"
        try models.add(name: "heckle_attributes", path: attributes, pool: pool)
        return Analyzer(models: models)
    }

    private static func labels() throws -> [Label] {
        try String(contentsOfFile: Shared.file("photos/labels.jsonl"), encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Label.self, from: Data($0.utf8)) }
    }

    /// At least 90 % of the facts are right, by key as well as in all.
    @Test func statedFactsAreRight() throws {
        var right: [FactKey: Int] = [:]
        var wrong: [FactKey: [String]] = [:]
        var photos = 0
        let analyzer = try Self.analyzer()
        for label in try Self.labels() {
            // Formats that are not read, and files cut short, are other tests' matter.
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: Shared.file("photos/" + label.photo))))
            guard let photo = try? Image.decode(bytes) else { continue }
            photos += 1
            let sheet = FactSheet(of: try analyzer.analyze(photo.image, captured: photo.captured))
            for fact in sheet.facts {
                let isOther =
                    Self.exclusive.contains(fact.key)
                    && label.holds.contains { $0.hasPrefix(fact.key.rawValue + "=") }
                if label.holds.contains(fact.text) {
                    right[fact.key, default: 0] += 1
                } else if label.fails.contains(fact.text)
                    || isOther && !label.unclear.contains(fact.key.rawValue)
                {
                    wrong[fact.key, default: []].append("\(label.photo): \(fact.text)")
                }
            }
        }
        #expect(photos >= 50)
        for key in FactKey.allCases where right[key] != nil || wrong[key] != nil {
            let (yes, no) = (right[key] ?? 0, wrong[key] ?? [])
            print("\(key.rawValue): \(yes) right, \(no.count) wrong \(no)")
            #expect(Double(yes) >= 0.9 * Double(yes + no.count), "\(key.rawValue): \(no)")
        }
        let (yes, no) = (right.values.reduce(0, +), wrong.values.reduce(0) { $0 + $1.count })
        #expect(Double(yes) >= 0.9 * Double(yes + no))
        // Silence would be right too, but not of use.
        #expect(yes >= 200)
    }

    /// With no model at hand, measures still give facts, and none about people.
    @Test func measuresAloneAreRightToo() throws {
        let analyzer = Analyzer(models: VisionModels())
        var (right, wrong) = (0, [String]())
        for label in try Self.labels() where !label.photo.hasPrefix("formats/") && !label.photo.hasSuffix(".bmp") {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: Shared.file("photos/" + label.photo))))
            let photo = try Image.decode(bytes)
            let sheet = FactSheet(of: try analyzer.analyze(photo.image, captured: photo.captured))
            #expect(sheet.values(of: .people).isEmpty && sheet.values(of: .pose).isEmpty)
            for fact in sheet.facts {
                if label.holds.contains(fact.text) { right += 1 }
                if label.fails.contains(fact.text) { wrong.append("\(label.photo): \(fact.text)") }
            }
        }
        #expect(Double(right) >= 0.9 * Double(right + wrong.count), "\(wrong)")
        #expect(right > 30)
    }
}
