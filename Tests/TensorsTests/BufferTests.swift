import Tensors
import TestSupport
import Testing

@Suite("Buffer")
struct BufferTests {
    @Test func readsAndWritesElements() {
        let buffer = Buffer<Int32>(count: 3)
        #expect(buffer.array == [0, 0, 0])
        buffer[1] = 7
        #expect(buffer[1] == 7)
        #expect(buffer.indices == 0..<3)
        let copy = buffer
        copy[2] = 9
        #expect(buffer.array == [0, 7, 9])
    }

    @Test func slicesShareTheElements() {
        let buffer = Buffer<Float>([0, 1, 2, 3, 4, 5])
        let slice = buffer[2..<5]
        #expect(slice.array == [2, 3, 4])
        slice[0] = 20
        #expect(buffer[2] == 20)
        #expect(slice[1..<3].array == [3, 4])
        #expect(buffer[6..<6].count == 0)
    }

    @Test func copiesAndFills() {
        let buffer = Buffer<Int16>([1, 2, 3, 4])
        buffer[1..<3].fill(with: -5)
        #expect(buffer.array == [1, -5, -5, 4])
        buffer[0..<2].copy(from: buffer[2..<4])
        #expect(buffer.array == [-5, 4, -5, 4])
        Buffer<Int16>(count: 0).copy(from: Buffer(count: 0))
    }

    @Test func spansSeeTheElements() {
        let buffer = Buffer<Int>([3, 4, 5])
        #expect(buffer.withSpan { $0[0] + $0[2] } == 8)
        buffer.withMutableSpan { span in
            for index in span.indices { span[index] *= 2 }
        }
        #expect(buffer.array == [6, 8, 10])
    }

    @Test func reboundsWhereSizeAndAlignmentFit() throws {
        let bytes = Buffer<UInt8>([1, 0, 0, 0, 2, 0, 0, 0, 9])
        #expect(bytes.rebound(to: UInt32.self) == nil)
        #expect(try #require(bytes[0..<8].rebound(to: UInt32.self)).array == [1, 2])
        #expect(bytes[1..<9].rebound(to: UInt32.self) == nil)
        #expect(try #require(bytes[4..<8].rebound(to: UInt16.self)).array == [2, 0])
    }

    // What would read or write elsewhere stops the process instead.

    @Test func readingPastTheEndStops() async {
        await #expect(processExitsWith: .failure) { _ = Buffer<Int>(count: 3)[3] }
    }

    @Test func readingBeforeTheStartStops() async {
        await #expect(processExitsWith: .failure) { _ = Buffer<Int>(count: 3)[-1] }
    }

    @Test func writingPastTheEndStops() async {
        await #expect(processExitsWith: .failure) { Buffer<Int>(count: 3)[3] = 1 }
    }

    @Test func slicingPastTheEndStops() async {
        await #expect(processExitsWith: .failure) { _ = Buffer<Int>(count: 3)[1..<4] }
    }

    @Test func copyingAnotherCountStops() async {
        await #expect(processExitsWith: .failure) { Buffer<Int>(count: 3).copy(from: Buffer(count: 2)) }
    }

    @Test func writingAMappedFileStops() async {
        await #expect(processExitsWith: .failure) {
            let scratch = try Scratch()
            let storage = try Storage(mapping: scratch.write([1, 2, 3, 4], to: "bytes"))
            storage.buffer(of: UInt8.self, at: 0, count: 4)?[0] = 9
        }
    }
}
