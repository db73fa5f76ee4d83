import Kernels

/// How a thread computes with floats, as far as its processor lets it choose: x86's MXCSR, ARM's FPCR.
///
/// Loops of a ``WorkerPool`` run in the mode of the thread that starts them, so results do not depend on who computes what.
package struct FloatMode: Equatable, Sendable {
    private let bits: UInt64

    private init(bits: UInt64) { self.bits = bits }

    /// The calling thread's.
    package static var current: FloatMode { FloatMode(bits: kernels_float_mode()) }

    /// The mode in which subnormal floats, those below 1.2e-38, count as zero: operands and results.
    ///
    /// Vector units of many processors take some hundred cycles for an instruction that meets one.
    package var withoutSubnormals: FloatMode { FloatMode(bits: kernels_float_mode_without_subnormals(bits)) }

    /// Runs `body` on the calling thread in this mode, and returns to the mode before.
    package func run<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let before = FloatMode.current
        guard self != before else { return try body() }
        kernels_set_float_mode(bits)
        defer { kernels_set_float_mode(before.bits) }
        return try body()
    }
}
