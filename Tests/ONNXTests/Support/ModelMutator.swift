import Tensors
import TestSupport

/// Damages models, in what they say or in their bytes.
struct ModelMutator {
    var random: TestRandom
    /// Names that nodes may be given.
    let operators: [String]

    init(seed: UInt64, operators: [String]) {
        random = TestRandom(seed: seed)
        self.operators = operators
    }

    /// Numbers that sizes, axes, counts and their products go wrong at.
    private static let edges: [Int] = [
        0, 1, 2, 3, 5, 7, 8, 16, 17, 64, 4096, 1 << 16, 1 << 24, 1 << 31, 1 << 32, (1 << 32) + 1, 1 << 61, 1 << 62,
        .max - 1, .max, -1, -2, -3, -4, -5, -128, -(1 << 31), .min + 1, .min,
    ]
    private static let floatEdges: [Float] = [
        0, -0.0, 1, -1, 0.5, 2, 1e-30, 1e30, 1e38, -1e38, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 9e18,
    ]

    private mutating func edge() -> Int { Self.edges.randomElement(using: &random) ?? 0 }
    private mutating func chance(_ times: Int) -> Bool { Int.random(in: 0..<times, using: &random) == 0 }

    mutating func mutate(_ model: inout ModelBuilder) {
        guard !model.nodes.isEmpty else { return }
        let index = Int.random(in: 0..<model.nodes.count, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1:
            let names = [""] + model.inputs.map(\.0) + model.initializers.map(\.0) + model.nodes.flatMap(\.outputs)
            change(&model.nodes[index].inputs, to: names)
        case 2: change(&model.nodes[index].outputs, to: model.nodes.flatMap(\.outputs) + model.inputs.map(\.0))
        case 3: model.nodes[index].operatorName = operators.randomElement(using: &random) ?? ""
        case 4, 5, 6: mutateAttributes(of: index, in: &model)
        case 7, 8: mutateInitializers(&model)
        case 9: mutateShapes(&model)
        case 10: reorder(&model, index)
        default: model.opset = Int.random(in: 0..<32, using: &random)
        }
    }

    private mutating func change(_ names: inout [String], to others: [String]) {
        let name = others.randomElement(using: &random) ?? ""
        guard !names.isEmpty, !chance(6) else { return names.append(name) }
        let place = Int.random(in: 0..<names.count, using: &random)
        if chance(5) { names.remove(at: place) } else { names[place] = name }
    }

    private mutating func reorder(_ model: inout ModelBuilder, _ index: Int) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: model.nodes.remove(at: index)
        case 1: model.nodes.append(model.nodes[index])
        default: model.nodes.swapAt(index, Int.random(in: 0..<model.nodes.count, using: &random))
        }
    }

    private mutating func mutateAttributes(of index: Int, in model: inout ModelBuilder) {
        // Another node's attribute, for want of one or for the sake of it.
        if model.nodes[index].attributes.isEmpty || chance(4) {
            guard let attribute = model.nodes.flatMap(\.attributes).randomElement(using: &random) else { return }
            return model.nodes[index].attributes.append(attribute)
        }
        let place = Int.random(in: 0..<model.nodes[index].attributes.count, using: &random)
        if chance(8) {
            model.nodes[index].attributes.remove(at: place)
        } else {
            model.nodes[index].attributes[place].1 = mutated(model.nodes[index].attributes[place].1)
        }
    }

    private mutating func mutated(_ attribute: Attribute) -> Attribute {
        if chance(10) { return chance(2) ? .int(edge()) : .ints([edge(), edge()]) }
        switch attribute {
        case .int: return .int(edge())
        case .float: return .float(Self.floatEdges.randomElement(using: &random) ?? 0)
        case .string(let text): return .string(chance(2) ? String(text.dropLast()) : text + "é")
        case .ints(var values):
            if values.isEmpty || chance(4) {
                values.append(edge())
            } else {
                let place = Int.random(in: 0..<values.count, using: &random)
                if chance(4) { values.remove(at: place) } else { values[place] = edge() }
            }
            return .ints(values)
        case .floats(var values):
            values.append(Self.floatEdges.randomElement(using: &random) ?? 0)
            return .floats(values)
        case .tensor(let tensor): return .tensor(mutated(tensor))
        case .graph(var graph):
            mutate(&graph)
            return .graph(graph)
        case .reference: return .reference("nothing")
        }
    }

    private mutating func mutateInitializers(_ model: inout ModelBuilder) {
        guard !model.initializers.isEmpty else { return mutateShapes(&model) }
        let place = Int.random(in: 0..<model.initializers.count, using: &random)
        model.initializers[place].1 = mutated(model.initializers[place].1)
    }

    /// Another value of an element; or zeros, of as many elements in another shape, or of another type.
    private mutating func mutated(_ tensor: Tensor) -> Tensor {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return Tensor(shape: [tensor.count], type: tensor.type)
        case 1: return Tensor(shape: tensor.shape.reversed(), type: tensor.type)
        case 2:
            let types: [ElementType] = [.float32, .int64, .int32, .uint8, .bool]
            return Tensor(shape: tensor.shape, type: types.randomElement(using: &random)!)
        default:
            guard tensor.type == .int64, tensor.count > 0 else {
                return Tensor(shape: tensor.shape + [1], type: tensor.type)
            }
            var values = tensor.elements(as: Int64.self).array.map { Int($0) }
            values[Int.random(in: 0..<values.count, using: &random)] = edge()
            return ints(values, tensor.shape)
        }
    }

    private mutating func mutateShapes(_ model: inout ModelBuilder) {
        guard !model.inputs.isEmpty else { return }
        let place = Int.random(in: 0..<model.inputs.count, using: &random)
        guard var shape = model.inputs[place].2, !shape.isEmpty, !chance(6) else {
            model.inputs[place].2 = chance(2) ? nil : [edge()]
            return
        }
        let axis = Int.random(in: 0..<shape.count, using: &random)
        if chance(4) { shape.remove(at: axis) } else { shape[axis] = chance(3) ? nil : edge() }
        model.inputs[place].2 = shape
    }

    /// Damages bytes: of the first and the last, where what is said of the weights stands, more than of others.
    mutating func damage(_ bytes: inout [UInt8]) {
        guard bytes.count > 1 else { return }
        let window = min(bytes.count, 2048)
        let place = Int.random(in: 0..<window, using: &random) + (chance(2) ? 0 : bytes.count - window)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random)!
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeLast(bytes.count - place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &random)))
        default:
            let part = Array(bytes[place..<min(bytes.count, place + Int.random(in: 1...64, using: &random))])
            bytes.insert(contentsOf: part, at: Int.random(in: 0...bytes.count, using: &random))
        }
    }
}
