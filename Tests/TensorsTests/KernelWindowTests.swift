import Tensors
import TestSupport
import Testing

@Suite("Window")
struct WindowTests {
    /// Input, kernel, stride, dilation, padding at both ends; output rounded down, and up.
    @Test(arguments: [
        ([5, 3, 1, 1, 0], 3, 3), ([5, 3, 1, 1, 1], 5, 5), ([6, 3, 2, 1, 1], 3, 4), ([6, 2, 2, 1, 0], 3, 3),
        ([7, 3, 2, 1, 0], 3, 3), ([8, 3, 2, 1, 0], 3, 4), ([9, 3, 1, 2, 0], 5, 5), ([1, 1, 3, 1, 0], 1, 1),
        ([4, 1, 3, 1, 0], 2, 2), ([3, 2, 2, 1, 1], 2, 2), ([5, 2, 3, 1, 0], 2, 2),
    ])
    func countsItsOutputs(sizes: [Int], floor: Int, ceiling: Int) throws {
        let pad = Window.Padding(top: sizes[4], left: 0, bottom: sizes[4], right: 0)
        for (isCeiling, expected) in [(false, floor), (true, ceiling)] {
            let window = try #require(
                Window(
                    input: .init(sizes[0], 1), kernel: .init(sizes[1], 1), stride: .init(sizes[2], 1),
                    dilation: .init(sizes[3], 1), padding: pad, ceiling: isCeiling))
            #expect(window.output == .init(expected, 1))
        }
    }

    @Test(arguments: [
        [0, 1, 1, 1, 0], [2, 3, 1, 1, 0], [5, 0, 1, 1, 0], [5, -1, 1, 1, 0], [5, 3, 0, 1, 0], [5, 3, 1, 0, 0],
        [5, 3, 1, 1, -1], [-5, 3, 1, 1, 9], [5, 3, 1, 3, 0], [5, Int.max, 1, Int.max, 0], [Int.max, 3, 1, 1, Int.max],
        [5, 1 << 30, 1, 1 << 30, 0],
    ])
    func impossibleOnesAreNil(sizes: [Int]) {
        let padding = Window.Padding(top: sizes[4], left: 0, bottom: sizes[4], right: 0)
        let tall = Window(
            input: .init(sizes[0], 1), kernel: .init(sizes[1], 1), stride: .init(sizes[2], 1),
            dilation: .init(sizes[3], 1), padding: padding)
        #expect(tall == nil)
        let sides = Window.Padding(top: 0, left: sizes[4], bottom: 0, right: sizes[4])
        let wide = Window(
            input: .init(1, sizes[0]), kernel: .init(1, sizes[1]), stride: .init(1, sizes[2]),
            dilation: .init(1, sizes[3]), padding: sides)
        #expect(wide == nil)
    }
}

@Suite("Kernel: windows, layout and resampling")
struct KernelWindowTests {
    /// A plane of 3 x 4, counted up from 1, and a window of 2 x 3 that pads the left column.
    private func sample() throws -> (Buffer<Float>, Window) {
        let window = try #require(
            Window(
                input: .init(3, 4), kernel: .init(2, 3), stride: .init(1, 2),
                padding: .init(top: 0, left: 1, bottom: 0, right: 0)))
        #expect(window.output == .init(2, 2))
        return (Buffer((1...12).map(Float.init)), window)
    }

    @Test func im2colGivesThePatches() throws {
        let (x, window) = try sample()
        let y = Buffer<Float>(count: 6 * 4)
        Kernel.im2col(x, channels: 1, window: window, rows: 0..<2, into: y)
        #expect(
            y.array == [0, 2, 0, 6, 1, 3, 5, 7, 2, 4, 6, 8, 0, 6, 0, 10, 5, 7, 9, 11, 6, 8, 10, 12])
        let second = Buffer<Float>(count: 6 * 2)
        Kernel.im2col(x, channels: 1, window: window, rows: 1..<2, into: second)
        #expect(second.array == [0, 6, 5, 7, 6, 8, 0, 10, 9, 11, 10, 12])
    }

    /// Depthwise, direct and by way of a matrix product: the same convolution.
    @Test func convolutionsAgree() throws {
        let (x, window) = try sample()
        let weights = Buffer<Float>([1, -1, 2, 0.5, 3, -2])
        let expected = (0..<4).map { index in
            var sum: Float = 0.25
            for tap in 0..<6 {
                let (row, column) = (index / 2 + tap / 3, index % 2 * 2 + tap % 3 - 1)
                if column >= 0 { sum += weights[tap] * x[row * 4 + column] }
            }
            return sum
        }
        let depthwise = Buffer<Float>(count: 4)
        Kernel.depthwise(x, weights: weights, bias: 0.25, window: window, rows: 0..<2, into: depthwise)
        #expect(depthwise.array == expected)
        let direct = Buffer<Float>(count: 4)
        Kernel.convolution(
            x, inChannels: 1, weights: weights, bias: Buffer([0.25]), outChannels: 1, window: window, into: direct)
        #expect(direct.array == expected)
        let columns = Buffer<Float>(count: 24)
        Kernel.im2col(x, channels: 1, window: window, rows: 0..<2, into: columns)
        let product = Buffer<Float>([0.25, 0.25, 0.25, 0.25])
        Kernel.gemm(m: 1, n: 4, k: 6, weights, lda: 6, columns, ldb: 4, beta: 1, into: product, ldc: 4)
        #expect(product.array == expected)
    }

    @Test func poolingTakesTheLargestAndTheMean() throws {
        let (x, window) = try sample()
        let y = Buffer<Float>(count: 4)
        Kernel.maxPool(x, channels: 1, window: window, into: y)
        #expect(y.array == [6, 8, 10, 12])
        Kernel.averagePool(x, channels: 1, window: window, countPadding: false, into: y)
        #expect(y.array == [3.5, 5, 7.5, 9])
        Kernel.averagePool(x, channels: 1, window: window, countPadding: true, into: y)
        #expect(Tolerance.relative(1e-6).mismatch(y.array, [14.0 / 6, 5, 5, 9]) == nil)
    }

    @Test func transposesAndPermutes() {
        let x = Buffer<Float>((0..<6).map(Float.init))
        let y = Buffer<Float>(count: 6)
        Kernel.transpose(x, rows: 2, columns: 3, into: y)
        #expect(y.array == [0, 3, 1, 4, 2, 5])
        Kernel.stridedCopy(x, shape: [3, 2], strides: [1, 3], into: y)
        #expect(y.array == [0, 3, 1, 4, 2, 5])
    }

    @Test func stridesReverseRepeatAndSkip() {
        let x = Buffer<Int64>([10, 11, 12, 13])
        let reversed = Buffer<Int64>(count: 4)
        Kernel.stridedCopy(x, shape: [4], strides: [-1], offset: 3, into: reversed)
        #expect(reversed.array == [13, 12, 11, 10])
        let repeated = Buffer<Int64>(count: 6)
        Kernel.stridedCopy(x, shape: [3, 2], strides: [0, 2], offset: 1, into: repeated)
        #expect(repeated.array == [11, 13, 11, 13, 11, 13])
        let scalar = Buffer<Int64>(count: 1)
        Kernel.stridedCopy(x, shape: [], strides: [], offset: 2, into: scalar)
        #expect(scalar.array == [12])
        Kernel.stridedCopy(Buffer<Int64>(count: 0), shape: [0, 5], strides: [9, 9], into: Buffer(count: 0))
    }

    @Test func stridesOutOfTheBufferStop() async {
        await #expect(processExitsWith: .failure) {
            Kernel.stridedCopy(Buffer<Float>(count: 6), shape: [3, 2], strides: [1, 4], into: Buffer(count: 6))
        }
        await #expect(processExitsWith: .failure) {
            Kernel.stridedCopy(Buffer<Float>(count: 6), shape: [4], strides: [-1], offset: 2, into: Buffer(count: 4))
        }
        await #expect(processExitsWith: .failure) {
            Kernel.stridedCopy(
                Buffer<Float>(count: 6), shape: [2], strides: [Int.max], offset: 2, into: Buffer(count: 2))
        }
    }

    @Test func planesOfInterleavedPixels() {
        let x = Buffer<UInt8>([10, 20, 30, 40, 50, 60])
        let y = Buffer<Float>(count: 6)
        Kernel.planes(fromInterleaved: x, mean: [0, 10, 20], scale: [1, 2, 0.5], into: y)
        #expect(y.array == [10, 40, 20, 80, 5, 20])
        Kernel.planes(fromInterleaved: x, mean: [0, 0, 0], scale: [1, 1, 1], swapped: true, into: y)
        #expect(y.array == [30, 60, 20, 50, 10, 40])
    }

    @Test func resamplesBytesAlongBothAxes() {
        // Three pixels to two: their halves.
        let half: Int32 = 1 << 21
        let weights = ResampleWeights(
            source: 3, first: [0, 1], count: [2, 2], weights: [half, half, half, half], size: 2)
        #expect(weights.targets == 2)
        let image: [UInt8] = [0, 100, 200, 10, 101, 220, 21, 103, 255]
        var row = [UInt8](repeating: 0, count: 12)
        var rowSpan = row.mutableSpan
        Kernel.resampleRows((image + image.reversed()).span, rows: 2, weights, into: &rowSpan)
        #expect(row == [5, 101, 210, 16, 102, 238, 238, 102, 16, 210, 101, 5])
        var column = [UInt8](repeating: 0, count: 6)
        var columnSpan = column.mutableSpan
        Kernel.resampleColumns(image.span, stride: 3, weights, into: &columnSpan)
        #expect(column == [5, 101, 210, 16, 102, 238])
    }

    @Test func resampleWeightsOutsideTheSourceStop() async {
        await #expect(processExitsWith: .failure) {
            _ = ResampleWeights(source: 3, first: [2], count: [2], weights: [1, 1], size: 2)
        }
        await #expect(processExitsWith: .failure) {
            _ = ResampleWeights(source: 3, first: [0], count: [2], weights: [1 << 22, 1 << 22], size: 2)
        }
    }

    @Test func resizesPlanes() {
        let x = Buffer<Float>([0, 10, 20, 30])  // [2, 2]
        let middle = ResizeTaps(source: 2, taps: [(0, 1, 0), (0, 1, 0.5), (1, 1, 0)])
        #expect(middle.targets == 3)
        let y = Buffer<Float>(count: 9)
        Kernel.resizeLinear(x, rows: middle, columns: middle, into: y)
        #expect(y.array == [0, 5, 10, 10, 15, 20, 20, 25, 30])
        let copied = Buffer<Float>(count: 6)
        Kernel.resizeNearest(x, width: 2, rows: [1, 0], columns: [0, 0, 1], into: copied)
        #expect(copied.array == [20, 20, 30, 0, 0, 10])
    }

    @Test func tapsOutsideThePlaneStop() async {
        await #expect(processExitsWith: .failure) { _ = ResizeTaps(source: 2, taps: [(0, 2, 0)]) }
        await #expect(processExitsWith: .failure) {
            Kernel.resizeNearest(Buffer(count: 4), width: 2, rows: [2], columns: [0], into: Buffer(count: 1))
        }
    }
}
