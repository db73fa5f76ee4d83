import ONNX
import Synchronization
import Tensors
import Vision

/// A network whose outputs a test makes up.
final class FakeNetwork: Network {
    let inputs: [ValueInfo]
    let outputs: [ValueInfo]
    /// The tensors it was given, in order.
    let seen = Mutex<[Tensor]>([])
    private let answer: @Sendable (Tensor, Int) throws(ModelError) -> [String: Tensor]

    /// - Parameter answer: the outputs for an input and the number of runs before.
    init(
        input: [Int?], outputs: [String: [Int?]],
        answer: @escaping @Sendable (Tensor, Int) throws(ModelError) -> [String: Tensor]
    ) {
        inputs = [ValueInfo(name: "input", type: .float32, shape: input)]
        self.outputs = outputs.map { ValueInfo(name: $0.key, type: .float32, shape: $0.value) }
        self.answer = answer
    }

    func run(_ inputs: [String: Tensor]) throws(ModelError) -> [String: Tensor] {
        guard let tensor = inputs["input"] else { throw ModelError("no input") }
        let before = seen.withLock { seen in
            seen.append(tensor)
            return seen.count - 1
        }
        return try answer(tensor, before)
    }
}

/// Made-up outputs of YuNet.
struct FaceOutputs {
    /// Size of the input.
    var width = 64
    var height = 64
    private var tensors: [String: [Float]] = [:]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        for stride in [8, 16, 32] {
            let cells = width / stride * (height / stride)
            for (part, size) in [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)] {
                tensors["\(part)_\(stride)"] = [Float](repeating: 0, count: cells * size)
            }
        }
    }

    /// Puts a face of this box (in pixels of the input) into the cell of the stride that holds its corner or centre.
    mutating func put(
        stride: Int, column: Int, row: Int, score: Float, x: Float, y: Float, width boxWidth: Float,
        height boxHeight: Float, points: [(Float, Float)] = Array(repeating: (0, 0), count: 5)
    ) {
        let cell = row * (width / stride) + column
        let step = Float(stride)
        tensors["cls_\(stride)"]![cell] = score
        tensors["obj_\(stride)"]![cell] = score
        let box = [
            (x + boxWidth / 2) / step - Float(column), (y + boxHeight / 2) / step - Float(row),
            logarithm(boxWidth / step), logarithm(boxHeight / step),
        ]
        for index in 0..<4 { tensors["bbox_\(stride)"]![cell * 4 + index] = box[index] }
        for (index, point) in points.enumerated() {
            tensors["kps_\(stride)"]![cell * 10 + 2 * index] = point.0 / step - Float(column)
            tensors["kps_\(stride)"]![cell * 10 + 2 * index + 1] = point.1 / step - Float(row)
        }
    }

    mutating func set(_ output: String, _ index: Int, _ value: Float) { tensors[output]![index] = value }

    var all: [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (name, values) in tensors {
            let size = name.hasPrefix("bbox") ? 4 : name.hasPrefix("kps") ? 10 : 1
            result[name] = Tensor(values, shape: [1, values.count / size, size])
        }
        return result
    }

    static func network(
        _ answer: @escaping @Sendable (Tensor, Int) throws(ModelError) -> [String: Tensor]
    ) -> FakeNetwork {
        FakeNetwork(input: [nil, 3, nil, nil], outputs: FaceDetector.outputShapes, answer: answer)
    }
}

/// Made-up outputs of the scene classifier.
enum SceneOutputs {
    /// - Parameter scores: by class; the others get nothing.
    static func network(_ scores: [String: Float], failing: Bool = false) -> FakeNetwork {
        let values = SceneClassifier.classes.map { scores[$0.label] ?? 0 }
        let size = SceneClassifier.rule.width
        return FakeNetwork(input: [1, 3, size, size], outputs: SceneClassifier.outputShapes) {
            _, _ throws(ModelError) in
            if failing { throw ModelError("the scene model is broken") }
            return ["probs": Tensor(values, shape: [1, values.count])]
        }
    }
}

/// Made-up outputs of a YOLOX head: a row of 5 + classes numbers a cell.
struct ObjectOutputs {
    private let labels: [String]
    private let side: Int
    private var values: [Float]

    /// - Parameters:
    ///   - side: of the input, in pixels.
    ///   - labels: the classes.
    init(side: Int = 416, labels: [String] = COCO.classes) {
        self.side = side
        self.labels = labels
        let cells = [8, 16, 32].reduce(0) { $0 + (side / $1) * (side / $1) }
        values = [Float](repeating: 0, count: cells * (5 + labels.count))
    }

    private var width: Int { 5 + labels.count }

    /// Puts a thing with this centre and size, in pixels of the input, into a cell of stride 32.
    mutating func put(_ label: String, score: Float, x: Float, y: Float, width boxWidth: Float, height: Float) {
        let start = cell(column: Int(x / 32), row: Int(y / 32)) * width
        values[start] = x / 32 - Float(Int(x / 32))
        values[start + 1] = y / 32 - Float(Int(y / 32))
        values[start + 2] = logarithm(boxWidth / 32)
        values[start + 3] = logarithm(height / 32)
        values[start + 4] = score
        values[start + 5 + labels.firstIndex(of: label)!] = 1
    }

    /// The number of a cell of stride 32.
    private func cell(column: Int, row: Int) -> Int {
        (side / 8) * (side / 8) + (side / 16) * (side / 16) + row * (side / 32) + column
    }

    mutating func set(_ index: Int, _ value: Float) { values[index] = value }

    var all: [String: Tensor] { ["output": Tensor(values, shape: [1, values.count / width, width])] }

    static func network(
        side: Int = 416, shapes: [String: [Int?]] = ObjectDetector.outputShapes,
        _ answer: @escaping @Sendable (Tensor, Int) throws(ModelError) -> [String: Tensor]
    ) -> FakeNetwork {
        FakeNetwork(input: [1, 3, side, side], outputs: shapes, answer: answer)
    }
}
