import Tensors

/// `GatherND`: slices of the input at places given by the last dimension of the indices.
struct GatherND: Operator {
    static let signatures = [Signature(name: "GatherND", opsets: 11...28, inputs: 2...2)]

    private let batchDimensions: Int

    init(_ attributes: inout Attributes) throws(ModelError) {
        batchDimensions = attributes.opset >= 12 ? try attributes.int("batch_dims", default: 0, in: 0...Limits.rank) : 0
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let (data, indices) = (inputs[0], inputs[1])
        try inputs.require(1, [.int64])
        let batch = batchDimensions
        guard let depth = indices.shape.last, batch < indices.rank, batch < data.rank, depth >= 1,
            depth <= data.rank - batch, data.shape[..<batch] == indices.shape[..<batch]
        else { throw ModelError("indices do not fit the input", got: "\(indices.shape) and \(data.shape)") }
        let shape = Array(indices.shape.dropLast() + data.shape[(batch + depth)...])
        try Limits.check(shape: shape)
        let strides = StridedRead.rowMajor(data.shape)
        let width = data.shape[(batch + depth)...].reduce(data.type.byteSize, *)
        let batches = data.shape[..<batch].reduce(1, *)
        let batchStride = data.shape[batch...].reduce(1, *)
        let sizes = Array(data.shape[batch..<batch + depth])
        return Step(outputs: [TensorType(type: data.type, shape: shape)]) { frame throws(ModelError) in
            let places = frame.input(1).integers
            let perBatch = places.count / depth / max(batches, 1)
            let (source, target) = (frame.input(0).bytes, frame.output.bytes)
            for number in 0..<places.count / depth {
                var from = number / perBatch * batchStride
                for part in 0..<depth {
                    let given = places[number * depth + part]
                    let index = given < 0 ? given + sizes[part] : given
                    guard index >= 0, index < sizes[part] else {
                        throw ModelError(
                            "an index is out of range", expected: "\(-sizes[part]) to \(sizes[part] - 1)",
                            got: "\(given)")
                    }
                    from += index * strides[batch + part]
                }
                let start = from * data.type.byteSize
                target[number * width..<(number + 1) * width].copy(from: source[start..<start + width])
            }
        }
    }
}
