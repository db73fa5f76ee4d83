import Kernels

// One row against another, or against a number, element by element.
extension Kernel {
    /// y = a + b. All of the same count.
    package static func add(_ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(a.count == b.count && a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.add_f32(a.start, b.start, y.start, y.count)
    }

    /// y = a - b. All of the same count.
    package static func subtract(_ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(a.count == b.count && a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.subtract_f32(a.start, b.start, y.start, y.count)
    }

    /// y = a * b. All of the same count.
    package static func multiply(_ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(a.count == b.count && a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.multiply_f32(a.start, b.start, y.start, y.count)
    }

    /// y = a / b. All of the same count.
    package static func divide(_ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(a.count == b.count && a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.divide_f32(a.start, b.start, y.start, y.count)
    }

    /// y = the larger of a and b; where one is NaN, `b`. All of the same count.
    package static func maximum(_ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(a.count == b.count && a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.maximum_f32(a.start, b.start, y.start, y.count)
    }

    /// y = the smaller of a and b; where one is NaN, `b`. All of the same count.
    package static func minimum(_ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(a.count == b.count && a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.minimum_f32(a.start, b.start, y.start, y.count)
    }

    /// y = a + b, with one `b` for all.
    package static func add(_ a: Buffer<Float>, _ b: Float, into y: Buffer<Float>) {
        precondition(a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.add_scalar_f32(a.start, b, y.start, y.count)
    }

    /// y = a * b, with one `b` for all.
    package static func multiply(_ a: Buffer<Float>, _ b: Float, into y: Buffer<Float>) {
        precondition(a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.multiply_scalar_f32(a.start, b, y.start, y.count)
    }

    /// y = a / b, with one `b` for all.
    package static func divide(_ a: Buffer<Float>, _ b: Float, into y: Buffer<Float>) {
        precondition(a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.divide_scalar_f32(a.start, b, y.start, y.count)
    }

    /// y = the larger of a and b; NaN where a is, with one `b` for all.
    package static func maximum(_ a: Buffer<Float>, _ b: Float, into y: Buffer<Float>) {
        precondition(a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.maximum_scalar_f32(a.start, b, y.start, y.count)
    }

    /// y = the smaller of a and b; NaN where a is, with one `b` for all.
    package static func minimum(_ a: Buffer<Float>, _ b: Float, into y: Buffer<Float>) {
        precondition(a.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.minimum_scalar_f32(a.start, b, y.start, y.count)
    }

    /// y = a - b, with one `b` for all.
    package static func subtract(_ a: Buffer<Float>, _ b: Float, into y: Buffer<Float>) { add(a, -b, into: y) }

    /// y = a - b, with one `a` for all.
    package static func subtract(_ a: Float, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(b.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.scalar_subtract_f32(a, b.start, y.start, y.count)
    }

    /// y = a / b, with one `a` for all.
    package static func divide(_ a: Float, _ b: Buffer<Float>, into y: Buffer<Float>) {
        precondition(b.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.scalar_divide_f32(a, b.start, y.start, y.count)
    }

    /// y += scale * x.
    package static func axpy(_ scale: Float, _ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.axpy_f32(scale, x.start, y.start, y.count)
    }

    /// y = scale * x + offset.
    package static func scale(_ x: Buffer<Float>, by scale: Float, offset: Float = 0, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.scale_offset_f32(x.start, scale, offset, y.start, y.count)
    }
}
