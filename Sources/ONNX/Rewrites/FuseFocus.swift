import Tensors

/// Takes the slices that make four images of a quarter of the pixels each, every other row and column, into the convolution that
/// reads all four: that is one of twice the stride, with a kernel of twice the height and width, over the image itself. Networks
/// of the YOLOv5 family, YOLOX among them, begin so (their "focus").
enum FuseFocus {
    /// Ends past this stand for "to the edge" of the images that are looked at, which are no larger.
    private static let far = 1 << 24

    /// - Parameter types: those of the graph's inputs: slices of an odd number of rows would differ in size.
    static func apply(to graph: inout Graph, types: [TensorType]) {
        let producers = PairRewriter(graph)
        let shapes = Dictionary(uniqueKeysWithValues: zip(graph.inputs, types.map(\.shape)))
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            guard var conv = node.implementation as? Conv, conv.group == 1,
                let weights = node.inputs[1].flatMap({ graph.constants[$0] }), weights.type == .float32,
                weights.shape.count == 4, weights.count > 0,
                let attributes = conv.attributes.doubled(kernel: Array(weights.shape[2...])),
                let quarters = quarters(of: node.inputs[0], graph, producers),
                let shape = shapes[quarters[0].image], shape.count == 4, shape[1] * 4 == weights.shape[1],
                shape[2...].allSatisfy({ $0 % 2 == 0 && $0 <= far })
            else { continue }
            let spread = graph.addValue("\(node.name) weights, spread")
            let places = quarters.map { ($0.row, $0.column) }
            let sizes = [weights.shape[0], shape[1], 2 * weights.shape[2], 2 * weights.shape[3]]
            graph.constants[spread] = ConstantValue(TensorType(type: .float32, shape: sizes)) {
                weights.once { FuseFocus.spread($0, places, to: sizes) }
            }
            conv.attributes = attributes
            graph.nodes[index].implementation = conv
            graph.nodes[index].inputs[0] = quarters[0].image
            graph.nodes[index].inputs[1] = spread
        }
    }

    /// Every other row and column of an image, from these on.
    private struct Quarter {
        let image: Graph.ValueIndex
        let row: Int
        let column: Int
    }

    /// What a value is four of, one after the other, if they are of one image.
    private static func quarters(
        of value: Graph.ValueIndex?, _ graph: Graph, _ producers: PairRewriter
    ) -> [Quarter]? {
        guard let index = producers.producer(of: value), let concat = graph.nodes[index].implementation as? Concat,
            concat.axis == 1, graph.nodes[index].inputs.count == 4
        else { return nil }
        let quarters = graph.nodes[index].inputs.compactMap { quarter($0, graph, producers) }
        guard quarters.count == 4, quarters.allSatisfy({ $0.image == quarters[0].image }) else { return nil }
        return quarters
    }

    /// The image that `value` is a quarter of, by one slice or two.
    private static func quarter(
        _ value: Graph.ValueIndex?, _ graph: Graph, _ producers: PairRewriter
    ) -> Quarter? {
        var starts: [Int: Int] = [:]
        var value = value
        while starts.count < 2 {
            guard let index = producers.producer(of: value), let slice = graph.nodes[index].implementation as? Slice,
                let cuts = slice.fixedCuts(graph.nodes[index], constants: graph.constants), !cuts.isEmpty
            else { return nil }
            for cut in cuts {
                // A start past one would skip rows.
                guard cut.axis == 2 || cut.axis == 3, starts[cut.axis] == nil, cut.step == 2,
                    cut.start == 0 || cut.start == 1, cut.end > far
                else { return nil }
                starts[cut.axis] = cut.start
            }
            value = graph.nodes[index].inputs[0]
        }
        guard let image = value, let row = starts[2], let column = starts[3] else { return nil }
        return Quarter(image: image, row: row, column: column)
    }

    /// Weights [filters, 4 channels, height, width] of four quarters that begin at these places as weights `sizes`, [filters, channels,
    /// 2 height, 2 width], of their image.
    private static func spread(_ weights: Tensor, _ places: [(row: Int, column: Int)], to sizes: [Int]) -> Tensor {
        let result = Tensor(shape: sizes, type: .float32)
        let (channels, height, width) = (sizes[1], sizes[2] / 2, sizes[3] / 2)
        let (source, target) = (weights.floats, result.floats)
        var next = 0
        for filter in 0..<sizes[0] {
            for place in places {
                for channel in 0..<channels {
                    for y in 0..<height {
                        let row = ((filter * channels + channel) * sizes[2] + 2 * y + place.row) * sizes[3]
                        for x in 0..<width {
                            // The same quarter twice: its weights add up.
                            target[row + 2 * x + place.column] += source[next]
                            next += 1
                        }
                    }
                }
            }
        }
        return result
    }
}
