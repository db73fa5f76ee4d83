import Dispatch
import ONNX
import Synchronization
import Tensors
import TestSupport
import Testing

/// Running models: what goes in, what comes out, from many threads, in many shapes.
@Suite struct SessionTests {
    private func session(_ model: ModelBuilder, threads: Int = 1, options: SessionOptions = .standard) throws -> Session
    {
        try Session(bytes: model.bytes, name: "test.onnx", pool: WorkerPool(threads: threads), options: options)
    }

    @Test func describesItself() throws {
        let session = try session(smallNetwork(size: nil))
        #expect(session.inputs == [ValueInfo(name: "image", type: .float32, shape: [nil, 3, nil, nil])])
        #expect(session.outputs.map(\.name) == ["scores", "map"])
        #expect(session.inputs[0].shapeText == "[?, 3, ?, ?]")
        #expect(session.weightBytes > 1000)
    }

    @Test func wrongInputsAreRefused() throws {
        let session = try session(smallNetwork())
        func failure(_ inputs: [String: Tensor]) -> String? {
            do throws(ModelError) {
                _ = try session.run(inputs)
                return nil
            } catch { return error.description }
        }
        let image = random([1, 3, 12, 12])
        #expect(failure([:]) == "test.onnx: input \"image\" is missing")
        #expect(failure(["picture": image]) == "test.onnx: there is no input \"picture\", expected \"image\"")
        #expect(
            failure(["image": random([1, 3, 12, 13])])
                == "test.onnx: input \"image\" has the wrong shape, expected [1, 3, 12, 12], got [1, 3, 12, 13]")
        #expect(failure(["image": random([3, 12, 12])])?.contains("wrong shape") == true)
        #expect(
            failure(["image": Tensor(shape: [1, 3, 12, 12], type: .uint8)])
                == "test.onnx: input \"image\" has the wrong element type, expected float32, got uint8")
        #expect(failure(["image": image]) == nil)
    }

    @Test("subnormals count as zero, on every thread", arguments: [1, 2, 4])
    func subnormalsCountAsZero(threads: Int) throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [nil])]
        model.outputs = [("y", .float32, nil)]
        model.node("Add", ["x", "x"], ["y"], name: "twice")
        let size = 1 << 20
        let values = (0..<size).map { $0 % 3 == 0 ? 1.5 : Float.leastNonzeroMagnitude * Float($0) }
        let y = try #require(
            try session(model, threads: threads).run(["x": Tensor(values, shape: [size])])["y"])
        let flushes = FloatMode.current.withoutSubnormals != FloatMode.current
        let expected = values.map { $0.isSubnormal && flushes ? 0 : 2 * $0 }
        #expect(y.floats.array == expected)
        #expect(values[1].isSubnormal && values[1] * 2 > 0, "the caller computes as before")
    }

    @Test func shapesThatDoNotFitNameTheNode() throws {
        var model = ModelBuilder()
        model.inputs = [("a", .float32, [nil]), ("b", .float32, [nil])]
        model.outputs = [("y", .float32, nil)]
        model.node("Add", ["a", "b"], ["y"], name: "sum")
        let session = try session(model)
        #expect(try session.run(["a": random([3]), "b": random([3])])["y"]?.shape == [3])
        do throws(ModelError) {
            _ = try session.run(["a": random([3]), "b": random([4])])
            Issue.record("ran")
        } catch {
            #expect(error.description == "test.onnx: node \"sum\" (Add): shapes do not broadcast, got [3] and [4]")
        }
    }

    @Test func indicesOutOfRangeNameTheNode() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [3]), ("i", .int64, [nil])]
        model.outputs = [("y", .float32, nil)]
        model.node("Gather", ["x", "i"], ["y"], name: "pick")
        let session = try session(model)
        #expect(try session.run(["x": counting([3]), "i": ints([2, -3])])["y"]?.floats.array == [2, 0])
        for index in [3, -4, Int.max, Int.min] {
            do throws(ModelError) {
                _ = try session.run(["x": counting([3]), "i": ints([index])])
                Issue.record("ran")
            } catch {
                #expect(error.node == "pick")
                #expect(error.got == "\(index)")
            }
        }
    }

    @Test func resultsOwnTheirMemory() throws {
        let session = try session(smallNetwork())
        let (a, b) = (random([1, 3, 12, 12], seed: 1), random([1, 3, 12, 12], seed: 2))
        let first = try session.run(["image": a])
        let kept = first.mapValues(numbers)
        _ = try session.run(["image": b])
        #expect(first.mapValues(numbers) == kept)
        // The input is only read.
        #expect(a.floats.array == random([1, 3, 12, 12], seed: 1).floats.array)
    }

    @Test func inputsAreLetGoOf() throws {
        let session = try session(smallNetwork())
        weak var memory: Storage?
        do {
            let image = random([1, 3, 12, 12])
            memory = image.storage
            #expect(memory != nil)
            _ = try session.run(["image": image])
        }
        #expect(memory == nil)
    }

    @Test func anyShape() throws {
        let open = try session(smallNetwork(size: nil))
        for (size, batch) in [(12, 1), (8, 3), (20, 2), (12, 1), (6, 1), (12, 4)] {
            let image = random([batch, 3, size, size], seed: UInt64(size))
            let results = try open.run(["image": image])
            #expect(results["map"]?.shape == [batch, 12, size, size])
            #expect(results["scores"]?.shape == [batch, 5])
            // Each image of a batch as if it were alone.
            for index in 0..<batch {
                let part = image.floats[index * 3 * size * size..<(index + 1) * 3 * size * size].array
                let alone = try open.run(["image": Tensor(part, shape: [1, 3, size, size])])
                let scores = try #require(alone["scores"]).floats.array
                let together = try #require(results["scores"]).floats[index * 5..<(index + 1) * 5].array
                #expect(Tolerance.relative(1e-5).mismatch(together, scores) == nil)
            }
        }
    }

    @Test func aBatchOfNothing() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [nil, 16, 12, 12])]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("w", random([16, 16, 3, 3])), ("flat", random([32, 16, 1, 1]))]
        model.node("Conv", ["x", "w"], ["a"])
        model.node("Conv", ["a", "flat"], ["y"])
        let results = try session(model).run(["x": random([0, 16, 12, 12])])
        #expect(results["y"]?.shape == [0, 32, 10, 10])
    }

    @Test func moreShapesThanPlansAreKept() throws {
        let session = try session(smallNetwork(size: nil))
        var first: [Int: [Double]] = [:]
        for round in 0..<2 {
            for size in stride(from: 4, through: 26, by: 2) {
                let scores = try #require(session.run(["image": random([1, 3, size, size])])["scores"])
                if round == 0 { first[size] = numbers(scores) } else { #expect(first[size] == numbers(scores)) }
            }
        }
    }

    @Test func sameBitsAtAnyNumberOfThreads() throws {
        let image = random([2, 3, 64, 64], seed: 9)
        var first: [String: [UInt8]] = [:]
        for threads in [1, 2, 4] {
            let results = try session(smallNetwork(size: nil), threads: threads).run(["image": image])
            let bytes = results.mapValues(ModelBuilder.rawBytes)
            if threads == 1 { first = bytes } else { #expect(bytes == first) }
        }
    }

    @Test func manyThreadsAtOnce() throws {
        let session = try session(smallNetwork(size: nil), threads: 2)
        let inputs = (0..<6).map { random([1, 3, 8 + 2 * ($0 % 3), 8 + 2 * ($0 % 3)], seed: UInt64($0)) }
        let expected = try inputs.map { try session.run(["image": $0]).mapValues(numbers) }
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 120) { index in
            let results = try? session.run(["image": inputs[index % inputs.count]])
            if results?.mapValues(numbers) != expected[index % inputs.count] { wrong.withLock { $0 += 1 } }
        }
        #expect(wrong.withLock { $0 } == 0)
    }

    @Test func halfPrecisionGoesInAndOut() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float16, [4])]
        model.outputs = [("y", .float16, [4])]
        model.initializers = [("w", tensor(.float16, [4], [0.5, 2, -1, 0.1]))]
        model.node("Mul", ["x", "w"], ["y"])
        let results = try session(model).run(["x": tensor(.float16, [4], [1, 65504, 3, 0.3])])
        let half = { (value: Double) in halfValue(halfBits(value)) }
        #expect(results["y"]?.type == .float16)
        #expect(results["y"].map(numbers) == [0.5, .infinity, -3, half(half(0.1) * half(0.3))])
    }

    /// Shapes that come in as inputs: a plan for each of their values.
    @Test func valuesOfSmallInputsShapeResults() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [2, 6]), ("shape", .int64, [nil])]
        model.outputs = [("y", .float32, nil)]
        model.node("Reshape", ["x", "shape"], ["y"], name: "reshape")
        let session = try session(model)
        for shape in [[3, 4], [12], [3, 4], [2, 2, 3]] {
            let y = try #require(session.run(["x": counting([2, 6]), "shape": ints(shape)])["y"])
            #expect(y.shape == shape)
            #expect(y.floats.array == counting(shape).floats.array)
        }
        #expect(throws: ModelError.self) { try session.run(["x": counting([2, 6]), "shape": ints([5])]) }
    }

    /// Values that are overwritten in place, viewed, and needed again later.
    @Test func memoryIsSharedOnlyWhereNobodyLooks() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [1, 4, 6])]
        model.outputs = [("y", .float32, nil), ("early", .float32, nil), ("view", .float32, nil)]
        model.initializers = [("two", floats([], [2])), ("flat", ints([-1])), ("shape", ints([1, 4, 6]))]
        model.node("Add", ["x", "two"], ["a"])
        model.node("Split", ["a"], ["first", "second"], [("axis", .int(1))])
        // `first` is a view of `a`, which the next node could overwrite if nobody read `first` later.
        model.node("Mul", ["a", "two"], ["b"])
        model.node("Reshape", ["b", "flat"], ["view"])
        model.node("Neg", ["b"], ["early"])
        model.node("Reshape", ["view", "shape"], ["again"])
        model.node("Add", ["again", "b"], ["c"])
        model.node("Concat", ["first", "second"], ["joined"], [("axis", .int(1))])
        model.node("Sub", ["c", "joined"], ["d"])
        model.node("Mul", ["d", "d"], ["y"])
        let x = random([1, 4, 6])
        let results = try session(model).run(["x": x])
        let b = x.floats.array.map { ($0 + 2) * 2 }
        #expect(results["early"]?.floats.array == b.map { -$0 })
        #expect(results["view"]?.floats.array == b)
        let d = zip(b, x.floats.array).map { ($0 + $0) - ($1 + 2) }
        #expect(results["y"]?.floats.array == d.map { $0 * $0 })
    }

    /// A long chain needs the memory of few values, not of all.
    @Test func memoryIsUsedAgain() throws {
        var model = ModelBuilder()
        model.inputs = [("v0", .float32, [1, 16, 64, 64])]
        model.outputs = [("v30", .float32, nil)]
        model.initializers = [("w", random([16, 16, 1, 1]))]
        for step in 0..<30 { model.node("Conv", ["v\(step)", "w"], ["v\(step + 1)"]) }
        let bytes = try session(model).scratchBytes(for: ["v0": [1, 16, 64, 64]])
        #expect(bytes >= 2 * 4 * 16 * 64 * 64)
        #expect(bytes < 3 * 4 * 16 * 64 * 64)
    }

    @Test func timesAreMeasuredOnDemand() throws {
        let image = random([1, 3, 12, 12])
        let silent = try session(smallNetwork())
        _ = try silent.run(["image": image])
        #expect(silent.profile.entries.isEmpty)
        let measured = try session(smallNetwork(), options: .init(measuresTime: true))
        for _ in 0..<3 { _ = try measured.run(["image": image]) }
        let conv = try #require(measured.profile.byOperator.first { $0.operatorName == "Conv" })
        #expect(conv.runs == 9)
        #expect(measured.profile.description.contains("Conv\t9\t"))
        measured.resetProfile()
        #expect(measured.profile.entries.isEmpty)
    }
}
