import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Numbers that the two-operand operators compute with: floats, and integers that wrap around.
protocol Arithmetic: TensorElement, Comparable {
    static func plus(_ a: Self, _ b: Self) -> Self
    static func minus(_ a: Self, _ b: Self) -> Self
    static func times(_ a: Self, _ b: Self) -> Self
    /// Integers: towards zero; by zero, which ONNX leaves open, the dividend itself.
    static func over(_ a: Self, _ b: Self) -> Self
    static func power(_ a: Self, _ b: Self) -> Self
    /// The remainder with the divisor's sign, as in Python.
    static func modulo(_ a: Self, _ b: Self) -> Self
    /// The remainder with the dividend's sign, as C's `fmod`.
    static func remainder(_ a: Self, _ b: Self) -> Self
    /// NaN where either is.
    static func smaller(_ a: Self, _ b: Self) -> Self
    /// NaN where either is.
    static func larger(_ a: Self, _ b: Self) -> Self
}

extension Arithmetic where Self: FixedWidthInteger {
    static func plus(_ a: Self, _ b: Self) -> Self { a &+ b }
    static func minus(_ a: Self, _ b: Self) -> Self { a &- b }
    static func times(_ a: Self, _ b: Self) -> Self { a &* b }
    static func over(_ a: Self, _ b: Self) -> Self { a.dividedReportingOverflow(by: b).partialValue }

    static func power(_ a: Self, _ b: Self) -> Self {
        guard b >= 0 else { return a == 1 ? 1 : a == 0 &- 1 ? (b & 1 == 0 ? 1 : a) : 0 }
        var (result, base, exponent) = (Self(1), a, b)
        while exponent > 0 {
            if exponent & 1 == 1 { result = result &* base }
            base = base &* base
            exponent >>= 1
        }
        return result
    }

    static func modulo(_ a: Self, _ b: Self) -> Self {
        let rest = remainder(a, b)
        return rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest
    }

    static func remainder(_ a: Self, _ b: Self) -> Self {
        b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
    }

    static func smaller(_ a: Self, _ b: Self) -> Self { Swift.min(a, b) }
    static func larger(_ a: Self, _ b: Self) -> Self { Swift.max(a, b) }
}

extension Arithmetic where Self: BinaryFloatingPoint {
    static func plus(_ a: Self, _ b: Self) -> Self { a + b }
    static func minus(_ a: Self, _ b: Self) -> Self { a - b }
    static func times(_ a: Self, _ b: Self) -> Self { a * b }
    static func over(_ a: Self, _ b: Self) -> Self { a / b }

    static func modulo(_ a: Self, _ b: Self) -> Self {
        let rest = a.truncatingRemainder(dividingBy: b)
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }

    static func remainder(_ a: Self, _ b: Self) -> Self { a.truncatingRemainder(dividingBy: b) }
    static func smaller(_ a: Self, _ b: Self) -> Self { a.isNaN || a < b ? a : b }
    static func larger(_ a: Self, _ b: Self) -> Self { a.isNaN || a > b ? a : b }
}

extension Float: Arithmetic {
    static func power(_ a: Float, _ b: Float) -> Float { b == 2 ? a * a : pow(a, b) }
}

extension Double: Arithmetic {
    static func power(_ a: Double, _ b: Double) -> Double { b == 2 ? a * a : pow(a, b) }
}

extension Int64: Arithmetic {}
extension Int32: Arithmetic {}
extension Int16: Arithmetic {}
extension Int8: Arithmetic {}
extension UInt64: Arithmetic {}
extension UInt32: Arithmetic {}
extension UInt16: Arithmetic {}
extension UInt8: Arithmetic {}

extension ElementType {
    /// The Swift type that elements of this type are computed in; nil for bool, and for half precision, which does not
    /// occur within a graph.
    var arithmetic: (any (Arithmetic & Numeric).Type)? {
        switch self {
        case .float32: Float.self
        case .float64: Double.self
        case .int64: Int64.self
        case .int32: Int32.self
        case .int16: Int16.self
        case .int8: Int8.self
        case .uint64: UInt64.self
        case .uint32: UInt32.self
        case .uint16: UInt16.self
        case .uint8: UInt8.self
        case .bool, .float16, .bfloat16: nil
        }
    }

    /// The types of ``arithmetic``.
    static let numbers: [ElementType] = [.float32, .float64] + integers
}

/// Two-operand loops over broadcast tensors.
enum Pairwise {
    /// Fills `y` with `body` of each pair of elements.
    static func run<In: TensorElement, Out: TensorElement>(
        _ broadcast: Broadcast, _ a: Buffer<In>, _ b: Buffer<In>, into y: Buffer<Out>, pool: WorkerPool,
        _ body: @Sendable (In, In) -> Out
    ) {
        let steps = broadcast.innerStrides
        pool.split(broadcast.count, chunk: elementwiseChunk) { range in
            a.withSpan { a in
                b.withSpan { b in
                    y.withMutableSpan { y in
                        broadcast.walk(range) { start, count, offsets in
                            for index in 0..<count {
                                y[start + index] = body(
                                    a[offsets[0] + index * steps[0]], b[offsets[1] + index * steps[1]])
                            }
                        }
                    }
                }
            }
        }
    }

    /// A kernel for two rows, and for a row and a number on either side.
    struct Rows: Sendable {
        let rows: @Sendable (Buffer<Float>, Buffer<Float>, Buffer<Float>) -> Void
        let rowAndNumber: @Sendable (Buffer<Float>, Float, Buffer<Float>) -> Void
        let numberAndRow: @Sendable (Float, Buffer<Float>, Buffer<Float>) -> Void
    }

    /// The same with kernels, for floats.
    static func run(
        _ broadcast: Broadcast, _ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>, pool: WorkerPool,
        kernels: Rows
    ) {
        let steps = broadcast.innerStrides
        pool.split(broadcast.count, chunk: elementwiseChunk) { range in
            broadcast.walk(range) { start, count, offsets in
                let target = y[start..<start + count]
                switch (steps[0], steps[1]) {
                case (0, 0): kernels.rowAndNumber(a[offsets[0]..<offsets[0] + 1], b[offsets[1]], y[start..<start + 1])
                case (0, _): kernels.numberAndRow(a[offsets[0]], b[offsets[1]..<offsets[1] + count], target)
                case (_, 0): kernels.rowAndNumber(a[offsets[0]..<offsets[0] + count], b[offsets[1]], target)
                default:
                    kernels.rows(a[offsets[0]..<offsets[0] + count], b[offsets[1]..<offsets[1] + count], target)
                }
            }
        }
    }
}
