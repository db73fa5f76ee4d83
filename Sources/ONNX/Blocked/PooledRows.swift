import Tensors

/// A maximum pooling of what a convolution gives, whose rows lie in scratch memory and are pooled before they leave the cache.
struct PooledRows: Sendable {
    private let window: Window
    /// Planes that are convolved together.
    private let planes: Int
    private let bands: PlaneBands
    /// Rows of outputs made at a time.
    private let together: Int

    /// Floats of a convolution's outputs at a time, that should stay in the second cache beside what they are made of.
    private static let mostFloats = 1 << 16

    /// Whether so few rows are under two of the outputs that it is worth it: they are moved in the scratch memory.
    static func serves(_ pool: BlockedPool) -> Bool {
        guard pool.isMaximum, let kernel = pool.attributes.kernel?.first else { return false }
        let (stride, dilation) = (pool.attributes.strides?.first ?? 1, pool.attributes.dilations?.first ?? 1)
        return (kernel - 1) * dilation < 2 * stride
    }

    /// - Parameters:
    ///   - window: of the pooling.
    ///   - blocks: how often `planes` are convolved for an image.
    ///   - planeWork: products of convolving them, and of pooling.
    init(_ window: Window, batch: Int, blocks: Int, planes: Int, planeWork: Int, threads: Int) {
        self.window = window
        self.planes = planes
        bands = PlaneBands(
            rows: window.output.y, planeWork: planeWork, batch: batch, blocks: blocks, threads: threads)
        let rows = PooledRows.mostFloats / max(1, planes * window.input.x * BlockedLayout.channels)
        together = min(window.output.y, max(1, (rows - window.inputRows(under: 1)) / window.stride.y + 1))
    }

    /// Rows of the convolution that are made at a time at most.
    var convolved: Int { min(window.input.y, window.inputRows(under: together)) }
    /// Floats of a row, and of a plane's rows in scratch memory.
    private var row: Int { window.input.x * BlockedLayout.channels }
    var plane: Int { convolved * row }
    /// Floats of each strand's scratch memory.
    var floats: Int { planes * plane }

    /// - Parameters:
    ///   - start: where in each strand's scratch memory the rows may lie.
    ///   - convolve: is to write some rows of planes' outputs to `y`, where planes lie ``plane`` apart: of the planes number `index`,
    ///     which are block `block` of their image.
    func run(
        _ frame: Frame, at start: Int = 0,
        convolve: @Sendable (_ index: Int, _ block: Int, _ rows: Range<Int>, _ strand: Int, _ y: Buffer<Float>) -> Void
    ) {
        let (y, target) = (frame.output.floats, window.outputCount * BlockedLayout.channels)
        let width = window.output.x * BlockedLayout.channels
        bands.run(frame.pool) { index, block, band, strand in
            let rows = frame.floats(ofStrand: strand, at: start, count: floats)
            var there = 0..<0
            for first in stride(from: band.lowerBound, to: band.upperBound, by: together) {
                let outputs = first..<min(first + together, band.upperBound)
                let (input, window) = window.band(outputs)
                let kept = keep(input, of: there, in: rows)
                if kept < input.count {
                    let end = (planes - 1) * plane + input.count * row
                    convolve(index, block, input.lowerBound + kept..<input.upperBound, strand, rows[kept * row..<end])
                }
                there = input
                for plane in 0..<planes {
                    let from = plane * self.plane
                    let to = (index * planes + plane) * target + outputs.lowerBound * width
                    Kernel.blockedMaxPool(
                        rows[from..<from + input.count * row], window: window, rows: 0..<outputs.count,
                        into: y[to..<to + outputs.count * width])
                }
            }
        }
    }

    /// Moves the rows that are there and needed again to the front; how many there are.
    private func keep(_ input: Range<Int>, of there: Range<Int>, in rows: Buffer<Float>) -> Int {
        let kept = there.clamped(to: input).count
        guard kept > 0, there.lowerBound < input.lowerBound else { return kept }
        for plane in 0..<planes {
            let (start, from) = (plane * self.plane, (input.lowerBound - there.lowerBound) * row)
            rows[start..<start + kept * row].copy(from: rows[start + from..<start + from + kept * row])
        }
        return kept
    }
}
