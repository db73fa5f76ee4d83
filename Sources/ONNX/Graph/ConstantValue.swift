import Synchronization
import Tensors

/// A value known before any run: a tensor, or how to make one of the file's bytes when it is wanted.
///
/// Weights mostly stand at odd addresses in a file and have to be copied to be read; kernels then read a packed form of the
/// copy. What is made late, and let go of once it is packed, is never there twice.
struct ConstantValue: Sendable {
    let type: ElementType
    let shape: [Int]
    private let source: Source

    private enum Source {
        case tensor(Tensor)
        case late(Late)
    }

    private final class Late: Sendable {
        let make: @Sendable () -> Tensor
        let made = Mutex<Tensor?>(nil)

        init(_ make: @escaping @Sendable () -> Tensor) { self.make = make }
    }

    init(_ tensor: Tensor) {
        type = tensor.type
        shape = tensor.shape
        source = .tensor(tensor)
    }

    /// - Parameter make: gives a tensor of this type, the same each time it is called.
    init(_ type: TensorType, make: @escaping @Sendable () -> Tensor) {
        self.type = type.type
        shape = type.shape
        source = .late(Late(make))
    }

    /// Number of elements.
    var count: Int { shape.reduce(1, *) }
    var byteCount: Int { count * type.byteSize }
    var tensorType: TensorType { TensorType(type: type, shape: shape) }

    /// The tensor, which is there from now on.
    var tensor: Tensor {
        switch source {
        case .tensor(let tensor): return tensor
        case .late(let late):
            return late.made.withLock { made in
                if let made { return made }
                let tensor = late.make()
                made = tensor
                return tensor
            }
        }
    }

    /// Calls `body` with the tensor, which is let go of after that unless somebody else wants it.
    func once<Result>(_ body: (Tensor) -> Result) -> Result {
        switch source {
        case .tensor(let tensor):
            defer { tensor.storage.release(tensor.byteOffset..<tensor.byteOffset + tensor.byteCount) }
            return body(tensor)
        case .late(let late): return body(late.made.withLock { $0 } ?? late.make())
        }
    }

    /// What `change` makes of it, each time it is wanted.
    func map(_ type: ElementType, _ change: @escaping @Sendable (Tensor) -> Tensor) -> ConstantValue {
        ConstantValue(TensorType(type: type, shape: shape)) { once(change) }
    }
}
