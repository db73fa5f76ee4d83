/// The type of one element of a ``Tensor``.
public enum ElementType: String, Sendable, CaseIterable {
    case float32, float64, float16, bfloat16
    case int64, int32, int16, int8
    case uint64, uint32, uint16, uint8
    /// One byte, 0 or 1.
    case bool

    /// Bytes one element takes.
    @inlinable public var byteSize: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}

/// A Swift type whose values can be the elements of a ``Tensor``.
///
/// float16 and bfloat16 tensors are read as their `UInt16` bit patterns, bool ones as `UInt8`.
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The element types whose memory may be read as this Swift type; the first is the one a new tensor gets.
    static var elementTypes: [ElementType] { get }
}

extension Float: TensorElement {
    /// Elements of float32 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.float32] }
}
extension Double: TensorElement {
    /// Elements of float64 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.float64] }
}
extension Int64: TensorElement {
    /// Elements of int64 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.int64] }
}
extension Int32: TensorElement {
    /// Elements of int32 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.int32] }
}
extension Int16: TensorElement {
    /// Elements of int16 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.int16] }
}
extension Int8: TensorElement {
    /// Elements of int8 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.int8] }
}
extension UInt64: TensorElement {
    /// Elements of uint64 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.uint64] }
}
extension UInt32: TensorElement {
    /// Elements of uint32 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.uint32] }
}
extension UInt16: TensorElement {
    /// Elements of uint16 or float16 or bfloat16 tensors.
    @inlinable public static var elementTypes: [ElementType] { [.uint16, .float16, .bfloat16] }
}
extension UInt8: TensorElement {
    /// Elements of uint8 or bool tensors.
    @inlinable public static var elementTypes: [ElementType] { [.uint8, .bool] }
}
