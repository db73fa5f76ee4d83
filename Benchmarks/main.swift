// Usage: Benchmarks [part of a kernel's name] [level]
// Prints, a line each: level, kernel, shape, median and minimum in microseconds, and the rate that the median makes.
//
//        Benchmarks scores MODEL.gguf < PROMPTS.json
// Prints what a language model says after each prompt.
//
//        Benchmarks set THREADS RUNS MODEL.onnx ...
// Prints how long some models take that look at the same photo.

import Foundation
import Tensors

let arguments = CommandLine.arguments.dropFirst()
do {
    switch arguments.first {
    case "scores":
        try Scores.run(arguments.dropFirst())
        exit(0)
    case "set":
        try PhotoSet.run(arguments.dropFirst())
        exit(0)
    default: break
    }
} catch {
    FileHandle.standardError.write(Data("Benchmarks: \(error)\n".utf8))
    exit(1)
}
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
