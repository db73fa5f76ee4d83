import ONNX
import Tensors
import TestSupport
import Testing

/// Tensors in every encoding, and files that are broken.
@Suite struct ProtobufTests {
    /// A model whose output is a constant, encoded by `body` as a `TensorProto`.
    private func model(_ body: (inout ProtoWriter) -> Void) -> [UInt8] {
        var writer = ProtoWriter()
        writer.int(1, 8)
        writer.message(7) { graph in
            graph.message(5) { tensor in
                body(&tensor)
                tensor.text(8, "c")
            }
            graph.message(12) { output in
                output.text(1, "c")
                output.message(2) { $0.message(1) { $0.int(1, 1) } }
            }
        }
        writer.message(8) { $0.int(2, 13) }
        return writer.bytes
    }

    private func constant(_ body: (inout ProtoWriter) -> Void) throws(ModelError) -> Tensor? {
        try Session(bytes: model(body), name: "test", pool: WorkerPool(threads: 1)).run([:])["c"]
    }

    private func failure(_ body: (inout ProtoWriter) -> Void) -> String? {
        do throws(ModelError) {
            _ = try constant(body)
            return nil
        } catch { return error.description }
    }

    @Test func packedFloats() throws {
        let got = try constant {
            $0.packed(1, [3])
            $0.int(2, 1)
            $0.packed(4, [1.5, -2, 3] as [Float])
        }
        #expect(got.map(numbers) == [1.5, -2, 3])
    }

    @Test func scatteredFloats() throws {
        let got = try constant {
            // Dimensions one by one as well, and a packed run between single values.
            $0.int(1, 2)
            $0.int(1, 2)
            $0.int(2, 1)
            $0.float(4, 1)
            $0.packed(4, [2, 3] as [Float])
            $0.float(4, 4)
        }
        #expect(got?.shape == [2, 2])
        #expect(got.map(numbers) == [1, 2, 3, 4])
    }

    @Test func doubles() throws {
        let got = try constant {
            $0.packed(1, [2])
            $0.int(2, 11)
            var bytes = ProtoWriter()
            bytes.fixed((1.25).bitPattern)
            bytes.fixed((-3.5).bitPattern)
            $0.data(10, bytes.bytes)
        }
        #expect(got?.type == .float64)
        #expect(got.map(numbers) == [1.25, -3.5])
    }

    @Test(arguments: [
        (6, ElementType.int32, 5 as UInt64), (3, .int8, 5), (5, .int16, 5), (7, .int64, 7), (2, .uint8, 5),
        (4, .uint16, 5),
        (12, .uint32, 11), (13, .uint64, 11),
    ])
    func integers(_ number: Int, _ type: ElementType, _ field: UInt64) throws {
        let isSigned = [.int8, .int16, .int32, .int64].contains(type)
        let values = isSigned ? [-7, 0, 100] : [7, 0, 200]
        for isPacked in [true, false] {
            let got = try constant { writer in
                writer.packed(1, [3])
                writer.int(2, number)
                if isPacked { writer.packed(field, values) } else { values.forEach { writer.int(field, $0) } }
            }
            #expect(got?.type == type)
            #expect(got.map(numbers) == values.map(Double.init))
        }
    }

    @Test func booleansAreMadeZeroOrOne() throws {
        let got = try constant {
            $0.packed(1, [3])
            $0.int(2, 9)
            $0.data(9, [0, 7, 1])
        }
        #expect(got?.type == .bool)
        #expect(got.map(numbers) == [0, 1, 1])
    }

    @Test(arguments: [0, 1, 2, 3])
    func rawBytesAtAnyAddress(_ shift: Int) throws {
        let got = try constant {
            // A document string moves what follows.
            $0.text(12, String(repeating: "x", count: shift))
            ModelBuilder.write(floats([3], [1, 2.5, -3]), name: "c", to: &$0)
        }
        #expect(got.map(numbers) == [1, 2.5, -3])
    }

    @Test func numbersAndEmptyTensors() throws {
        #expect(try constant { ModelBuilder.write(floats([], [5]), name: "c", to: &$0) }.map(numbers) == [5])
        #expect(try constant { ModelBuilder.write(floats([0, 7], []), name: "c", to: &$0) }?.shape == [0, 7])
    }

    @Test func brokenTensors() throws {
        func raw(_ dims: [Int], type: Int = 1, _ bytes: Int) -> String? {
            failure {
                $0.packed(1, dims)
                $0.int(2, type)
                $0.data(9, [UInt8](repeating: 0, count: bytes))
            }
        }
        #expect(try #require(raw([3], 8)).contains("of shape [3] comes with 8 bytes"))
        #expect(try #require(raw([-1], 4)).contains("dimension of -1"))
        #expect(try #require(raw([1 << 40, 1 << 40], 4)).contains("is not supported"))
        #expect(try #require(raw([0, 1 << 62], 0)).contains("is not supported"))
        #expect(try #require(raw([1 << 40], 4)).contains("comes with 4 bytes"))
        #expect(try #require(raw([1], type: 8, 1)).contains("STRING"))
        #expect(try #require(raw([1], type: 17, 1)).contains("FLOAT8E4M3FN"))
        #expect(try #require(raw([1], type: 99, 1)).contains("99"))
        #expect(try #require(raw([Int](repeating: 1, count: 40), 4)).contains("dimensions"))
        #expect(
            try #require(
                failure {
                    $0.int(2, 1)
                    $0.int(14, 1)
                }
            ).contains("another file"))
        #expect(try #require(failure { $0.message(3) { $0.int(1, 0) } }).contains("segments"))
        #expect(
            try #require(
                failure {
                    $0.packed(1, [1])
                    $0.int(2, 7)
                    $0.packed(7, [1, 2])
                }
            ).contains("2 values"))
    }

    @Test func wireFormat() throws {
        func failure(_ bytes: [UInt8]) -> String? {
            do throws(ModelError) {
                _ = try Session(bytes: bytes, name: "broken.onnx", pool: WorkerPool(threads: 1))
                return nil
            } catch { return error.description }
        }
        #expect(try #require(failure([])).contains("no graph"))
        #expect(try #require(failure([0x0B])).contains("wire type 3"))
        #expect(try #require(failure([0x08])).contains("truncated"))
        #expect(try #require(failure([0x3A, 0x7F])).contains("truncated"))
        #expect(try #require(failure([0x00, 0x01])).contains("field number 0"))
        #expect(try #require(failure([UInt8](repeating: 0xFF, count: 20))).contains("64 bits"))
        // A length of 2^63: no sum of offsets may wrap around.
        #expect(try #require(failure([0x3A] + [UInt8](repeating: 0x80, count: 9) + [0x01])).contains("truncated"))
        // The version as a string.
        #expect(try #require(failure([0x0A, 0x01, 0x00])).contains("wire type"))
        #expect(try #require(failure([0x0A, 0x01, 0x00])).hasPrefix("broken.onnx: ModelProto at byte"))
    }

    @Test func unknownFieldsAreSkipped() throws {
        var writer = ProtoWriter()
        writer.int(99, 5)
        writer.float(98, 1)
        writer.text(97, "later versions")
        writer.varint(96 << 3 | 1)
        writer.fixed(UInt64(7))
        let session = try Session(bytes: writer.bytes + reluModel.bytes, name: "test", pool: WorkerPool(threads: 1))
        #expect(session.outputs.map(\.name) == ["y"])
    }

    @Test func filesThatAreNotThere() throws {
        let scratch = try Scratch()
        for path in [scratch.file("missing.onnx"), scratch.path, try scratch.write([], to: "empty.onnx")] {
            #expect(throws: ModelError.self) { try Session(path: path, pool: WorkerPool(threads: 1)) }
        }
    }

    @Test func filesAreMapped() throws {
        let scratch = try Scratch()
        let path = try scratch.write(smallNetwork().bytes, to: "model.onnx")
        let session = try Session(path: path, pool: WorkerPool(threads: 1))
        let image = random([1, 3, 12, 12], seed: 200)
        let fromMemory = try Session(bytes: smallNetwork().bytes, name: "test", pool: WorkerPool(threads: 1))
        let (a, b) = (try session.run(["image": image]), try fromMemory.run(["image": image]))
        #expect(a["scores"].map(numbers) == b["scores"].map(numbers))
    }
}
