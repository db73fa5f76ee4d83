import Tensors
import Testing

@Suite("Tensor")
struct TensorTests {
    @Test(arguments: zip([[], [0], [3], [2, 3, 4], [5, 0, 7]], [1, 0, 3, 24, 0]))
    func countsItsElements(shape: [Int], count: Int) {
        #expect(Tensor.count(of: shape) == count)
        let tensor = Tensor(shape: shape, type: .float32)
        #expect(tensor.count == count)
        #expect(tensor.byteCount == 4 * count)
        #expect(tensor.floats.array == Array(repeating: 0, count: count))
    }

    @Test(arguments: [[-1], [2, -3], [Int.max, 2], [1 << 32, 1 << 32], [0, -1]])
    func shapesWithoutACountHaveNone(shape: [Int]) {
        #expect(Tensor.count(of: shape) == nil)
        #expect(Tensor(shape: shape, type: .uint8, storage: Storage(byteCount: 64), byteOffset: 0) == nil)
    }

    @Test(arguments: [(-4, 1), (4, 4), (2, 1), (16, 1), (20, 0), (0, Int.max / 2)])
    func viewsOutsideOrMisalignedAreNil(offset: Int, count: Int) {
        let storage = Storage(byteCount: 16)
        #expect(Tensor(shape: [count], type: .float32, storage: storage, byteOffset: offset) == nil)
    }

    @Test func viewsShareTheirStorage() throws {
        let storage = Storage(byteCount: 32)
        let tensor = try #require(Tensor(shape: [2, 2], type: .float32, storage: storage, byteOffset: 16))
        tensor.floats[3] = 5
        let all = try #require(Tensor(shape: [8], type: .float32, storage: storage, byteOffset: 0))
        #expect(all.floats.array == [0, 0, 0, 0, 0, 0, 0, 5])
        let column = tensor.reshaped([4, 1])
        #expect(column.shape == [4, 1])
        #expect(column.floats.array == [0, 0, 0, 5])
    }

    @Test func holdsACopyOfWhatItIsMadeOf() {
        let tensor = Tensor([Int64(1), -2, 3], shape: [3, 1])
        #expect(tensor.type == .int64)
        #expect(tensor.elements(as: Int64.self).array == [1, -2, 3])
    }

    @Test(arguments: ElementType.allCases)
    func elementTypesHaveTheirSize(type: ElementType) throws {
        let sizes: [ElementType: Int] = [
            .float32: 4, .float64: 8, .float16: 2, .bfloat16: 2, .int64: 8, .int32: 4, .int16: 2, .int8: 1, .uint64: 8,
            .uint32: 4, .uint16: 2, .uint8: 1, .bool: 1,
        ]
        #expect(type.byteSize == (try #require(sizes[type])))
    }

    @Test func readingAnotherTypeStops() async {
        await #expect(processExitsWith: .failure) { _ = Tensor(shape: [2], type: .int32).floats }
    }

    @Test func reshapingToAnotherCountStops() async {
        await #expect(processExitsWith: .failure) { _ = Tensor(shape: [2, 3], type: .int32).reshaped([5]) }
    }
}
