// Usage: Benchmarks [part of a kernel's name] [level]
// Prints, a line each: level, kernel, shape, median and minimum in microseconds, and the rate that the median makes.

let arguments = CommandLine.arguments.dropFirst()
let wantedKernel = arguments.first ?? ""
let wantedLevel = arguments.dropFirst().first

print(Roofline().description)
print("level       kernel                shape                            median us  minimum us     rate")
for benchmark in KernelBenchmarks.all where benchmark.kernel.contains(wantedKernel) {
    for level in Level.all where wantedLevel == nil || level.name == wantedLevel {
        print(benchmark.line(at: level))
    }
}
