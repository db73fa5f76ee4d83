import Tensors

/// Reading and converting elements whatever their type.
extension ElementType {
    var isFloatingPoint: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        default: false
        }
    }

    /// Types of whole numbers, bool not among them.
    static let integers: [ElementType] = [.int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8]

    /// The type that values of this one have inside a graph: half precision is computed in float32.
    var computed: ElementType { self == .float16 || self == .bfloat16 ? .float32 : self }
}

extension Tensor {
    /// A function that gives element i as a double-precision number.
    private var doubleReader: (Int) -> Double {
        func reader<Element: TensorElement>(_: Element.Type, _ convert: @escaping (Element) -> Double) -> (Int) ->
            Double
        {
            let elements = elements(as: Element.self)
            return { convert(elements[$0]) }
        }
        return switch type {
        case .float32: reader(Float.self) { Double($0) }
        case .float64: reader(Double.self) { $0 }
        case .float16: reader(UInt16.self) { Double(Half.float($0)) }
        case .bfloat16: reader(UInt16.self) { Double(Half.brainFloat($0)) }
        case .int64: reader(Int64.self) { Double($0) }
        case .int32: reader(Int32.self) { Double($0) }
        case .int16: reader(Int16.self) { Double($0) }
        case .int8: reader(Int8.self) { Double($0) }
        case .uint64: reader(UInt64.self) { Double($0) }
        case .uint32: reader(UInt32.self) { Double($0) }
        case .uint16: reader(UInt16.self) { Double($0) }
        case .uint8, .bool: reader(UInt8.self) { Double($0) }
        }
    }

    /// A function that gives element i of an integer or bool tensor, wrapped to 64 bits.
    private var integerReader: (Int) -> Int64 {
        func reader<Element: TensorElement & FixedWidthInteger>(_: Element.Type) -> (Int) -> Int64 {
            let elements = elements(as: Element.self)
            return { Int64(truncatingIfNeeded: elements[$0]) }
        }
        return switch type {
        case .int64: reader(Int64.self)
        case .int32: reader(Int32.self)
        case .int16: reader(Int16.self)
        case .int8: reader(Int8.self)
        case .uint64: reader(UInt64.self)
        case .uint32: reader(UInt32.self)
        case .uint16: reader(UInt16.self)
        case .uint8, .bool: reader(UInt8.self)
        default: preconditionFailure("\(type) elements read as integers")
        }
    }

    /// The elements of an integer or bool tensor.
    var integers: [Int] {
        let read = integerReader
        return (0..<count).map { Int(read($0)) }
    }

    /// The elements as double-precision numbers.
    var doubles: [Double] {
        let read = doubleReader
        return (0..<count).map { read($0) }
    }

    /// A copy with elements of another type, converted as ``convert(into:)`` does.
    func converted(to target: ElementType) -> Tensor {
        let result = Tensor(shape: shape, type: target)
        convert(into: result)
        return result
    }

    /// Writes the elements, converted as `Cast` does, to `result`, which has as many: fractions are cut off, integers
    /// wrap around, every number but 0 is true. Numbers past the range of an integer type, which ONNX leaves open,
    /// become its nearest, NaN becomes 0.
    func convert(into result: Tensor) {
        precondition(count == result.count, "\(count) elements into \(result.count)")
        switch (type, result.type) {
        case (.float16, .float32): Kernel.float32(fromFloat16: elements(as: UInt16.self), into: result.floats)
        case (.float32, .float16): Kernel.float16(floats, into: result.elements(as: UInt16.self))
        case (.bfloat16, .float32): Kernel.float32(fromBFloat16: elements(as: UInt16.self), into: result.floats)
        case (.float32, .bfloat16):
            Tensor.map(floats, result.elements(as: UInt16.self)) { Half.brainBits($0) }
        case (.int64, .float32):
            Tensor.map(elements(as: Int64.self), result.floats) { Float($0) }
        case (.uint8, .float32):
            Tensor.map(elements(as: UInt8.self), result.floats) { Float($0) }
        case let (from, to) where from == to: result.copyBits(from: self)
        case let (from, to) where !from.isFloatingPoint && !to.isFloatingPoint: convertIntegers(into: result)
        default: convertDoubles(into: result)
        }
    }

    private static func map<From: TensorElement, To: TensorElement>(
        _ source: Buffer<From>, _ target: Buffer<To>, _ body: (From) -> To
    ) {
        source.withSpan { source in
            target.withMutableSpan { target in
                for index in 0..<source.count { target[index] = body(source[index]) }
            }
        }
    }

    private func convertIntegers(into result: Tensor) {
        let read = integerReader
        func write<Element: TensorElement & FixedWidthInteger>(_: Element.Type) {
            let target = result.elements(as: Element.self)
            for index in 0..<count { target[index] = Element(truncatingIfNeeded: read(index)) }
        }
        switch result.type {
        case .bool:
            let target = result.elements(as: UInt8.self)
            for index in 0..<count { target[index] = read(index) == 0 ? 0 : 1 }
        case .int64, .uint64: result.type == .int64 ? write(Int64.self) : write(UInt64.self)
        case .int32, .uint32: result.type == .int32 ? write(Int32.self) : write(UInt32.self)
        case .int16, .uint16: result.type == .int16 ? write(Int16.self) : write(UInt16.self)
        default: result.type == .int8 ? write(Int8.self) : write(UInt8.self)
        }
    }

    private func convertDoubles(into result: Tensor) {
        let read = doubleReader
        func write<Element: TensorElement>(_: Element.Type, _ convert: (Double) -> Element) {
            let target = result.elements(as: Element.self)
            for index in 0..<count { target[index] = convert(read(index)) }
        }
        switch result.type {
        case .float32: write(Float.self) { Float($0) }
        case .float64: write(Double.self) { $0 }
        case .float16: write(UInt16.self) { Half.bits(Float($0)) }
        case .bfloat16: write(UInt16.self) { Half.brainBits(Float($0)) }
        case .int64: write(Int64.self) { clamped($0) }
        case .int32: write(Int32.self) { clamped($0) }
        case .int16: write(Int16.self) { clamped($0) }
        case .int8: write(Int8.self) { clamped($0) }
        case .uint64: write(UInt64.self) { clamped($0) }
        case .uint32: write(UInt32.self) { clamped($0) }
        case .uint16: write(UInt16.self) { clamped($0) }
        case .uint8: write(UInt8.self) { clamped($0) }
        case .bool: write(UInt8.self) { $0 == 0 ? 0 : 1 }
        }
    }

    /// A copy of a bool tensor whose bytes are all 0 or 1.
    func normalizedBooleans() -> Tensor {
        let result = Tensor(shape: shape, type: .bool)
        Tensor.map(elements(as: UInt8.self), result.elements(as: UInt8.self)) { $0 == 0 ? 0 : 1 }
        return result
    }

    /// The memory as unsigned numbers of the element's size, whatever the type.
    func bits<Bits: BitwiseCopyable>(_: Bits.Type = Bits.self) -> Buffer<Bits> {
        guard MemoryLayout<Bits>.size == type.byteSize,
            let bits = storage.buffer(of: Bits.self, at: byteOffset, count: count)
        else { preconditionFailure("\(type) read as \(Bits.self)") }
        return bits
    }

    /// The memory as bytes.
    var bytes: Buffer<UInt8> {
        guard let bytes = storage.buffer(of: UInt8.self, at: byteOffset, count: byteCount) else {
            preconditionFailure("a tensor outside its storage")
        }
        return bytes
    }

    /// The same elements in memory of their own.
    func copy() -> Tensor {
        let result = Tensor(shape: shape, type: type)
        result.copyBits(from: self)
        return result
    }

    /// Copies the memory of `source`, which has as many elements of the same size.
    func copyBits(from source: Tensor) {
        precondition(byteCount == source.byteCount, "\(source.byteCount) bytes into \(byteCount)")
        bytes.copy(from: source.bytes)
    }
}

/// `value` without its fraction as an integer, the nearest there is; 0 for NaN.
func clamped<Value: FixedWidthInteger>(_ value: Double) -> Value {
    if value.isNaN { return 0 }
    return Value(exactly: value.rounded(.towardZero)) ?? (value < 0 ? Value.min : Value.max)
}
