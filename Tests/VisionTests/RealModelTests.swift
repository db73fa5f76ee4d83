import Foundation
import Images
import ONNX
import Tensors
import TestSupport
import Testing
import Vision

@Suite struct CatalogueTests {
    @Test func everyEntryOfVisionNamesAModel() throws {
        let entries = try (CatalogueEntry.all() + CatalogueEntry.embedded()).filter {
            VisionTask(rawValue: $0.task) != nil
        }
        #expect(Set(entries.map(\.task)) == Set(VisionTask.allCases.map(\.rawValue)))
        for entry in entries {
            let model = try #require(Models.model(named: entry.name), "no model reads \(entry.name)")
            #expect(model.task.rawValue == entry.task)
            #expect(entry.sha256.count == 64 && entry.sha256.allSatisfy { $0.isHexDigit && !$0.isUppercase })
            #expect(entry.bytes > 0 && !entry.licence.isEmpty && !entry.source.isEmpty)
        }
        for name in Models.all.flatMap({ $0.names }) { #expect(entries.contains { $0.name == name }) }
    }

    @Test(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)))
    func filesAreTheModels() throws {
        let found = try CatalogueEntry.atHand()
        #expect(Set(found.map(\.entry.task)).count == 5)
        for (entry, path) in found {
            #expect(try Data(contentsOf: URL(filePath: path)).count == entry.bytes)
            var models = VisionModels()
            // Checks names, types and shapes of inputs and outputs.
            #expect(try models.add(name: entry.name, path: path, pool: WorkerPool(threads: 1)))
            #expect(models.name(for: VisionTask(rawValue: entry.task)!) == entry.name)
        }
    }

    /// A file of one model is refused as another's.
    @Test(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)))
    func filesOfOtherModelsAreRefused() throws {
        let found = try CatalogueEntry.atHand()
        for (entry, _) in found {
            for (other, path) in found where other.task != entry.task {
                var models = VisionModels()
                #expect(throws: ModelError.self) {
                    try models.add(name: entry.name, path: path, pool: WorkerPool(threads: 1))
                }
            }
        }
    }
}

@Suite(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)), .serialized)
struct RealModelTests {
    private func faceDetector() throws -> FaceDetector {
        try #require(try realModels(threads: 2).faces)
    }

    @Test func portraitsHaveOneFace() throws {
        let detector = try faceDetector()
        for path in Shared.files(in: "photos/portrait", suffixes: [".jpg"]) {
            let image = try Image.decode([UInt8](Data(contentsOf: URL(filePath: path)))).image
            let faces = try detector.find(in: image).faces
            #expect(faces.count == 1, "\(path)")
        }
    }

    @Test func facesAreAsManyAsLabelled() throws {
        let detector = try faceDetector()
        for label in try Label.all() where label.photo.hasPrefix("group/") || label.photo.hasPrefix("emotion/") {
            let faces = try detector.find(in: Image.shared(label.photo).image).faces
            let isGroup = label.photo.hasPrefix("group/")
            let tolerance = max(label.facesTolerance ?? 0, isGroup ? 1 : 0)
            #expect(abs(faces.count - label.faces) <= tolerance, "\(label.photo): \(faces.count), not \(label.faces)")
        }
    }

    /// The same portrait stored in each EXIF orientation gives the same face.
    @Test(arguments: ["portrait/fdlite_portrait.jpg", "emotion/stock-emotions-b-7.jpg"])
    func orientationsGiveTheSameFace(photo: String) throws {
        let detector = try faceDetector()
        let image = try Image.shared(photo).image
        let expected = try #require(try detector.find(in: image).faces.first)
        for orientation in 1...8 {
            let decoded = try Image.decode(image.jpeg(orientation: orientation))
            #expect(decoded.orientation == orientation)
            #expect((decoded.image.width, decoded.image.height) == (image.width, image.height))
            let faces = try detector.find(in: decoded.image).faces
            #expect(faces.count == 1)
            let face = try #require(faces.first)
            #expect(near(face.box, expected.box, 2), "orientation \(orientation): \(face.box), \(expected.box)")
        }
    }

    /// Photos of one scene, stored by others in each orientation, show the same person in the same place.
    @Test func orientationsGiveTheSamePerson() throws {
        let analyzer = Analyzer(models: try realModels(threads: 2))
        func person(_ orientation: Int) throws -> Body {
            let image = try Image.shared("exif/Portrait_\(orientation).jpg").image
            return try #require(try analyzer.analyze(image, tasks: [.faces, .objects]).bodies.first)
        }
        let upright = try person(1)
        for orientation in 2...8 {
            // Each file was compressed anew; the photo is 1200 x 1800.
            #expect(near(try person(orientation).box, upright.box, 8), "orientation \(orientation)")
        }
    }

    /// Keypoints of a person who faces the camera with arms hanging, placed by eye to about a tenth of their height.
    @Test func keypointsLieOnThePerson() throws {
        let analysis = try Analyzer(models: realModels(threads: 2))
            .analyze(Image.shared("fullbody/person-vlado5.jpg").image, tasks: [.objects, .bodyPose])
        let body = try #require(analysis.bodies.first)
        let expected: [(BodyPart, Double, Double)] = [
            (.nose, 468, 120), (.leftShoulder, 568, 225), (.rightShoulder, 385, 235), (.leftElbow, 622, 372),
            (.rightElbow, 345, 390), (.leftWrist, 630, 515), (.rightWrist, 350, 525), (.leftHip, 550, 540),
            (.rightHip, 436, 540), (.leftKnee, 585, 750), (.rightKnee, 468, 758), (.leftAnkle, 585, 925),
            (.rightAnkle, 512, 912),
        ]
        for (part, x, y) in expected {
            let keypoint = try #require(body[part])
            #expect(near(keypoint.point.x, x, 30) && near(keypoint.point.y, y, 30), "\(part.name) \(keypoint.point)")
            #expect(keypoint.score > 0.5)
        }
    }

    @Test func facesAreReadRight() throws {
        let analyzer = Analyzer(models: try realModels(threads: 2))
        let expected = [
            ("a-1", "neutral"), ("a-3", "neutral"), ("a-5", "angry"), ("a-7", "happy"), ("b-5", "surprised"),
        ]
        for (photo, label) in expected {
            let analysis = try analyzer.analyze(
                Image.shared("emotion/stock-emotions-\(photo).jpg").image, tasks: [.faces, .expression, .headPose])
            let face = try #require(analysis.faces.first)
            #expect(face.expression?.top.label == label, "\(photo)")
            let isTurned = photo.hasPrefix("b")
            #expect(((face.pose?.yaw ?? 0) < -15) == isTurned, "\(photo)")
            // The rule over the points agrees on the side.
            #expect((face.points.pose.yaw < -8) == isTurned)
        }
    }

    /// The same bits at any number of threads, whatever ran before.
    @Test(arguments: ["group/stc.jpg", "emotion/stock-emotions-b-5.jpg", "noface/aquarium.jpg"])
    func threadsDoNotMatter(photo: String) throws {
        let image = try Image.shared(photo).image
        func observed(_ threads: Int) throws -> Analysis {
            var analysis = try Analyzer(models: realModels(threads: threads)).analyze(image)
            analysis.models = analysis.models.map { ModelRun(task: $0.task, id: $0.id, milliseconds: 0) }
            return analysis
        }
        let one = try observed(1)
        #expect(one.models.count >= 2)
        for threads in [2, 4] { #expect(try observed(threads) == one, "\(threads) threads") }
    }
}
