import Foundation
import ONNX
import Tensors
import TestSupport
import Testing

/// Constants whose data lies in a file beside the model.
@Suite struct ExternalDataTests {
    /// A model whose output is a constant of two floats, told to lie somewhere else.
    private func model(
        _ keys: [(String, String)], shape: [Int] = [2], type: Int = 1, location: Int = 1
    ) -> [UInt8] {
        var writer = ProtoWriter()
        writer.int(1, 8)
        writer.message(7) { graph in
            graph.message(5) { tensor in
                tensor.packed(1, shape)
                tensor.int(2, type)
                tensor.text(8, "c")
                for (key, value) in keys {
                    tensor.message(13) {
                        $0.text(1, key)
                        $0.text(2, value)
                    }
                }
                tensor.int(14, location)
            }
            graph.message(12) { output in
                output.text(1, "c")
                output.message(2) { $0.message(1) { $0.int(1, 1) } }
            }
        }
        writer.message(8) { $0.int(2, 13) }
        return writer.bytes
    }

    /// Floats 0, 1, 2, 3 as bytes.
    private var data: [UInt8] { ModelBuilder.rawBytes(counting([4])) }

    /// The constant, with `data.bin` and `folder/data.bin` beside the model and `outside.bin` above it.
    private func load(
        _ keys: [(String, String)], shape: [Int] = [2], location: Int = 1, links: [(String, String)] = []
    ) throws -> Result<[Double], ModelError> {
        let scratch = try Scratch()
        _ = try scratch.write(data, to: "outside.bin")
        for folder in ["model", "model/folder", "model-other"] {
            try FileManager.default.createDirectory(atPath: scratch.file(folder), withIntermediateDirectories: true)
        }
        for name in ["model/data.bin", "model/folder/data.bin", "model-other/data.bin"] {
            _ = try scratch.write(data, to: name)
        }
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: scratch.file("model/" + name), withDestinationPath: target)
        }
        let path = try scratch.write(model(keys, shape: shape, location: location), to: "model/model.onnx")
        do throws(ModelError) {
            let session = try Session(path: path, pool: WorkerPool(threads: 1))
            return .success(try session.run([:])["c"].map(numbers) ?? [])
        } catch { return .failure(error) }
    }

    private func problem(
        _ keys: [(String, String)], shape: [Int] = [2], location: Int = 1, links: [(String, String)] = []
    ) throws -> String {
        switch try load(keys, shape: shape, location: location, links: links) {
        case .success(let values): return "loaded \(values)"
        case .failure(let error): return error.description
        }
    }

    @Test func dataBesideTheModel() throws {
        #expect(try load([("location", "data.bin")]).get() == [0, 1])
        #expect(try load([("location", "data.bin"), ("offset", "8"), ("length", "8")]).get() == [2, 3])
        #expect(try load([("location", "folder/data.bin"), ("offset", "4"), ("checksum", "x")]).get() == [1, 2])
        #expect(try load([("location", "./data.bin"), ("offset", "16")], shape: [0]).get() == [])
        // An address that fits no float.
        #expect(try load([("location", "data.bin"), ("offset", "3")], shape: [1]).get().count == 1)
        #expect(
            try load([("location", "link"), ("offset", "8")], links: [("link", "folder/data.bin")]).get() == [2, 3])
    }

    @Test(arguments: [
        "../outside.bin", "folder/../../outside.bin", "/etc/hostname", "..", "", "folder//data.bin", "a\0b",
    ])
    func namesThatLeaveTheFolder(_ name: String) throws {
        #expect(try problem([("location", name)]).contains("outside the model's folder"))
    }

    @Test func linksThatLeaveTheFolder() throws {
        let links = [("out", "../outside.bin"), ("up", ".."), ("beside", "../model-other"), ("loop", "loop")]
        for name in ["out", "up/outside.bin", "beside/data.bin"] {
            #expect(try problem([("location", name)], links: links).contains("a link out of it"))
        }
        #expect(try problem([("location", "loop")], links: links).contains("not there"))
    }

    @Test func filesThatAreNone() throws {
        #expect(try problem([("location", "missing.bin")]).contains("\"missing.bin\", which is not there"))
        #expect(try problem([("location", "folder")]).contains("not a regular file"))
        #expect(try problem([("offset", "0")]).contains("does not say in which"))
        #expect(try problem([("location", "data.bin")], location: 2).contains("location 2"))
    }

    @Test(arguments: [
        ("offset", "9"), ("offset", "17"), ("offset", "18446744073709551615"), ("offset", "9223372036854775800"),
    ])
    func dataPastTheEnd(_ key: String, _ value: String) throws {
        let text = try problem([("location", "data.bin"), (key, value)])
        #expect(text.contains("lies past its end"))
        #expect(text.contains("tensor \"c\""))
    }

    @Test(arguments: ["-1", "1e3", "", "99999999999999999999999", " 4", "0x4"])
    func sizesThatAreNone(_ value: String) throws {
        #expect(try problem([("location", "data.bin"), ("offset", value)]).contains("is no size"))
        #expect(try problem([("location", "data.bin"), ("length", value)]).contains("is no size"))
    }

    @Test func sizesThatDoNotFit() throws {
        #expect(try problem([("location", "data.bin"), ("length", "4")]).contains("does not fit its shape"))
        #expect(try problem([("location", "data.bin")], shape: [5]).contains("past its end"))
        #expect(try problem([("location", "data.bin")], shape: [1 << 40]).contains("past its end"))
        #expect(try problem([("location", "data.bin")], shape: [-1]).contains("dimension of -1"))
    }

    @Test func modelsFromMemoryHaveNoFiles() throws {
        do throws(ModelError) {
            _ = try Session(bytes: model([("location", "data.bin")]), name: "test", pool: WorkerPool(threads: 1))
            Issue.record("loaded")
        } catch { #expect(error.problem.contains("was not read from one")) }
    }

    /// Many tensors that read the same bytes would fill memory with copies.
    @Test func oneFileReadOverAndOver() throws {
        let scratch = try Scratch()
        _ = try scratch.write(data, to: "data.bin")
        var writer = ProtoWriter()
        writer.int(1, 8)
        writer.message(7) { graph in
            for index in 0..<100 {
                graph.message(5) { tensor in
                    tensor.packed(1, [3])
                    tensor.int(2, 1)
                    tensor.text(8, "c\(index)")
                    for (key, value) in [("location", "data.bin"), ("offset", "1")] {
                        tensor.message(13) {
                            $0.text(1, key)
                            $0.text(2, value)
                        }
                    }
                    tensor.int(14, 1)
                }
            }
        }
        writer.message(8) { $0.int(2, 13) }
        let path = try scratch.write(writer.bytes, to: "model.onnx")
        do throws(ModelError) {
            _ = try Session(path: path, pool: WorkerPool(threads: 1))
            Issue.record("loaded")
        } catch { #expect(error.problem.contains("times over")) }
    }
}
