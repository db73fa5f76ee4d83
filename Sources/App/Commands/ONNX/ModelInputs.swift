import ArgumentParser
import ONNX
import Tensors

/// What a model is run on: arrays of NumPy, and made-up ones for the inputs that have none.
struct ModelInputs: ParsableArguments {
    @Option(help: "An input as NAME=FILE.npy; may be given several times.")
    var input: [String] = []

    @Option(help: "The shape of an input that is made up, as NAME=1,3,640,640; may be given several times.")
    var shape: [String] = []

    /// The most elements of an input that is made up.
    private static let largestInput = 1 << 28

    /// What becomes of the dimensions that the model leaves open, in inputs that are made up without a shape.
    enum OpenDimensions {
        /// They are 1.
        case one
        /// The first, mostly the number of images, is 1; others have to be said.
        case firstIsOne
    }

    /// The inputs that were given and those that are made up: floating-point ones of random numbers from 0 to 1, the
    /// same each time, others of zeros.
    func tensors(for session: Session, opening: OpenDimensions = .one) throws -> [String: Tensor] {
        let files = try pairs(input, "input")
        let shapes = try pairs(shape, "shape").mapValues(parseShape)
        let known = Set(session.inputs.map(\.name))
        if let name = (Array(files.keys) + Array(shapes.keys)).sorted().first(where: { !known.contains($0) }) {
            throw Failure(.usage, "the model has no input '\(name)'; it has \(known.sorted().joined(separator: ", "))")
        }
        var inputs: [String: Tensor] = [:]
        for info in session.inputs {
            if let file = files[info.name] {
                do { inputs[info.name] = try Npy.read(file) } catch { throw Failure(.badInput, "\(error)") }
                continue
            }
            let shape = try shapes[info.name] ?? ownShape(info, opening)
            guard let count = Tensor.count(of: shape), count <= Self.largestInput else {
                throw Failure(.usage, "the input '\(info.name)' would have more than \(Self.largestInput) elements")
            }
            inputs[info.name] = madeUp(shape, info.type)
        }
        return inputs
    }

    /// The shape that the model itself tells.
    private func ownShape(_ info: ValueInfo, _ opening: OpenDimensions) throws -> [Int] {
        guard let shape = info.shape else {
            throw Failure(.usage, "the model does not say how many dimensions '\(info.name)' has: use --shape")
        }
        if opening == .firstIsOne, let open = shape.indices.dropFirst().first(where: { shape[$0] == nil }) {
            throw Failure(
                .usage, "the model leaves dimension \(open) of '\(info.name)' \(info.shapeText) open: use --shape")
        }
        return shape.map { $0 ?? 1 }
    }

    private func madeUp(_ shape: [Int], _ type: ElementType) -> Tensor {
        let tensor = Tensor(shape: shape, type: type)
        var state: UInt64 = 0
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
        switch type {
        case .float32, .float16:
            let floats = type == .float32 ? tensor : Tensor(shape: shape, type: .float32)
            let elements = floats.elements(as: Float.self)
            for index in elements.indices { elements[index] = Float(random()) }
            if type == .float16 { Kernel.float16(elements, into: tensor.elements(as: UInt16.self)) }
        case .float64:
            let elements = tensor.elements(as: Double.self)
            for index in elements.indices { elements[index] = random() }
        default: break
        }
        return tensor
    }

    /// `NAME=VALUE` words by name.
    private func pairs(_ words: [String], _ option: String) throws -> [String: String] {
        try Dictionary(
            words.map { word in
                guard let sign = word.lastIndex(of: "="), sign != word.startIndex else {
                    throw Failure(.usage, "\(option): '\(word)' is not NAME=VALUE")
                }
                return (String(word[..<sign]), String(word[word.index(after: sign)...]))
            }
        ) { first, _ in first }
    }

    private func parseShape(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map { word in
            guard let size = Int(word), size >= 0 else {
                throw Failure(.usage, "shape: '\(text)' is not like 1,3,640,640")
            }
            return size
        }
    }
}
