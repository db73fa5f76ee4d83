// Usage: Benchmarks [part of a kernel's name] [level]
// Prints, a line each: level, kernel, shape, median and minimum in microseconds, and the rate that the median makes.

import Tensors

let arguments = CommandLine.arguments.dropFirst()
let wantedKernel = arguments.first ?? ""
let wantedLevel = arguments.dropFirst().first

let (bandwidth, operations) = (Roofline.bandwidth(pool: WorkerPool(threads: 1)), Roofline.operations())
print(
    "one core reads \(column(bandwidth * 1e-9, digits: 1, width: 1)) GB/s from memory and multiplies matrices at "
        + "\(column(operations * 1e-9, digits: 1, width: 1)) GFLOP/s")
print("level       kernel                shape                            median us  minimum us     rate")
for benchmark in KernelBenchmarks.all where benchmark.kernel.contains(wantedKernel) {
    for level in Level.all where wantedLevel == nil || level.name == wantedLevel {
        print(benchmark.line(at: level))
    }
}
