import Tensors

/// What a window makes of planes of blocks, each by itself, cut for threads into bands of rows of all planes: convolutions before and
/// after are cut so too, and find the rows in the cache where they are.
struct PlaneBands: Sendable {
    private let blocks: Int
    private let bands: EvenParts
    private let tasks: EvenParts

    /// Products that a task should have, and of one band of a plane at least.
    private static let taskWork = 1 << 15
    private static let bandWork = 3 << 11
    /// Tasks that are enough to keep threads busy.
    private static let enough = 8

    /// - Parameters:
    ///   - blocks: planes of an image.
    ///   - threads: that take part. There are about as many bands at most: both of two read the rows between them.
    init(_ window: Window, batch: Int, blocks: Int, threads: Int) {
        self.init(
            rows: window.output.y, planeWork: window.outputCount * window.taps * BlockedLayout.channels, batch: batch,
            blocks: blocks, threads: threads)
    }

    /// - Parameters:
    ///   - rows: of a plane's outputs.
    ///   - planeWork: products of a plane.
    init(rows: Int, planeWork: Int, batch: Int, blocks: Int, threads: Int) {
        self.blocks = blocks
        let planeWork = max(1, planeWork)
        // In floats, since a file can have sizes whose product is no integer.
        let work = Double(planeWork) * Double(blocks * batch)
        let wanted = Int(min(Double(PlaneBands.enough), work / Double(PlaneBands.taskWork)))
        bands = EvenParts(rows, parts: min(wanted, planeWork / PlaneBands.bandWork, threads))
        tasks = EvenParts(batch * bands.count * blocks, parts: wanted)
    }

    /// Calls `body` with each plane, the number of its block, a band of its rows of outputs, and the strand.
    func run(
        _ pool: WorkerPool, _ body: @Sendable (_ plane: Int, _ block: Int, _ rows: Range<Int>, _ strand: Int) -> Void
    ) {
        pool.run(tasks.count) { task, strand in
            for unit in tasks[task] {
                let (part, block) = (unit / blocks, unit % blocks)
                let (image, band) = (part / bands.count, part % bands.count)
                body(image * blocks + block, block, bands[band], strand)
            }
        }
    }
}
