import Tensors

/// Sums over many elements: in pieces, added up in double precision. A long chain of single-precision additions drifts,
/// most of all over areas of one value, where every addition rounds the same way.
enum Sums {
    /// Elements added up in single precision.
    private static let piece = 1024

    private static func pieces(_ x: Buffer<Float>, _ body: (Buffer<Float>) -> Float) -> Double {
        var sum = 0.0
        var start = 0
        while start < x.count {
            let end = min(start + piece, x.count)
            sum += Double(body(x[start..<end]))
            start = end
        }
        return sum
    }

    /// The sum of all elements.
    static func sum(_ x: Buffer<Float>) -> Double { pieces(x) { Kernel.sum($0) } }

    /// The sum of squares.
    static func squares(_ x: Buffer<Float>) -> Double { pieces(x) { Kernel.dot($0, $0) } }

    /// Mean and variance (with n in the denominator).
    static func moments(_ x: Buffer<Float>) -> (mean: Float, variance: Float) {
        let mean = Float(sum(x) / Double(x.count))
        return (mean, Float(pieces(x) { Kernel.squaredDeviation($0, from: mean) } / Double(x.count)))
    }
}
