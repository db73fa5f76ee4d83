import Tensors

/// Straight from the definitions, in double precision and without a thought for speed.
enum Naive {
    /// All places of a shape, in row-major order.
    static func places(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { prefixes, size in prefixes.flatMap { prefix in (0..<size).map { prefix + [$0] } } }
    }

    /// The element's number in row-major order.
    static func offset(_ place: [Int], _ shape: [Int]) -> Int { zip(place, shape).reduce(0) { $0 * $1.1 + $1.0 } }

    /// A float tensor of a value for each place.
    static func build(_ shape: [Int], _ value: ([Int]) -> Double) -> Tensor {
        floats(shape, places(shape).map { Float(value($0)) })
    }

    /// A tensor of the input's type from the element at a place of it for each place.
    static func pick(_ input: Tensor, _ shape: [Int], _ source: ([Int]) -> [Int]) -> Tensor {
        let values = numbers(input)
        return tensor(input.type, shape, places(shape).map { values[offset(source($0), input.shape)] })
    }

    /// Element of a tensor that is broadcast to a larger place.
    static func broadcast(_ values: [Double], _ shape: [Int], at place: [Int]) -> Double {
        let own = place.suffix(shape.count)
        return values[offset(zip(own, shape).map { $1 == 1 ? 0 : $0 }, shape)]
    }

    /// A function of two broadcast tensors.
    static func pairs(
        _ a: Tensor, _ b: Tensor, _ shape: [Int], type: ElementType? = nil, _ f: (Double, Double) -> Double
    )
        -> Tensor
    {
        let (x, y) = (numbers(a), numbers(b))
        return tensor(
            type ?? a.type, shape,
            places(shape).map { f(broadcast(x, a.shape, at: $0), broadcast(y, b.shape, at: $0)) })
    }

    /// How a window moves along each axis.
    struct Sliding {
        var strides = [1, 1]
        var dilations = [1, 1]
        /// Before and after, by axis: [top, left, bottom, right].
        var pads = [0, 0, 0, 0]
        var group = 1

        func size(_ input: Int, _ kernel: Int, _ axis: Int) -> Int {
            (input + pads[axis] + pads[axis + 2] - dilations[axis] * (kernel - 1) - 1) / strides[axis] + 1
        }
    }

    /// Two-dimensional convolution.
    static func convolution(_ x: Tensor, _ w: Tensor, _ b: Tensor?, _ sliding: Sliding = Sliding()) -> Tensor {
        let (values, weights) = (numbers(x), numbers(w))
        let (depth, kernel) = (w.shape[1], [w.shape[2], w.shape[3]])
        let perGroup = w.shape[0] / sliding.group
        let shape = [
            x.shape[0], w.shape[0], sliding.size(x.shape[2], kernel[0], 0), sliding.size(x.shape[3], kernel[1], 1),
        ]
        return build(shape) { place in
            var sum = b.map { numbers($0)[place[1]] } ?? 0
            for tap in places([depth, kernel[0], kernel[1]]) {
                let row = place[2] * sliding.strides[0] + tap[1] * sliding.dilations[0] - sliding.pads[0]
                let column = place[3] * sliding.strides[1] + tap[2] * sliding.dilations[1] - sliding.pads[1]
                guard row >= 0, row < x.shape[2], column >= 0, column < x.shape[3] else { continue }
                let channel = place[1] / perGroup * depth + tap[0]
                sum +=
                    values[offset([place[0], channel, row, column], x.shape)]
                    * weights[offset([place[1]] + tap, w.shape)]
            }
            return sum
        }
    }

    /// Two-dimensional transposed convolution into an output of the given size.
    static func transposedConvolution(
        _ x: Tensor, _ w: Tensor, _ b: Tensor?, _ sliding: Sliding, output: [Int]
    ) -> Tensor {
        let (values, weights) = (numbers(x), numbers(w))
        let perGroup = w.shape[1]
        let shape = [x.shape[0], perGroup * sliding.group] + output
        var sums = places(shape).map { place in b.map { numbers($0)[place[1]] } ?? 0 }
        for place in places(x.shape) {
            let group = place[1] / (x.shape[1] / sliding.group)
            for tap in places(Array(w.shape[1...])) {
                let row = place[2] * sliding.strides[0] + tap[1] * sliding.dilations[0] - sliding.pads[0]
                let column = place[3] * sliding.strides[1] + tap[2] * sliding.dilations[1] - sliding.pads[1]
                guard row >= 0, row < output[0], column >= 0, column < output[1] else { continue }
                sums[offset([place[0], group * perGroup + tap[0], row, column], shape)] +=
                    values[offset(place, x.shape)] * weights[offset([place[1]] + tap, w.shape)]
            }
        }
        return floats(shape, sums.map { Float($0) })
    }

    /// A value of each two-dimensional window, from the elements in it and the number of places in the padding.
    static func pool(
        _ x: Tensor, kernel: [Int], _ sliding: Sliding, output: [Int]? = nil, _ f: ([Double], Int) -> Double
    ) -> Tensor {
        let values = numbers(x)
        let size = output ?? (0..<2).map { sliding.size(x.shape[$0 + 2], kernel[$0], $0) }
        return build([x.shape[0], x.shape[1]] + size) { place in
            var inside: [Double] = []
            var padding = 0
            for tap in places(kernel) {
                let row = place[2] * sliding.strides[0] + tap[0] * sliding.dilations[0] - sliding.pads[0]
                let column = place[3] * sliding.strides[1] + tap[1] * sliding.dilations[1] - sliding.pads[1]
                if row >= 0, row < x.shape[2], column >= 0, column < x.shape[3] {
                    inside.append(values[offset([place[0], place[1], row, column], x.shape)])
                } else if row < x.shape[2] + sliding.pads[2], column < x.shape[3] + sliding.pads[3] {
                    padding += 1
                }
            }
            return f(inside, padding)
        }
    }

    /// Product of two matrices.
    static func product(_ a: Tensor, _ b: Tensor) -> Tensor {
        let (x, y) = (numbers(a), numbers(b))
        let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
        return build([m, n]) { place in (0..<k).reduce(0) { $0 + x[place[0] * k + $1] * y[$1 * n + place[1]] } }
    }

    /// A value from all elements along some axes, which stay as dimensions of 1.
    static func reduce(_ x: Tensor, _ axes: [Int], _ f: ([Double]) -> Double) -> Tensor {
        let values = numbers(x)
        let shape = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
        return build(shape) { place in
            let inside = places(x.shape.indices.map { axes.contains($0) ? x.shape[$0] : 1 })
            return f(inside.map { values[offset(zip(place, $0).map(+), x.shape)] })
        }
    }
}
