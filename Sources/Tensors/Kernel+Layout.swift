import Kernels

// Changes of layout.
extension Kernel {
    /// x [rows, columns] to y [columns, rows].
    package static func transpose(_ x: Buffer<Float>, rows: Int, columns: Int, into y: Buffer<Float>) {
        precondition(rows >= 0 && columns >= 0, "a negative size")
        let count = checkedProduct(rows, columns)
        precondition(x.count == count && y.count == count, "x or y is not [rows, columns]")
        y.requireWritable()
        unsafe table.pointee.transpose_f32(x.start, rows, columns, y.start)
    }

    /// Reads x with a stride a dimension (an axis permutation, a slice, a reversal, a broadcast) into y, row-major.
    ///
    /// - Parameters:
    ///   - shape: of y; at most 8 dimensions.
    ///   - strides: elements of x to the next index of each dimension; 0 repeats, a negative one walks back.
    ///   - offset: the element of x that y's first one reads.
    package static func stridedCopy<Element: BitwiseCopyable>(
        _ x: Buffer<Element>, shape: [Int], strides: [Int], offset: Int = 0, into y: Buffer<Element>
    ) {
        let size = MemoryLayout<Element>.stride
        precondition(size == 1 || size == 2 || size == 4 || size == 8, "an element of \(size) bytes")
        precondition(shape.count <= 8 && shape.count == strides.count, "one stride a dimension, at most 8")
        precondition(Tensor.count(of: shape) == y.count, "y is not of this shape")
        y.requireWritable()
        guard y.count > 0 else { return }
        var lowest = offset
        var highest = offset
        for (count, stride) in zip(shape, strides) {
            let reach = checkedProduct(count - 1, stride)
            let (end, overflow) = (reach < 0 ? lowest : highest).addingReportingOverflow(reach)
            precondition(!overflow, "a size past the address space")
            if reach < 0 { lowest = end } else { highest = end }
        }
        precondition(lowest >= 0 && highest < x.count, "strides leave the buffer")
        unsafe table.pointee.strided_copy(x.start + offset, y.start, size, shape.count, shape, strides)
    }

    /// Interleaved pixels of three bytes to three planes of floats: y = (x - mean) * scale, channel by channel.
    ///
    /// - Parameters:
    ///   - x: [pixels, 3].
    ///   - mean: three numbers, in the order of the planes.
    ///   - scale: three numbers, in the order of the planes.
    ///   - swapped: makes RGB to BGR: plane 0 is then channel 2.
    ///   - y: [3, pixels].
    package static func planes(
        fromInterleaved x: Buffer<UInt8>, mean: [Float], scale: [Float], swapped: Bool = false, into y: Buffer<Float>
    ) {
        precondition(x.count % 3 == 0 && x.count == y.count, "x is not [pixels, 3], or y not [3, pixels]")
        precondition(mean.count == 3 && scale.count == 3, "three channels")
        y.requireWritable()
        let pixels = x.count / 3
        unsafe table.pointee.hwc_to_chw(x.start, pixels, mean, scale, swapped, y.start, pixels)
    }
}
