import Tensors

/// How a node computes: an ``Operator``, or what a rewrite put in its place.
protocol Implementation: Sendable {
    /// Infers types and shapes of the outputs, checks the inputs, and decides how to compute: all that depends on
    /// shapes and on inputs known beforehand happens here, once, so that ``Step/run`` only computes.
    func plan(_ inputs: Operands) throws(ModelError) -> Step

    // Requirements in place of casts: the first cast of each type to a protocol searches all conformances of the program, which
    // is a fifth of what making a session of a small model takes.

    /// This, if it can take an activation into it.
    var asFusingActivation: (any FusesActivation)? { get }
    /// This, if it can compute with images in blocks.
    var asHavingBlockedForm: (any HasBlockedForm)? { get }
}

extension Implementation {
    var asFusingActivation: (any FusesActivation)? { nil }
    var asHavingBlockedForm: (any HasBlockedForm)? { nil }
}

extension FusesActivation {
    var asFusingActivation: (any FusesActivation)? { self }
}

extension HasBlockedForm {
    var asHavingBlockedForm: (any HasBlockedForm)? { self }
}

/// One ONNX operator, or a small family of them, with the attributes of one node read.
///
/// To add one: a type in a file of its own, a line in ``OperatorTable/all``, its cases in the tests.
protocol Operator: Implementation {
    /// The operators this type implements.
    static var signatures: [Signature] { get }

    /// Reads the node's attributes; those left unread are reported as errors by the caller.
    init(_ attributes: inout Attributes) throws(ModelError)
}

/// An operator's name and how it is called.
struct Signature: Sendable {
    let name: String
    /// Versions of the standard operator set in which this implementation is right.
    var opsets = OperatorTable.opsets
    let inputs: ClosedRange<Int>
    var outputs = 1...1

    /// As many as a node may have.
    static let many = Limits.namesPerNode
}

/// Element type and shape of a tensor.
struct TensorType: Sendable, Equatable {
    let type: ElementType
    let shape: [Int]
}

/// What is known about one input of a node when its step is planned.
struct Operand: Sendable {
    let type: ElementType
    let shape: [Int]
    /// The value, where it is known beforehand.
    let known: ConstantValue?

    /// One whose value is not known.
    init(type: ElementType, shape: [Int]) {
        self.type = type
        self.shape = shape
        known = nil
    }

    /// One whose value is known.
    init(_ value: ConstantValue) {
        type = value.type
        shape = value.shape
        known = value
    }

    /// The value's tensor, where it is known beforehand.
    var constant: Tensor? { known?.tensor }
    var rank: Int { shape.count }
    /// Number of elements.
    var count: Int { shape.reduce(1, *) }
    var tensorType: TensorType { TensorType(type: type, shape: shape) }
}

/// The inputs of a node when its step is planned.
struct Operands: Sendable {
    var list: [Operand?]
    /// Bytes one tensor may take.
    let memoryLimit: Int
    /// Threads that will take part: for the size of workspaces, and for how work is cut where no result depends on that.
    let threads: Int
    /// Runs graphs that nodes hold; nil where only types are asked for.
    var evaluator: Evaluator?

    var count: Int { list.count }

    /// Input `index`, which the signature requires.
    subscript(index: Int) -> Operand {
        guard let operand = list[index] else { preconditionFailure("an input that the signature does not require") }
        return operand
    }

    /// Input `index` if the node has it.
    func optional(_ index: Int) -> Operand? { index < list.count ? list[index] : nil }

    /// Throws unless input `index` has one of `types`.
    func require(_ index: Int, _ types: [ElementType]) throws(ModelError) {
        guard !types.contains(self[index].type) else { return }
        throw ModelError(
            "element type of input \(index) is not supported",
            expected: types.map(\.rawValue).joined(separator: " or "), got: self[index].type.rawValue)
    }

    /// Throws unless input `index` is float32, in one of `ranks` dimensions.
    func requireFloats(_ index: Int, ranks: ClosedRange<Int> = 0...Limits.rank) throws(ModelError) {
        try require(index, [.float32])
        guard !ranks.contains(self[index].rank) else { return }
        throw ModelError(
            "wrong number of dimensions of input \(index)",
            expected: ranks.count == 1 ? "\(ranks.lowerBound)" : "\(ranks.lowerBound) to \(ranks.upperBound)",
            got: "\(self[index].rank) (\(self[index].shape))")
    }

    /// Throws unless input `index` has exactly this shape.
    func requireShape(_ index: Int, _ shape: [Int]) throws(ModelError) {
        guard self[index].shape != shape else { return }
        throw ModelError("wrong shape of input \(index)", expected: "\(shape)", got: "\(self[index].shape)")
    }

    /// The whole numbers of input `index`, which must be known beforehand.
    ///
    /// - Parameter attribute: what counts where the node has no such input: older operator sets have attributes
    ///   instead.
    func integers(_ index: Int, _ what: String, or attribute: [Int]? = nil) throws(ModelError) -> [Int]? {
        guard let operand = optional(index) else { return attribute }
        try require(index, [.int64, .int32])
        guard let constant = operand.constant else {
            throw .unknownValue(what, input: index)
        }
        guard constant.count <= 1 << 20 else { throw ModelError("\(what) has \(constant.count) values") }
        return constant.integers
    }

    /// The one whole number of input `index`, likewise.
    func integer(_ index: Int, _ what: String) throws(ModelError) -> Int? {
        guard let values = try integers(index, what) else { return nil }
        guard values.count == 1 else {
            throw ModelError("wrong number of values for \(what)", expected: "1", got: "\(values.count)")
        }
        return values[0]
    }

    /// The one number of input `index`, likewise, of any float or integer type.
    func number(_ index: Int, _ what: String) throws(ModelError) -> Double? {
        guard let operand = optional(index) else { return nil }
        guard let constant = operand.constant else {
            throw .unknownValue(what, input: index)
        }
        guard constant.count == 1 else {
            throw ModelError("wrong number of values for \(what)", expected: "1", got: "\(constant.count)")
        }
        return constant.doubles[0]
    }

    /// Resolves an axis that may count from the end.
    static func axis(_ axis: Int, rank: Int, _ name: String = "axis") throws(ModelError) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        guard resolved >= 0, resolved < rank else {
            throw ModelError("`\(name)` is out of range", expected: "\(-rank) to \(rank - 1)", got: "\(axis)")
        }
        return resolved
    }

    /// Resolves axes, refusing one that comes twice.
    static func axes(_ axes: [Int], rank: Int) throws(ModelError) -> [Int] {
        var resolved: [Int] = []
        for axis in axes {
            let place = try Operands.axis(axis, rank: rank, "axes")
            guard !resolved.contains(place) else { throw ModelError("`axes` names \(axis) twice", got: "\(axes)") }
            resolved.append(place)
        }
        return resolved
    }
}

/// One planned node: what it gives and how to compute it.
struct Step: Sendable {
    /// Where an output's elements may lie.
    enum Placement: Sendable {
        /// In memory of its own.
        case own
        /// In place of one of these inputs, the first that nobody needs any more and that has as many bytes;
        /// element i of the output must depend on element i of that input only.
        case over([Int])
        /// In memory of its own, of which the inputs are parts, one after the other: those that have memory to themselves are computed
        /// there, and the step need not copy them.
        case joined
        /// It is part of an input, `byteOffset` from its start: nothing to compute.
        case view(of: Int, byteOffset: Int)
    }

    var outputs: [TensorType]
    /// The outputs themselves, where shapes and constants alone decide them: then there is nothing to run.
    var values: [Tensor]?
    /// By output; those not listed lie in memory of their own.
    var placements: [Placement] = []
    /// Inputs that the step holds in a form of its own: `run` is not given them.
    var absorbed: Set<Int> = []
    /// Bytes of scratch memory the run needs.
    var workspace = 0
    /// Bytes of scratch memory that each strand of its loops needs besides: where a thread finds what it last had, in every step
    /// and run. A core takes long to write where another has read.
    var strandSpace = 0
    /// Computes the outputs; nil where all of them are views.
    var run: (@Sendable (Frame) throws(ModelError) -> Void)?

    func placement(_ output: Int) -> Placement { output < placements.count ? placements[output] : .own }

    /// A step whose results are known already.
    static func known(_ values: [Tensor]) -> Step {
        Step(outputs: values.map { TensorType(type: $0.type, shape: $0.shape) }, values: values)
    }

    /// A step that only gives input 0 another shape.
    static func reshape(_ input: Operand, to shape: [Int]) -> Step {
        Step(outputs: [TensorType(type: input.type, shape: shape)], placements: [.view(of: 0, byteOffset: 0)])
    }
}

/// The tensors of one step while it runs.
struct Frame: Sendable {
    let inputs: [Tensor?]
    /// nil for one nobody reads.
    let outputs: [Tensor?]
    /// Scratch memory of the size the step asked for, as bytes.
    let workspace: Tensor
    /// Scratch memory of the strands, one after the other: as many bytes of each as the step that asks for the most.
    let strandSpaces: Tensor
    let pool: WorkerPool

    /// Input `index`, which the signature requires.
    func input(_ index: Int) -> Tensor {
        guard let tensor = inputs[index] else { preconditionFailure("an input that the signature does not require") }
        return tensor
    }

    func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

    /// The first output, which is always there.
    var output: Tensor {
        guard let tensor = outputs[0] else { preconditionFailure("a node without outputs") }
        return tensor
    }

    /// A tensor in the workspace, `byteOffset` from its start.
    func scratch(shape: [Int], type: ElementType, byteOffset: Int = 0) -> Tensor {
        guard byteOffset <= workspace.byteCount,
            let tensor = Tensor(
                shape: shape, type: type, storage: workspace.storage, byteOffset: workspace.byteOffset + byteOffset),
            tensor.byteCount <= workspace.byteCount - byteOffset
        else { preconditionFailure("scratch memory past the workspace") }
        return tensor
    }

    /// `count` floats of the scratch memory of a strand, from float `start` on.
    func floats(ofStrand strand: Int, at start: Int = 0, count: Int) -> Buffer<Float> {
        precondition(strand >= 0 && strand < strandSpaces.shape[0], "a strand without scratch memory")
        let room = strandSpaces.shape[1]
        return Frame.floats(
            in: strandSpaces.storage, from: strandSpaces.byteOffset + strand * room, room: room, at: start, count: count
        )
    }

    /// `count` floats of the workspace, from float `start` on.
    func floats(at start: Int, count: Int) -> Buffer<Float> {
        Frame.floats(
            in: workspace.storage, from: workspace.byteOffset, room: workspace.byteCount, at: start, count: count)
    }

    /// Floats of the `room` bytes of scratch memory from byte `offset` on.
    private static func floats(in storage: Storage, from offset: Int, room: Int, at start: Int, count: Int) -> Buffer<
        Float
    > {
        guard start >= 0, count >= 0, start <= room / 4, count <= room / 4 - start,
            let floats = storage.buffer(of: Float.self, at: offset + start * 4, count: count)
        else { preconditionFailure("scratch memory past the end") }
        return floats
    }
}
