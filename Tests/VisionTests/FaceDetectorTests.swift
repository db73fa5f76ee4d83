import Images
import ONNX
import Synchronization
import Tensors
import Testing
import Vision

@Suite struct FaceDetectorTests {
    private func detector(_ outputs: FaceOutputs) throws -> FaceDetector {
        let all = outputs.all
        return try FaceDetector(name: "test", network: FaceOutputs.network { _, _ throws(ModelError) in all })
    }

    @Test(arguments: [8, 16, 32])
    func decodesABoxAndItsPoints(stride: Int) throws {
        var outputs = FaceOutputs(width: 128, height: 96)
        let points: [(Float, Float)] = [(20, 30), (40, 31), (30, 40), (22, 50), (38, 51)]
        outputs.put(stride: stride, column: 1, row: 2, score: 0.81, x: 10, y: 20, width: 40, height: 45, points: points)
        let found = try detector(outputs).find(in: Image(width: 128, height: 96, colour: .white))
        let face = try #require(found.faces.first)
        #expect(found.faces.count == 1)
        #expect(near(face.box, Box(x: 10, y: 20, width: 40, height: 45)))
        #expect(abs(face.score - 0.81) < 1e-5)
        for (point, expected) in zip(face.points.all, points) {
            #expect(near(point.x, Double(expected.0)) && near(point.y, Double(expected.1)))
        }
        #expect(face.points.rightEye.x < face.points.leftEye.x, "the right eye is on the picture's left")
    }

    @Test func placesAreThoseOfThePhoto() throws {
        // 1280 x 960 is halved.
        var outputs = FaceOutputs(width: 640, height: 480)
        outputs.put(stride: 8, column: 10, row: 10, score: 0.9, x: 100, y: 50, width: 60, height: 80)
        let found = try detector(outputs).find(in: Image(width: 1280, height: 960, colour: .white))
        #expect(near(found.faces[0].box, Box(x: 200, y: 100, width: 120, height: 160), 0.05))
    }

    @Test(arguments: [(Float(0.6), 1), (0.599, 0), (0.61, 1), (0.2, 0)])
    func scoreIsTheGeometricMeanOfBothOdds(score: Float, count: Int) throws {
        var outputs = FaceOutputs(width: 64, height: 64)
        outputs.put(stride: 8, column: 1, row: 1, score: 0.5, x: 5, y: 5, width: 20, height: 20)
        outputs.set("cls_8", 9, score * score / 0.9 + 1e-6)
        outputs.set("obj_8", 9, 0.9)
        let found = try detector(outputs).find(in: Image(width: 64, height: 64, colour: .white))
        #expect(found.faces.count == count)
        #expect(count == 1 ? found.doubt == 0 : abs(found.doubt - score) < 1e-3)
    }

    @Test func oneFaceSeenByTwoCellsIsOne() throws {
        var outputs = FaceOutputs(width: 64, height: 64)
        outputs.put(stride: 8, column: 2, row: 2, score: 0.8, x: 10, y: 10, width: 20, height: 20)
        outputs.put(stride: 8, column: 3, row: 2, score: 0.9, x: 11, y: 10, width: 20, height: 20)
        outputs.put(stride: 16, column: 1, row: 1, score: 0.7, x: 10, y: 11, width: 21, height: 20)
        let found = try detector(outputs).find(in: Image(width: 64, height: 64, colour: .white))
        #expect(found.faces.map(\.score).map { ($0 * 100).rounded() } == [90])
    }

    /// Which of two cells is a little surer hardly moves the box.
    @Test func nearTiesGiveNearlyTheSameBox() throws {
        func box(_ first: Float, _ second: Float) throws -> Box {
            var outputs = FaceOutputs(width: 64, height: 64)
            outputs.put(stride: 8, column: 2, row: 2, score: first, x: 10, y: 10, width: 40, height: 40)
            outputs.put(stride: 8, column: 3, row: 2, score: second, x: 14, y: 10, width: 40, height: 44)
            return try detector(outputs).find(in: Image(width: 64, height: 64, colour: .white)).faces[0].box
        }
        let (a, b) = (try box(0.901, 0.9), try box(0.9, 0.901))
        #expect(near(a, b, 1.5))
        #expect(a.x > 10 && a.x < 14 && a.height > 40 && a.height < 44)
        // A cell that barely qualifies barely counts.
        #expect(near(try box(0.9, 0.601), try box(0.9, 0.599), 0.1))
    }

    @Test func largestComesFirst() throws {
        var outputs = FaceOutputs(width: 128, height: 64)
        outputs.put(stride: 8, column: 8, row: 2, score: 0.9, x: 60, y: 10, width: 10, height: 8)
        outputs.put(stride: 8, column: 1, row: 2, score: 0.8, x: 5, y: 10, width: 10, height: 12)
        outputs.put(stride: 8, column: 12, row: 2, score: 0.7, x: 90, y: 10, width: 20, height: 20)
        let found = try detector(outputs).find(in: Image(width: 128, height: 64, colour: .white))
        #expect(found.faces.map { $0.box.x.rounded() } == [90, 5, 60])
    }

    @Test(arguments: [Float.nan, .infinity, 1e30])
    func numbersThatAreNoneGiveNoFace(value: Float) throws {
        for index in 0..<4 {
            var outputs = FaceOutputs(width: 64, height: 64)
            outputs.put(stride: 8, column: 1, row: 1, score: 0.9, x: 5, y: 5, width: 20, height: 20)
            outputs.set("bbox_8", 9 * 4 + index, value)
            #expect(try detector(outputs).find(in: Image(width: 64, height: 64, colour: .white)).faces.isEmpty)
        }
        var outputs = FaceOutputs(width: 64, height: 64)
        outputs.set("cls_8", 3, .nan)
        outputs.set("obj_8", 3, value)
        #expect(try detector(outputs).find(in: Image(width: 64, height: 64, colour: .white)).faces.isEmpty)
    }

    @Test func outputsOfTheWrongSizeAreAnError() throws {
        let outputs = FaceOutputs(width: 32, height: 64).all
        let detector = try FaceDetector(
            name: "test", network: FaceOutputs.network { _, _ throws(ModelError) in outputs })
        let error = #expect(throws: ModelError.self) {
            try detector.find(in: Image(width: 64, height: 64, colour: .white))
        }
        #expect(error?.description.contains("cls_8") == true)
    }

    @Test func aFixedInputIsFilledFromTheTopLeft() throws {
        let outputs = FaceOutputs(width: 320, height: 320).all
        let network = FakeNetwork(input: [1, 3, 320, 320], outputs: FaceDetector.outputShapes) {
            _, _ throws(ModelError) in outputs
        }
        let detector = try FaceDetector(name: "test", network: network)
        _ = try detector.find(in: Image(width: 640, height: 320, colour: .white))
        let tensor = try #require(network.seen.withLock { $0.first })
        #expect(tensor.shape == [1, 3, 320, 320])
        #expect(tensor.floats[0] == 255 && tensor.floats[159 * 320 + 319] == 255 && tensor.floats[160 * 320] == 0)
    }

    @Test(arguments: [[1, 3, 100, 100], [1, 1, 320, 320], [1, 3, 320], [2, 3, 320, 320]] as [[Int]])
    func otherInputsAreRefused(shape: [Int]) {
        let network = FakeNetwork(input: shape.map { $0 }, outputs: FaceDetector.outputShapes) {
            _, _ throws(ModelError) in [:]
        }
        #expect(throws: ModelError.self) { try FaceDetector(name: "test", network: network) }
    }

    @Test func aMissingOutputIsRefused() {
        var shapes = FaceDetector.outputShapes
        shapes["kps_16"] = nil
        let network = FakeNetwork(input: [1, 3, nil, nil], outputs: shapes) { _, _ throws(ModelError) in [:] }
        let error = #expect(throws: ModelError.self) { try FaceDetector(name: "yunet", network: network) }
        #expect(error?.description == "yunet has no output \"kps_16\"")
    }
}
