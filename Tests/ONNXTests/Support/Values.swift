import Tensors
import TestSupport

/// A float tensor.
func floats(_ shape: [Int], _ values: [Float]) -> Tensor { Tensor(values, shape: shape) }

/// An int64 tensor; of one dimension where no shape is given.
func ints(_ values: [Int], _ shape: [Int]? = nil) -> Tensor {
    Tensor(values.map { Int64($0) }, shape: shape ?? [values.count])
}

/// A bool tensor; of one dimension where no shape is given.
func bools(_ values: [Bool], _ shape: [Int]? = nil) -> Tensor {
    let tensor = Tensor(shape: shape ?? [values.count], type: .bool)
    for (index, value) in values.enumerated() { tensor.elements(as: UInt8.self)[index] = value ? 1 : 0 }
    return tensor
}

/// A tensor of any type from numbers it can hold.
func tensor(_ type: ElementType, _ shape: [Int], _ values: [Double]) -> Tensor {
    let tensor = Tensor(shape: shape, type: type)
    for (index, value) in values.enumerated() {
        switch type {
        case .float32: tensor.floats[index] = Float(value)
        case .float64: tensor.elements(as: Double.self)[index] = value
        case .float16: tensor.elements(as: UInt16.self)[index] = halfBits(value)
        case .bfloat16: tensor.elements(as: UInt16.self)[index] = UInt16(Float(value).bitPattern >> 16)
        case .int64: tensor.elements(as: Int64.self)[index] = Int64(value)
        case .int32: tensor.elements(as: Int32.self)[index] = Int32(value)
        case .int16: tensor.elements(as: Int16.self)[index] = Int16(value)
        case .int8: tensor.elements(as: Int8.self)[index] = Int8(value)
        case .uint64: tensor.elements(as: UInt64.self)[index] = UInt64(value)
        case .uint32: tensor.elements(as: UInt32.self)[index] = UInt32(value)
        case .uint16: tensor.elements(as: UInt16.self)[index] = UInt16(value)
        case .uint8, .bool: tensor.elements(as: UInt8.self)[index] = UInt8(value)
        }
    }
    return tensor
}

/// Evenly spread values over -1...1, the same every time.
func random(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    var generator = TestRandom(seed: seed)
    return Tensor(generator.floats(shape.reduce(1, *)), shape: shape)
}

/// 0, 1, 2, ...
func counting(_ shape: [Int]) -> Tensor { floats(shape, (0..<shape.reduce(1, *)).map { Float($0) }) }

/// The elements as numbers, whatever their type.
func numbers(_ tensor: Tensor) -> [Double] {
    switch tensor.type {
    case .float32: tensor.floats.array.map(Double.init)
    case .float64: tensor.elements(as: Double.self).array
    case .float16: tensor.elements(as: UInt16.self).array.map(halfValue)
    case .bfloat16:
        tensor.elements(as: UInt16.self).array.map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .int64: tensor.elements(as: Int64.self).array.map(Double.init)
    case .int32: tensor.elements(as: Int32.self).array.map(Double.init)
    case .int16: tensor.elements(as: Int16.self).array.map(Double.init)
    case .int8: tensor.elements(as: Int8.self).array.map(Double.init)
    case .uint64: tensor.elements(as: UInt64.self).array.map { Double($0) }
    case .uint32: tensor.elements(as: UInt32.self).array.map(Double.init)
    case .uint16: tensor.elements(as: UInt16.self).array.map(Double.init)
    case .uint8, .bool: tensor.elements(as: UInt8.self).array.map(Double.init)
    }
}

/// The value of a binary16, from its definition.
func halfValue(_ bits: UInt16) -> Double {
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    func power(_ n: Int) -> Double { Double(sign: .plus, exponent: n, significand: 1) }
    return exponent == 0 ? sign * fraction * power(-24) : sign * (1 + fraction / 1024) * power(exponent - 15)
}

/// The binary16 nearest to `value`, found by search; ties go to the even one.
func halfBits(_ value: Double) -> UInt16 {
    if value.isNaN { return 0x7E00 }
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let magnitude = abs(value)
    if magnitude >= 65520 { return sign | 0x7C00 }
    var low: UInt16 = 0
    var high: UInt16 = 0x7BFF
    while low < high {
        let middle = (low + high + 1) / 2
        if halfValue(middle) <= magnitude { low = middle } else { high = middle - 1 }
    }
    let next = low == 0x7BFF ? 65536 : halfValue(low + 1)
    let (below, above) = (magnitude - halfValue(low), next - magnitude)
    return sign | (above < below || (above == below && low % 2 == 1) ? low + 1 : low)
}

/// Where two tensors differ by more than a share of the largest expected value, in words; nil where they agree.
func difference(_ got: Tensor?, _ expected: Tensor, relative: Double) -> String? {
    guard let got else { return "no such output" }
    guard got.shape == expected.shape else { return "shape \(got.shape), expected \(expected.shape)" }
    guard got.type == expected.type else { return "type \(got.type), expected \(expected.type)" }
    let (a, b) = (numbers(got), numbers(expected))
    let largest = b.lazy.filter(\.isFinite).map(abs).max() ?? 0
    for (index, (x, y)) in zip(a, b).enumerated() where x != y && !(x.isNaN && y.isNaN) {
        if !(abs(x - y) <= relative * largest) { return "at \(index): \(x), expected \(y)" }
    }
    return nil
}
