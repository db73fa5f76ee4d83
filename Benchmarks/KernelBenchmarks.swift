import Kernels

/// Shapes that the models meet: rows of a transformer of 2,048, feature maps of a detector at 640, photos.
enum KernelBenchmarks {
    static var all: [Benchmark] { elementwise + rows + matrices + windows + pixels }

    private static var elementwise: [Benchmark] {
        let n = 16_384
        let (x, y, z) = (Memory<Float>(count: n), Memory<Float>(count: n), Memory<Float>(count: n))
        func one(
            _ name: String,
            _ run: @escaping (Level) -> Void
        ) -> Benchmark {
            Benchmark(kernel: name, shape: "\(n)", work: .bytes(8 * n), run: run)
        }
        return [
            Benchmark(kernel: "add_f32", shape: "\(n)", work: .bytes(12 * n)) {
                unsafe $0.table.pointee.add_f32(x.start, z.start, y.start, n)
            },
            Benchmark(kernel: "axpy_f32", shape: "\(n)", work: .bytes(12 * n)) {
                unsafe $0.table.pointee.axpy_f32(1e-9, x.start, y.start, n)
            },
            one("relu_f32") { unsafe $0.table.pointee.relu_f32(x.start, y.start, n) },
            one("exp_f32") { unsafe $0.table.pointee.exp_f32(x.start, y.start, n) },
            one("sigmoid_f32") { unsafe $0.table.pointee.sigmoid_f32(x.start, y.start, n) },
            one("silu_f32") { unsafe $0.table.pointee.silu_f32(x.start, y.start, n) },
            one("tanh_f32") { unsafe $0.table.pointee.tanh_f32(x.start, y.start, n) },
            one("gelu_f32") { unsafe $0.table.pointee.gelu_f32(x.start, y.start, n) },
            one("erf_f32") { unsafe $0.table.pointee.erf_f32(x.start, y.start, n) },
        ]
    }

    private static var rows: [Benchmark] {
        let n = 2048
        let (a, b, y) = (Memory<Float>(count: n), Memory<Float>(count: n), Memory<Float>(count: n))
        let blocks = Memory<UInt8>(count: n / 32 * 34)
        return [
            Benchmark(kernel: "dot_f32", shape: "\(n)", work: .operations(2 * n)) {
                _ = unsafe $0.table.pointee.dot_f32(a.start, b.start, n)
            },
            Benchmark(kernel: "softmax_f32", shape: "\(n)", work: .bytes(8 * n)) {
                unsafe $0.table.pointee.softmax_f32(a.start, y.start, n)
            },
            Benchmark(kernel: "rms_norm_f32", shape: "\(n)", work: .bytes(12 * n)) {
                unsafe $0.table.pointee.rms_norm_f32(a.start, b.start, y.start, n, 1e-5)
            },
            Benchmark(kernel: "rope_f32", shape: "32 x 64, interleaved", work: .bytes(8 * n)) {
                unsafe $0.table.pointee.rope_f32(y.start, a.start, b.start, 32, 64, 64, false)
            },
            Benchmark(kernel: "quantize_q8_0", shape: "\(n)", work: .bytes(5 * n)) {
                unsafe $0.table.pointee.quantize_q8_0(a.start, blocks.start, n)
            },
        ]
    }

    /// Weights larger than the last cache, as those of a language model are; and a matrix that fits the second one.
    private static var matrices: [Benchmark] {
        let columns = 2048
        let x = Memory<Float>(count: 8 * columns)
        let blocks = BlockFormat.Vectors(x, count: 8 * columns)
        var list: [Benchmark] = []
        for (rows, vectors) in [(64, 1), (32_768, 1), (2048, 8)] {
            let y = Memory<Float>(count: rows * vectors)
            let count = rows * columns
            let shape = "\(rows) x \(columns), \(vectors) vector\(vectors > 1 ? "s" : "")"
            func benchmark(_ kernel: String, bytes: Int, _ run: @escaping (Level) -> Void) {
                let work: Benchmark.Work = vectors > 1 ? .operations(2 * count * vectors) : .bytes(bytes)
                list.append(Benchmark(kernel: kernel, shape: shape, work: work, run: run))
            }
            let floats = Memory<Float>(count: count)
            benchmark("matrix_vectors_f32", bytes: 4 * count) {
                unsafe $0.table.pointee.matrix_vectors_f32(floats.start, rows, columns, x.start, vectors, y.start, rows)
            }
            let halves = Memory<UInt16>(count: count) { UInt16(truncatingIfNeeded: 0x3000 + $0 % 0x800) }
            benchmark("matrix_vectors_f16", bytes: 2 * count) {
                unsafe $0.table.pointee.matrix_vectors_f16(halves.start, rows, columns, x.start, vectors, y.start, rows)
            }
            for format in BlockFormat.allCases {
                let bytes = count / format.length * format.byteCount
                // Small numbers whatever half they are part of.
                let weights = Memory<UInt8>(count: bytes) { UInt8(truncatingIfNeeded: $0 &* 37) & 0x2F }
                benchmark("matrix_vectors_\(format)", bytes: bytes) {
                    format.multiply(
                        at: $0, weights, rows: rows, columns: columns, blocks, vectors: vectors, areMany: false, into: y
                    )
                }
            }
        }
        list += manyVectors
        let (m, n, k) = (128, 1600, 576)
        let (a, b, c) = (Memory<Float>(count: m * k), Memory<Float>(count: k * n), Memory<Float>(count: m * n))
        list.append(
            Benchmark(kernel: "gemm_f32", shape: "\(m) x \(n) x \(k)", work: .operations(2 * m * n * k)) {
                unsafe $0.table.pointee.gemm_f32(false, false, m, n, k, 1, a.start, k, b.start, n, 0, c.start, n)
            })
        return list
    }

    /// What a long prompt makes of the same rows.
    private static var manyVectors: [Benchmark] {
        let (rows, columns, vectors) = (256, 2048, 192)
        let blocks = BlockFormat.Vectors(Memory<Float>(count: vectors * columns), count: vectors * columns)
        let y = Memory<Float>(count: rows * vectors)
        return BlockFormat.allCases.map { format in
            let bytes = rows * columns / format.length * format.byteCount
            let weights = Memory<UInt8>(count: bytes) { UInt8(truncatingIfNeeded: $0 &* 37) & 0x2F }
            return Benchmark(
                kernel: "matrix_matrix_\(format)", shape: "\(rows) x \(columns), \(vectors) vectors",
                work: .operations(2 * rows * columns * vectors)
            ) {
                format.multiply(
                    at: $0, weights, rows: rows, columns: columns, blocks, vectors: vectors, areMany: true, into: y)
            }
        }
    }

    private static var windows: [Benchmark] {
        var list: [Benchmark] = []
        for (size, kernel, stride) in [(80, 3, 1), (80, 3, 2), (40, 5, 1), (40, 5, 2)] {
            let pad = kernel / 2
            let out = (size + 2 * pad - kernel) / stride + 1
            let (x, y) = (Memory<Float>(count: size * size), Memory<Float>(count: out * out))
            let weights = Memory<Float>(count: kernel * kernel)
            var window = square(size, kernel, stride, pad)
            let shape = "\(size) x \(size), \(kernel) x \(kernel) / \(stride)"
            list.append(
                Benchmark(kernel: "depthwise_f32", shape: shape, work: .operations(2 * out * out * kernel * kernel)) {
                    unsafe $0.table.pointee.depthwise_f32(x.start, weights.start, 0.5, &window, 0, out, y.start)
                })
        }
        let (size, channels) = (80, 32)
        let x = Memory<Float>(count: channels * size * size)
        var three = square(size, 3, 1, 1)
        let columns = Memory<Float>(count: channels * 9 * size * size)
        list.append(
            Benchmark(kernel: "im2col_f32", shape: "32 x 80 x 80, 3 x 3", work: .bytes(40 * channels * size * size)) {
                unsafe $0.table.pointee.im2col_f32(x.start, channels, &three, 0, size, columns.start)
            })
        var two = square(size, 2, 2, 0)
        var wide = square(size, 5, 1, 2)
        list.append(
            Benchmark(
                kernel: "max_pool_f32", shape: "32 x 80 x 80, 2 x 2 / 2", work: .bytes(5 * channels * size * size)
            ) {
                unsafe $0.table.pointee.max_pool_f32(x.start, channels, &two, columns.start)
            })
        list.append(
            Benchmark(kernel: "max_pool_f32", shape: "32 x 80 x 80, 5 x 5", work: .bytes(8 * channels * size * size)) {
                unsafe $0.table.pointee.max_pool_f32(x.start, channels, &wide, columns.start)
            })
        list.append(
            Benchmark(
                kernel: "average_pool_f32", shape: "32 x 80 x 80, 2 x 2 / 2", work: .bytes(5 * channels * size * size)
            ) {
                unsafe $0.table.pointee.average_pool_f32(x.start, channels, &two, false, columns.start)
            })
        return list
    }

    private static func square(_ size: Int, _ kernel: Int, _ stride: Int, _ pad: Int) -> kernels_window {
        let out = (size + 2 * pad - kernel) / stride + 1
        return kernels_window(
            height: size, width: size, kernel_height: kernel, kernel_width: kernel, stride_y: stride, stride_x: stride,
            dilation_y: 1, dilation_x: 1, pad_top: pad, pad_left: pad, pad_bottom: pad, pad_right: pad, out_height: out,
            out_width: out)
    }

    private static var pixels: [Benchmark] {
        let (width, target) = (1920, 640)
        let row = Memory<UInt8>(count: 3 * width * 8)
        let (planes, bytes) = (Memory<Float>(count: 3 * width), Memory<UInt8>(count: 3 * width))
        let (mean, scale) = (Memory<Float>(count: 3), Memory<Float>(count: 3))
        let first = Memory<Int32>(count: target) { Int32(max(0, min(width - 7, $0 * 3 - 2))) }
        let count = Memory<Int32>(count: target) { _ in 7 }
        let weights = Memory<Int32>(count: target * 7) { _ in (1 << 22) / 7 }
        let (rows, columns) = (512, 512)
        let (matrix, turned) = (Memory<Float>(count: rows * columns), Memory<Float>(count: rows * columns))
        return [
            Benchmark(kernel: "hwc_to_chw", shape: "\(width)", work: .bytes(15 * width)) {
                unsafe $0.table.pointee.hwc_to_chw(
                    row.start, width, mean.start, scale.start, false, planes.start, width)
            },
            Benchmark(
                kernel: "resample_row_u8", shape: "\(width) -> \(target), 7 taps", work: .operations(2 * 3 * 7 * target)
            ) {
                unsafe $0.table.pointee.resample_row_u8(
                    row.start, first.start, count.start, weights.start, 7, target, bytes.start)
            },
            Benchmark(kernel: "resample_column_u8", shape: "\(width), 7 taps", work: .operations(2 * 3 * 7 * width)) {
                unsafe $0.table.pointee.resample_column_u8(
                    row.start, 3 * width, weights.start, 7, bytes.start, 3 * width)
            },
            Benchmark(kernel: "transpose_f32", shape: "\(rows) x \(columns)", work: .bytes(8 * rows * columns)) {
                unsafe $0.table.pointee.transpose_f32(matrix.start, rows, columns, turned.start)
            },
        ]
    }
}
