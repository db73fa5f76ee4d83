import Tensors

/// One kernel on one shape, and what it moves or computes.
struct Benchmark {
    /// What the figure counts.
    enum Work {
        /// Bytes read and written, each once.
        case bytes(Int)
        /// Additions and multiplications.
        case operations(Int)
    }

    let kernel: String
    let shape: String
    let work: Work
    let run: (Level) -> Void

    /// The line about one level.
    func line(at level: Level) -> String {
        let timing = Timing.measure { run(level) }
        let (amount, unit) =
            switch work {
            case .bytes(let count): (Double(count), "GB/s")
            case .operations(let count): (Double(count), "GFLOP/s")
            }
        return column(level.name, width: 12) + column(kernel, width: 22) + column(shape, width: 30)
            + column(timing.median * 1e6, digits: 2, width: 12) + column(timing.minimum * 1e6, digits: 2, width: 12)
            + column(amount / timing.median * 1e-9, digits: 1, width: 9) + " " + unit
    }
}
