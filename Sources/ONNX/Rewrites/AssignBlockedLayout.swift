import Tensors

/// Keeps images in the blocked layout from one convolution to the next, and brings them to and from it where an operator
/// wants them otherwise.
enum AssignBlockedLayout {
    /// - Returns: what is known of the values in the blocked layout.
    static func apply(to graph: inout Graph) -> [Graph.ValueIndex: BlockedImage] {
        var pass = Pass(graph)
        for node in graph.nodes { pass.add(node) }
        for output in graph.outputs { pass.provide(output) }
        graph = pass.graph
        return Dictionary(pass.values.images.values.map { ($0.value, $0.image) }) { first, _ in first }
    }

    private struct Pass {
        var graph: Graph
        var values: BlockedValues
        /// Values that are there as the file has them, of those in blocks.
        private var plain: Set<Graph.ValueIndex> = []

        init(_ graph: Graph) {
            self.graph = graph
            self.graph.nodes = []
            values = BlockedValues(constants: graph.constants)
        }

        mutating func add(_ node: Graph.Node) {
            guard node.outputs.count == 1, let output = node.outputs[0],
                let form = node.implementation.asHavingBlockedForm?.blockedForm(node, values)
            else {
                for case let input? in node.inputs { provide(input) }
                graph.nodes.append(node)
                return
            }
            var blocked = node
            blocked.implementation = form.implementation
            blocked.inputs = form.inputs.map { $0.map { take($0, for: node) } }
            if let image = form.output {
                let value = graph.addValue("\(graph.values[output]), in blocks")
                values.images[output] = (value, image)
                blocked.outputs = [value]
            }
            graph.nodes.append(blocked)
        }

        private mutating func take(_ input: BlockedForm.Input, for node: Graph.Node) -> Graph.ValueIndex {
            switch input {
            case .plain(let value):
                provide(value)
                return value
            case .constant(let tensor):
                let value = graph.addValue("\(node.name), in blocks")
                graph.constants[value] = ConstantValue(tensor)
                return value
            case .blocks(let value, let channels):
                if let known = values.images[value] { return known.value }
                let blocks = graph.addValue("\(graph.values[value]), in blocks")
                reorder(value, to: blocks, ToBlocks(channels: channels), for: node.name)
                values.images[value] = (blocks, BlockedImage(channels: channels, extent: .value(value)))
                plain.insert(value)
                return blocks
            }
        }

        /// Makes `value` be there as the file has it.
        mutating func provide(_ value: Graph.ValueIndex) {
            guard let known = values.images[value], plain.insert(value).inserted else { return }
            reorder(known.value, to: value, FromBlocks(channels: known.image.channels), for: graph.values[value])
        }

        private mutating func reorder(
            _ from: Graph.ValueIndex, to: Graph.ValueIndex, _ implementation: any Implementation, for name: String
        ) {
            graph.nodes.append(
                Graph.Node(
                    name: "\(name), reordered", operatorName: "Reorder", inputs: [from], outputs: [to],
                    implementation: implementation))
        }
    }
}
