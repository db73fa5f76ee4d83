import Images
import ONNX
import Synchronization
import Tensors
import Testing
import Vision

@Suite struct ExpressionReaderTests {
    private func read(_ scores: [Float]) throws -> FaceExpression {
        let network = FakeNetwork(input: [1, 64, 64, 1], outputs: ["probs": [1, 7]]) { _, _ throws(ModelError) in
            ["probs": Tensor(scores, shape: [1, 7])]
        }
        return try ExpressionReader(name: "test", network: network)
            .read(Image(width: 100, height: 100, colour: .white), face: Box(x: 10, y: 10, width: 50, height: 60))
    }

    @Test(arguments: 0..<7)
    func topIsTheLikeliest(index: Int) throws {
        var scores = [Float](repeating: 0.05, count: 7)
        scores[index] = 0.7
        let expression = try read(scores)
        #expect(
            expression.top.label == ["angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"][index])
        #expect(expression.top.score == 0.7)
        #expect(expression.scores.count == 7)
    }

    @Test func equalScoresGiveTheFirst() throws {
        #expect(try read([0.1, 0.3, 0.3, 0.3, 0, 0, 0]).top.label == "disgusted")
    }

    @Test func scoresThatAreNoneAreAnError() {
        #expect(throws: ModelError.self) { try read([.nan, 0, 0, 0, 0, 0, 1]) }
    }

    @Test func bothSidesCount() throws {
        let network = FakeNetwork(input: [1, 64, 64, 1], outputs: ["probs": [1, 7]]) { _, run throws(ModelError) in
            ["probs": Tensor(run == 0 ? [1, 0, 0, 0, 0, 0, 0] : [0, 0, 0, 0.5, 0, 0, 0.5] as [Float], shape: [1, 7])]
        }
        let photo = Image(grey: 100, 100) { x, _ in Double(2 * x) }
        let expression = try ExpressionReader(name: "test", network: network)
            .read(photo, face: Box(x: 20, y: 20, width: 50, height: 50))
        #expect(expression.scores.map(\.score) == [0.5, 0, 0, 0.25, 0, 0, 0.25])
        let views = network.seen.withLock { $0.map(\.floats.array) }
        #expect(views.count == 2)
        for row in 0..<64 {
            #expect(Array(views[0][row * 64..<row * 64 + 64].reversed()) == Array(views[1][row * 64..<row * 64 + 64]))
        }
    }

    @Test func cropIsASquareAroundTheFace() {
        let part = ExpressionReader.part(for: Box(x: 100, y: 100, width: 80, height: 120))
        #expect(near(part.width, 120) && near(part.height, 120))
        #expect(near(part.centre.x, 140) && near(part.centre.y, 157.5))
    }
}

@Suite struct CompactExpressionReaderTests {
    @Test func classesAreTheVocabularys() throws {
        var scores = [Float](repeating: 0, count: 8)
        scores[7] = 1
        let network = FakeNetwork(input: [1, 1, 48, 48], outputs: ["probs": [1, 8]]) {
            [scores] _, _ throws(ModelError) in
            ["probs": Tensor(scores, shape: [1, 8])]
        }
        let expression = try CompactExpressionReader(name: "test", network: network)
            .read(Image(width: 100, height: 100, colour: .white), face: Box(x: 10, y: 10, width: 50, height: 60))
        #expect(expression.top.label == "contemptuous" && expression.scores.count == 8)
        let view = try #require(network.seen.withLock { $0.first })
        #expect(view.shape == [1, 1, 48, 48] && view.floats[24 * 48 + 24] == 1)
    }
}

@Suite struct FaceAttributesReaderTests {
    private let photo = Image(width: 100, height: 100, colour: .white)
    private let box = Box(x: 30, y: 40, width: 40, height: 50)

    /// The mean over the face and its mirror image, of a square with room above for a hat.
    @Test func readsAFaceAndItsMirrorImage() throws {
        let calls = Mutex(0)
        let network = FakeNetwork(input: [1, 3, 64, 64], outputs: ["probs": [1, 5]]) { _, _ throws(ModelError) in
            let isFirst = calls.withLock {
                $0 += 1
                return $0 == 1
            }
            let scores: [Float] = isFirst ? [1, 0.5, 0, 0.25, 2] : [0.5, 0.5, 0, 0.75, 1]
            return ["probs": Tensor(scores, shape: [1, 5])]
        }
        let found = try FaceAttributesReader(name: "test", network: network).read(photo, face: box)
        let wanted = FaceAttributes(
            isSmiling: 0.75, isMouthOpen: 0.5, areEyesClosed: 0, wearsGlasses: 0.5, wearsHat: 1)
        #expect(found == wanted)
        let views = network.seen.withLock { $0 }
        #expect(views.map(\.shape) == [[1, 3, 64, 64], [1, 3, 64, 64]])
        #expect(views[0].floats[32 * 64 + 32] == 1)
        let part = FaceAttributesReader.part(for: box)
        #expect(near(part.width, 75.6, 1e-9) && near(part.height, 75.6, 1e-9))
        #expect(near(part.centre.x, 50, 1e-9) && near(part.centre.y, 65 - 0.12 * 45, 1e-9))
    }

    @Test func scoresThatAreNoneAreAnError() throws {
        let network = FakeNetwork(input: [1, 3, 64, 64], outputs: ["probs": [1, 5]]) { _, _ throws(ModelError) in
            ["probs": Tensor([0, 0, .nan, 0, 0] as [Float], shape: [1, 5])]
        }
        let model = try FaceAttributesReader(name: "test", network: network)
        #expect(throws: ModelError.self) { try model.read(photo, face: box) }
    }
}

@Suite struct SceneClassifierTests {
    private let photo = Image(width: 60, height: 40, colour: .white)

    @Test func valuesAddTheirClassesUp() throws {
        let network = SceneOutputs.network(["street": 0.5, "inside_city": 0.3, "store": 0.2])
        let scene = try SceneClassifier(name: "test", network: network).read(photo)
        #expect(scene.top.label == "street")
        #expect(near(Double(try #require(scene.probability(of: "street"))), 0.8, 1e-6))
        #expect(near(Double(try #require(scene.probability(of: "outdoor"))), 0.8, 1e-6))
        #expect(near(Double(try #require(scene.probability(of: "indoor"))), 0.2, 1e-6))
        #expect(scene.probability(of: "nightclub") == nil)
    }

    @Test func scoresThatAreNoneAreAnError() throws {
        let model = try SceneClassifier(name: "test", network: SceneOutputs.network(["office": .nan]))
        #expect(throws: ModelError.self) { try model.read(photo) }
    }
}

@Suite struct HeadPoseEstimatorTests {
    @Test func yawPointsToTheSideOfThePicture() throws {
        let network = FakeNetwork(input: [1, 3, 64, 64], outputs: ["output": [1, 3]]) { _, _ throws(ModelError) in
            ["output": Tensor([30, -10, 5] as [Float], shape: [1, 3])]
        }
        let pose = try HeadPoseEstimator(name: "test", network: network)
            .read(Image(width: 100, height: 100, colour: .white), face: Box(x: 10, y: 10, width: 50, height: 60))
        #expect(pose == FacePose(yaw: -30, pitch: -10, roll: 5, source: .model))
        let tensor = try #require(network.seen.withLock { $0.first })
        #expect(tensor.shape == [1, 3, 64, 64])
        // White, (255 - 127.5) / 128, in the middle.
        #expect(tensor.floats[32 * 64 + 32] == 127.5 / 128)
    }

    @Test func anglesThatAreNoneAreAnError() throws {
        let network = FakeNetwork(input: [1, 3, 64, 64], outputs: ["output": [1, 3]]) { _, _ throws(ModelError) in
            ["output": Tensor([.infinity, 0, 0] as [Float], shape: [1, 3])]
        }
        let model = try HeadPoseEstimator(name: "test", network: network)
        #expect(throws: ModelError.self) {
            try model.read(Image(width: 10, height: 10, colour: .white), face: Box(x: 0, y: 0, width: 9, height: 9))
        }
    }

    /// A frontal face, and the same with the nose moved or the whole turned.
    @Test func rulesOverFivePoints() {
        let straight = face(100, 100, 100, 100).points
        #expect(abs(straight.pose.yaw) < 1 && abs(straight.pose.roll) < 1)
        #expect(abs(straight.pose.pitch) < 10)
        #expect(straight.pose.source == .points)
        for shift in [-12.0, 12] {
            let turned = FacePoints(
                rightEye: straight.rightEye, leftEye: straight.leftEye,
                nose: Point(x: straight.nose.x + shift, y: straight.nose.y),
                rightMouthCorner: straight.rightMouthCorner, leftMouthCorner: straight.leftMouthCorner)
            #expect(abs(turned.pose.yaw) > 20 && (turned.pose.yaw < 0) == (shift < 0))
            #expect(near(Double(turned.noseOffset), shift / 40, 1e-6))
        }
    }

    @Test(arguments: [-40.0, -15, 0, 15, 40])
    func leanIsThatOfTheEyes(degrees: Double) {
        let upright = face(100, 100, 100, 100).points
        let similarity = Similarity(
            a: cosine(degrees), b: sine(degrees), tx: 0, ty: 0)
        let points = upright.all.map { point in
            let moved = similarity.apply(Images.Point(x: point.x, y: point.y))
            return Vision.Point(x: moved.x, y: moved.y)
        }
        let turned = FacePoints(
            rightEye: points[0], leftEye: points[1], nose: points[2], rightMouthCorner: points[3],
            leftMouthCorner: points[4])
        #expect(near(Double(turned.eyeRoll), degrees, 0.01))
        #expect(near(Double(turned.noseOffset), Double(upright.noseOffset), 1e-4))
        #expect(near(Double(turned.pose.pitch), Double(upright.pose.pitch), 0.01))
    }

    @Test func pointsThatCoincideAreHarmless() {
        let point = Vision.Point(x: 5, y: 5)
        let points = FacePoints(
            rightEye: point, leftEye: point, nose: point, rightMouthCorner: point, leftMouthCorner: point)
        #expect(points.pose.yaw == 0 && points.pose.pitch.isFinite && points.noseOffset == 0)
    }
}

@Suite struct BodyPoseEstimatorTests {
    /// Heatmaps with one peak a part, at column 2 p + 1 and row 3 p + 2 of part p.
    private static func maps(_ shape: (inout [Float], Int) -> Void = { _, _ in }) -> Tensor {
        var values = [Float](repeating: 0, count: 17 * 64 * 48)
        for part in 0..<17 {
            values[part * 64 * 48 + (3 * part + 2) * 48 + 2 * part + 1] = 0.5 + Float(part) / 100
            shape(&values, part)
        }
        return Tensor(values, shape: [1, 17, 64, 48])
    }

    private func read(_ maps: Tensor, _ box: Box) throws -> [Keypoint] {
        let network = FakeNetwork(input: [1, 3, 256, 192], outputs: BodyPoseEstimator.outputShapes) {
            _, _ throws(ModelError) in ["hybridsequential0_conv7_fwd": maps]
        }
        return try BodyPoseEstimator(name: "test", network: network)
            .read(Image(width: 640, height: 480, colour: .white), person: box)
    }

    @Test func partsComeInTheOrderOfCOCO() throws {
        let box = Box(x: 100, y: 100, width: 96, height: 128)
        let keypoints = try read(Self.maps(), box)
        #expect(keypoints.map(\.part) == BodyPart.allCases)
        #expect(BodyPart.allCases.map(\.name)[0...2] == ["nose", "left_eye", "right_eye"])
        #expect(BodyPart.rightAnkle.name == "right_ankle" && BodyPart.rightAnkle.rawValue == 16)
        let part = BodyPoseEstimator.part(for: box)
        for (index, keypoint) in keypoints.enumerated() {
            #expect(abs(keypoint.score - (0.5 + Float(index) / 100)) < 1e-6)
            // A cell is a 48th of the crop, whose edges are whole pixels.
            #expect(near(keypoint.point.x, part.x.rounded() + Double(2 * index + 1) / 48 * part.width, 1))
            #expect(near(keypoint.point.y, part.y.rounded() + Double(3 * index + 2) / 64 * part.height, 1))
        }
    }

    /// The embedded network's maps hold two parts more, and its cells are meant by their middles.
    @Test func theCompactOneReadsSquares() throws {
        var values = [Float](repeating: 0, count: 19 * 40 * 40)
        for part in 0..<19 { values[part * 1600 + (2 * part + 1) * 40 + part + 3] = 0.5 }
        let network = FakeNetwork(input: [1, 3, 160, 160], outputs: ["heatmaps": [1, 19, 40, 40]]) {
            [values] _, _ throws(ModelError) in ["heatmaps": Tensor(values, shape: [1, 19, 40, 40])]
        }
        let box = Box(x: 100, y: 100, width: 80, height: 200)
        let keypoints = try CompactBodyPoseEstimator(name: "test", network: network)
            .read(Image(width: 640, height: 480, colour: .white), person: box)
        #expect(keypoints.map(\.part) == BodyPart.allCases)
        let part = CompactBodyPoseEstimator.part(for: box)
        #expect(near(part.width, 220, 1e-9) && near(part.height, 220, 1e-9))
        for (index, keypoint) in keypoints.enumerated() {
            #expect(near(keypoint.point.x, part.x.rounded() + (Double(index) + 3.5) / 40 * 220, 1))
            #expect(near(keypoint.point.y, part.y.rounded() + (Double(2 * index) + 1.5) / 40 * 220, 1))
        }
    }

    @Test func peaksLeanToTheHigherNeighbour() throws {
        let leaning = Self.maps { values, part in
            let peak = part * 64 * 48 + (3 * part + 2) * 48 + 2 * part + 1
            values[peak + 1] = 0.2
            values[peak - 48] = 0.1
        }
        let box = Box(x: 100, y: 100, width: 192, height: 256)
        let (plain, leant) = (try read(Self.maps(), box), try read(leaning, box))
        let cell = BodyPoseEstimator.part(for: box).width / 48
        for (a, b) in zip(plain, leant) {
            #expect(near(b.point.x - a.point.x, 0.25 * cell, 0.02))
            #expect(near(b.point.y - a.point.y, -0.25 * cell, 0.02))
        }
    }

    @Test func peaksAtTheEdgeStay() throws {
        var values = [Float](repeating: 0, count: 17 * 64 * 48)
        for part in 0..<17 { values[part * 64 * 48 + (part % 2 == 0 ? 0 : 64 * 48 - 1)] = 1 }
        let box = Box(x: 0, y: 0, width: 48, height: 64)
        let keypoints = try read(Tensor(values, shape: [1, 17, 64, 48]), box)
        let part = BodyPoseEstimator.part(for: box)
        #expect(
            near(keypoints[0].point.x, part.x.rounded(), 0.01) && near(keypoints[0].point.y, part.y.rounded(), 0.01))
        #expect(keypoints[1].point.x < part.right.rounded() && keypoints[1].point.y < part.bottom.rounded())
    }

    @Test(arguments: [Box(x: 0, y: 0, width: 300, height: 100), Box(x: 50, y: 20, width: 40, height: 400)])
    func cropHasTheProportionsOfTheInput(box: Box) {
        let part = BodyPoseEstimator.part(for: box)
        #expect(near(part.width / part.height, 0.75, 1e-9))
        #expect(near(part.centre.x, box.centre.x) && near(part.centre.y, box.centre.y))
        #expect(part.width >= box.width * 1.1 - 1e-9 && part.height >= box.height * 1.1 - 1e-9)
    }
}
