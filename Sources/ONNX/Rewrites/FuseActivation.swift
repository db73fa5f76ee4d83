import Tensors

/// Takes an activation that follows a convolution, or another ``FusesActivation``, into it, so that values are still in the
/// cache.
enum FuseActivation {
    static func apply(to graph: inout Graph) {
        var rewriter = PairRewriter(graph)
        for index in graph.nodes.indices {
            guard let first = rewriter.soleProducer(of: graph.nodes[index].inputs.first ?? nil),
                var conv = graph.nodes[first].implementation.asFusingActivation, conv.epilogue == nil,
                let epilogue = epilogue(of: graph.nodes[index], after: graph.nodes[first], graph)
            else { continue }
            conv.epilogue = epilogue
            graph.nodes[first].implementation = conv
            rewriter.join(first: first, second: index, in: &graph)
        }
        rewriter.finish(&graph)
    }

    /// Takes x * sigmoid(x), which exporters write as two nodes, together as one.
    static func joinSiLU(in graph: inout Graph) {
        var rewriter = PairRewriter(graph)
        for index in graph.nodes.indices where graph.nodes[index].operatorName == "Mul" {
            let inputs = graph.nodes[index].inputs
            for (x, y) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
                guard let gate = rewriter.soleProducer(of: y), graph.nodes[gate].operatorName == "Sigmoid",
                    graph.nodes[gate].inputs[0] == x
                else { continue }
                // The product stands where the gate's input is known, whatever lies between the two.
                graph.nodes[index].inputs = [x]
                graph.nodes[index].implementation = Unary.silu
                rewriter.remove(gate)
                break
            }
        }
        rewriter.finish(&graph)
    }

    /// What `node` does to each value, where that is a function of the value and its channel alone.
    private static func epilogue(of node: Graph.Node, after conv: Graph.Node, _ graph: Graph) -> Epilogue? {
        func constant(_ input: Int) -> ConstantValue? { node.inputs[input].flatMap { graph.constants[$0] } }
        switch node.implementation {
        case let unary as Unary: return unary.name == "Relu" ? .bounds(0 ... .infinity) : .function(unary.rows)
        case let clip as Clip:
            let operands = node.inputs.indices.map { index -> Operand? in
                guard index > 0, node.inputs[index] != nil else { return nil }
                return constant(index).map(Operand.init) ?? Operand(type: .float32, shape: [])
            }
            let list = Operands(list: operands, memoryLimit: 0, threads: 1)
            guard operands.allSatisfy({ $0 == nil || $0?.type == .float32 }), let bounds = try? clip.bounds(list) else {
                return nil
            }
            guard !bounds.low.isNaN, !bounds.high.isNaN else { return nil }
            // A range the wrong way round makes everything its upper end.
            return .bounds(Float(min(bounds.low, bounds.high))...Float(bounds.high))
        case let slopes as BlockedPRelu: return .slopes(slopes.slopes)
        case is PRelu:
            guard conv.inputs.count > 1, let slope = constant(1), slope.type == .float32, slope.count > 0,
                let weights = conv.inputs[1].flatMap({ graph.constants[$0] }), let filters = weights.shape.first,
                weights.shape.count > 2
            else { return nil }
            // [channels, 1, 1] or [1, channels, 1, 1] for an image, one number for everything.
            let spatial = weights.shape.count - 2
            let shapes = [[filters], [1, filters]].map { $0 + [Int](repeating: 1, count: spatial) }
            guard slope.count == 1 && slope.shape.count <= weights.shape.count || shapes.contains(slope.shape) else {
                return nil
            }
            return .slopes(slope.tensor.floats.array)
        default: return nil
        }
    }
}
