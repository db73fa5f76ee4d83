import Tensors

/// How to run a graph for one set of input shapes: the steps, and where each value lies. Immutable, shared by all runs.
final class Plan: Sendable {
    /// Where a value's elements lie during a run.
    enum Location: Sendable {
        case constant(Tensor)
        /// In the tensor given for an input of the graph.
        case input(Int, byteOffset: Int)
        case arena(byteOffset: Int)
    }

    /// A value that steps read or write.
    struct Value: Sendable {
        let type: TensorType
        let location: Location
    }

    /// A node to run.
    struct Call: Sendable {
        /// The node's place in the graph.
        let node: Int
        /// Places in ``values``.
        let inputs: [Int?]
        let outputs: [Int?]
        /// Where in the arena its scratch memory lies, and its size in bytes.
        let workspace: Range<Int>
        let run: @Sendable (Frame) throws(ModelError) -> Void
    }

    let values: [Value]
    let calls: [Call]
    /// Places in ``values`` of the graph's outputs, and of what deferred nodes read.
    let kept: [Graph.ValueIndex: Int]
    /// Nodes that are planned and run one by one once the values they read are there, in their order.
    let deferred: [Int]
    /// Bytes of the arena.
    let arenaSize: Int
    /// Where in the arena the strands' scratch memory lies, and the bytes of each.
    let strandSpaces: (start: Int, count: Int, bytes: Int)
    /// Bytes of values that were computed while planning.
    let foldedBytes: Int

    init(
        values: [Value], calls: [Call], kept: [Graph.ValueIndex: Int], deferred: [Int], arenaSize: Int,
        strandSpaces: (start: Int, count: Int, bytes: Int), foldedBytes: Int
    ) {
        self.values = values
        self.calls = calls
        self.kept = kept
        self.deferred = deferred
        self.arenaSize = arenaSize
        self.strandSpaces = strandSpaces
        self.foldedBytes = foldedBytes
    }

    static func view(_ type: TensorType, _ storage: Storage, _ byteOffset: Int) -> Tensor {
        guard let tensor = Tensor(shape: type.shape, type: type.type, storage: storage, byteOffset: byteOffset) else {
            preconditionFailure("a value outside its memory")
        }
        return tensor
    }
}
