import Foundation
import ONNX
import Tensors

/// `Benchmarks set THREADS RUNS MODEL.onnx ...`: runs some models as a photo's analysis does, one after the other, each split over
/// one pool of threads, and prints the milliseconds of all of them together as a JSON list, a number a round.
enum PhotoSet {
    static func run(_ arguments: some Collection<String>) throws {
        let words = Array(arguments)
        guard words.count > 2, let threads = Int(words[0]), (1...256).contains(threads), let runs = Int(words[1]),
            runs > 0
        else {
            FileHandle.standardError.write(Data("usage: Benchmarks set THREADS RUNS MODEL.onnx ...\n".utf8))
            exit(64)
        }
        let pool = WorkerPool(threads: threads)
        let models = try words.dropFirst(2).map { try Session(path: $0, pool: pool) }
        let inputs = try models.map { try photo(for: $0) }
        var times: [Double] = []
        // The first round plans, and is not counted.
        for round in 0...runs {
            let clock = Stopwatch()
            for (model, input) in zip(models, inputs) { _ = try model.run(input) }
            if round > 0 { times.append(clock.milliseconds) }
        }
        print(String(decoding: try JSONEncoder().encode(times), as: UTF8.self))
    }

    /// Numbers from 0 to 1 for a model's only input, which must be of a fixed shape.
    private static func photo(for model: Session) throws -> [String: Tensor] {
        guard model.inputs.count == 1, let shape = model.inputs[0].shape, !shape.contains(nil) else {
            throw ModelError("\(model.name): not one input of a fixed shape")
        }
        let sizes = shape.compactMap { $0 }
        let values = (0..<sizes.reduce(1, *)).map { _ in Float.random(in: 0..<1) }
        return [model.inputs[0].name: Tensor(values, shape: sizes)]
    }
}
