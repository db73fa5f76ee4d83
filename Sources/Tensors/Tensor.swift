/// An n-dimensional array: a shape, an element type and where its elements lie, row-major (last dimension fastest), contiguous.
///
/// A small handle: copies share the elements. See ``Storage`` for who may write.
public struct Tensor: Sendable {
    /// Sizes of the dimensions, outermost first; empty for a scalar.
    public let shape: [Int]
    /// What its elements are.
    public let type: ElementType
    /// The memory that they are part of.
    public let storage: Storage
    /// Where the first element lies in `storage`, in bytes.
    public let byteOffset: Int
    /// Number of elements: the product of `shape`.
    public let count: Int

    /// A view of part of `storage`, or nil where it would leave it, be misaligned, or have a negative or overflowing size.
    @inlinable public init?(shape: [Int], type: ElementType, storage: Storage, byteOffset: Int) {
        guard let count = Tensor.count(of: shape), byteOffset >= 0, byteOffset <= storage.byteCount else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: type.byteSize)
        guard !overflow, bytes <= storage.byteCount - byteOffset, byteOffset % type.byteSize == 0 else { return nil }
        self.shape = shape
        self.type = type
        self.storage = storage
        self.byteOffset = byteOffset
        self.count = count
    }

    /// New memory, all bits zero. The caller has checked the size against a budget.
    public init(shape: [Int], type: ElementType) {
        guard let count = Tensor.count(of: shape) else { preconditionFailure("a shape that overflows: \(shape)") }
        self.shape = shape
        self.type = type
        self.count = count
        byteOffset = 0
        storage = Storage(byteCount: count * type.byteSize)
    }

    /// New memory holding a copy of `elements`, whose number is the product of `shape`.
    @inlinable public init<Element: TensorElement>(_ elements: some Collection<Element>, shape: [Int]) {
        precondition(Tensor.count(of: shape) == elements.count, "\(elements.count) elements for shape \(shape)")
        let buffer = Buffer(elements)
        self.shape = shape
        type = Element.elementTypes[0]
        count = buffer.count
        storage = buffer.storage
        byteOffset = 0
    }

    /// The product of `shape`, or nil where a dimension is negative or the product overflows.
    @inlinable public static func count(of shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            guard size >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }

    /// Bytes the elements take.
    @inlinable public var byteCount: Int { count * type.byteSize }

    /// The elements, which must be of a type that `Element` can read; see ``TensorElement``.
    @inlinable public func elements<Element: TensorElement>(as type: Element.Type = Element.self) -> Buffer<Element> {
        precondition(Element.elementTypes.contains(self.type), "\(self.type) elements read as \(Element.self)")
        return Buffer(storage: storage, byteOffset: byteOffset, count: count)
    }

    /// The elements of a float32 tensor.
    @inlinable public var floats: Buffer<Float> {
        // Not by way of `elements(as:)`, which makes a list of types: tasks of some microseconds ask for floats.
        precondition(type == .float32, "\(type) elements read as Float")
        return Buffer(storage: storage, byteOffset: byteOffset, count: count)
    }

    /// The same elements under another shape of the same count.
    public func reshaped(_ shape: [Int]) -> Tensor {
        guard let tensor = Tensor(shape: shape, type: type, storage: storage, byteOffset: byteOffset),
            tensor.count == count
        else { preconditionFailure("\(self.shape) as \(shape)") }
        return tensor
    }
}
