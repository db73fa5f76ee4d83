import Tensors

/// Quantised numbers as 32-bit integers, their zero points subtracted.
enum Centered {
    /// - Parameter zeroPoint: the one to subtract from the element at a place.
    static func fill(_ target: Buffer<Int32>, from tensor: Tensor, zeroPoint: (Int) -> Int32) {
        func fill<Value: TensorElement & FixedWidthInteger>(_: Value.Type) {
            let x = tensor.elements(as: Value.self)
            for index in x.indices { target[index] = Int32(truncatingIfNeeded: x[index]) &- zeroPoint(index) }
        }
        tensor.type == .int8 ? fill(Int8.self) : fill(UInt8.self)
    }

    /// The numbers of a zero point, one or several; one 0 where there is none.
    static func zeroPoints(_ tensor: Tensor?) -> [Int32] { tensor?.integers.map { Int32($0) } ?? [0] }
}
