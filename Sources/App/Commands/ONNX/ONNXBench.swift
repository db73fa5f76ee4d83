import ArgumentParser
import Foundation
import Language
import ONNX
import Server
import Tensors

/// `heckle onnx bench FILE`
struct ONNXBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast a model runs on this machine.",
        discussion: """
            Inputs that are not given are made up, as `onnx run` does. Dimensions that the model leaves open have to be said by \
            --shape, but for the first, which is then 1. Operations are the multiplications and additions of convolutions and \
            matrix products, as the file has them: ways to save some are not taken off.
            """)

    @OptionGroup var model: ModelArguments

    @OptionGroup var inputs: ModelInputs

    @Option(help: "Runs before those that are measured.")
    var warmup = 2

    @Option(help: "Runs, of which the median, the quickest and the slowest are told.")
    var runs = 10

    @Flag(help: "Tell the time of each operator and the slowest nodes (all with --json), from as many further runs.")
    var operators = false

    func run() throws {
        Terminal.exitOnInterrupt()
        for (name, value, range) in [("warmup", warmup, 0...1 << 20), ("runs", runs, 1...1 << 20)]
        where !range.contains(value) {
            throw Failure(.usage, "\(name): \(range.lowerBound) to \(range.upperBound) are possible")
        }
        let base = ProcessMemory.residentBytes
        let clock = Stopwatch()
        let pool = try model.pool()
        let session = try model.session(on: pool)
        let creation = clock.milliseconds / 1000
        let tensors = try inputs.tensors(for: session, opening: .firstIsOne)
        let seconds = try measure(session, tensors)
        // What follows needs memory that running the model does not.
        let memory = Report.Memory(
            resident: ProcessMemory.residentBytes, base: base, peak: ProcessMemory.peakResidentBytes)
        // The model ran: where its operations cannot be counted, this figure alone is missing.
        let operations = (try? OperationCount.count(path: model.file, inputs: tensors, pool: pool)).flatMap { $0 }
        let report = Report(
            path: model.file, threads: pool.threads, warmup: warmup, creation: creation, seconds: seconds,
            operations: operations, productRate: Roofline.operations(seconds: 0.25), memory: memory,
            profile: operators ? try profile(on: pool, tensors) : nil)
        if model.json { Terminal.write(report.document) } else { Terminal.write(report.text) }
    }

    /// Seconds of each measured run.
    private func measure(_ session: Session, _ inputs: [String: Tensor]) throws -> [Double] {
        defer { if Terminal.errorsAreTerminal { Terminal.writeError("\r\u{1B}[K") } }
        var seconds: [Double] = []
        for index in 0..<warmup + runs {
            let clock = Stopwatch()
            do { _ = try session.run(inputs) } catch { throw Failure(.badInput, "\(error)") }
            let milliseconds = clock.milliseconds
            if Terminal.errorsAreTerminal { Terminal.writeError("\r\u{1B}[K\(index + 1)/\(warmup + runs) runs") }
            if index >= warmup { seconds.append(milliseconds / 1000) }
        }
        return seconds
    }

    /// Time by node, in a session of its own: reading the clock around each node takes time too.
    private func profile(on pool: WorkerPool, _ inputs: [String: Tensor]) throws -> Profile {
        let session = try model.session(on: pool, options: SessionOptions(measuresTime: true))
        do {
            for _ in 0..<warmup { _ = try session.run(inputs) }
            session.resetProfile()
            for _ in 0..<runs { _ = try session.run(inputs) }
        } catch { throw Failure(.badInput, "\(error)") }
        return session.profile
    }
}

extension ONNXBench {
    /// What was measured, to be shown.
    fileprivate struct Report {
        /// Bytes in RAM; nil where the system does not say.
        struct Memory {
            /// After the runs.
            let resident: Int?
            /// Before the model was loaded.
            let base: Int?
            /// The most by the end of the runs.
            let peak: Int?
        }

        let path: String
        let threads: Int
        let warmup: Int
        /// Seconds.
        let creation: Double
        /// Of each run.
        let seconds: [Double]
        /// Of one run; nil where they cannot be told.
        let operations: Double?
        /// Operations a second of large matrix products on one core.
        let productRate: Double
        let memory: Memory
        let profile: Profile?

        /// Nodes that the text tells by name; the document has all.
        private static let slowest = 10

        private var timing: Timing { Timing(seconds: seconds) }

        /// Operations a second.
        private var rate: Double? { operations.map { $0 / timing.median } }

        /// Of what the threads would do together if each multiplied large matrices as fast as one alone.
        private var share: Double? { rate.map { $0 / (productRate * Double(threads)) } }

        private struct Line {
            let name: String
            let operatorName: String
            /// Calls in a run.
            let count: Int
            let milliseconds: Double
            /// Of all operators' time.
            let share: Double
        }

        /// - Parameter all: seconds of all operators.
        private func line(
            _ name: String, _ operatorName: String, _ time: Duration, _ calls: Int, of all: Double
        ) -> Line {
            Line(
                name: name, operatorName: operatorName, count: calls / seconds.count,
                milliseconds: time.seconds * 1000 / Double(seconds.count), share: all > 0 ? time.seconds / all : 0)
        }

        private func operators(_ profile: Profile) -> [Line] {
            let all = profile.entries.reduce(0) { $0 + $1.time.seconds }
            return profile.byOperator.map { line($0.operatorName, $0.operatorName, $0.time, $0.runs, of: all) }
        }

        private func nodes(_ profile: Profile) -> [Line] {
            let all = profile.entries.reduce(0) { $0 + $1.time.seconds }
            return profile.entries.map { line($0.node, $0.operatorName, $0.time, $0.runs, of: all) }
        }

        // MARK: JSON

        var document: JSON {
            func milliseconds(_ seconds: Double) -> JSON { .decimal(seconds * 1000, places: 4) }
            return [
                "model": .string(path), "threads": .integer(threads), "kernels": .string(Kernel.level),
                "warmup": .integer(warmup), "runs": .integer(seconds.count),
                "session_seconds": .decimal(creation, places: 6),
                "milliseconds": [
                    "median": milliseconds(timing.median), "least": milliseconds(timing.minimum),
                    "greatest": milliseconds(timing.maximum), "all": .array(seconds.map(milliseconds)),
                ],
                "gflop": .optional(operations) { .decimal($0 * 1e-9, places: 6) },
                "gflops": .optional(rate) { .decimal($0 * 1e-9, places: 3) },
                "product_gflops": .decimal(productRate * 1e-9, places: 3),
                "share_of_product": .optional(share) { .decimal($0, places: 4) },
                "resident_bytes": .optional(memory.resident) { .integer($0) },
                "base_bytes": .optional(memory.base) { .integer($0) },
                "peak_bytes": .optional(memory.peak) { .integer($0) },
                "operators": .optional(profile) { profile in
                    .array(operators(profile).map { Self.document($0).with(["count": .integer($0.count)]) })
                },
                "nodes": .optional(profile) { profile in
                    .array(nodes(profile).map { Self.document($0).with(["node": .string($0.name)]) })
                },
            ]
        }

        private static func document(_ line: Line) -> JSON {
            [
                "operator": .string(line.operatorName), "milliseconds": .decimal(line.milliseconds, places: 4),
                "share": .decimal(line.share, places: 4),
            ]
        }

        // MARK: Text

        private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

        var text: String {
            func milliseconds(_ seconds: Double) -> String { Self.number(seconds * 1000, 3) }
            var lines = [
                "model    \(printable(path))",
                "machine  \(threads) thread\(threads > 1 ? "s" : ""), kernels \(Kernel.level), a core multiplies large "
                    + "matrices at \(Self.number(productRate * 1e-9, 1)) GFLOP/s",
                "session  \(milliseconds(creation)) ms",
                "run      \(milliseconds(timing.median)) ms (\(milliseconds(timing.minimum)) to "
                    + "\(milliseconds(timing.maximum))), median of \(seconds.count)",
            ]
            if let operations, let rate, let share {
                lines.append(
                    "speed    \(Self.number(operations * 1e-9, 3)) GFLOP a run, \(Self.number(rate * 1e-9, 1)) GFLOP/s, "
                        + "\(Self.number(share * 100, 0)) % of what the threads multiply large matrices at")
            }
            if let resident = memory.resident, let base = memory.base, let peak = memory.peak {
                lines.append("memory   \(resident) bytes resident after the runs, \(peak) at most, \(base) before")
            }
            if let profile { lines += ["", Self.table(operators(profile), nodes(profile))] }
            return lines.joined(separator: "\n") + "\n"
        }

        private static func table(_ operators: [Line], _ nodes: [Line]) -> String {
            func figures(_ line: Line) -> String {
                String(format: "%10.3f ms %5.1f %%", line.milliseconds, line.share * 100)
            }
            let counts = operators.map { "\(figures($0))  \($0.operatorName), \($0.count) a run" }
            let slowest = nodes.prefix(Self.slowest).map {
                "\(figures($0))  \(printable($0.name)) (\($0.operatorName))"
            }
            return (counts + [""] + slowest).joined(separator: "\n")
        }
    }
}
