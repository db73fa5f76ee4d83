import Kernels

/// The safe face of the C kernels: every size is checked here, before C sees a pointer.
///
/// Outputs must be writable. An elementwise function may work in place, its output being one of its inputs; no other may.
/// Results depend on the sizes and the ``level`` alone, never on threads.
package enum Kernel {
    /// The table in use: the best that this processor runs, or the one that `HECKLE_KERNELS` names.
    nonisolated(unsafe) static let table = unsafe kernels_best()

    /// The name of the instruction set in use: `portable`, `avx2`, `avx512vnni`, `dotprod` or `i8mm`.
    package static var level: String { unsafe String(cString: table.pointee.level) }

    /// The names of all levels this processor runs, slowest first.
    package static var levels: [String] {
        var count: Int32 = 0
        let tables = unsafe kernels_levels(&count)
        return (0..<Int(count)).map { unsafe String(cString: tables[$0].level) }
    }

    /// What `HECKLE_KERNELS` asked for when there is no such level here and the best one is used instead, else nil.
    package static var unknownLevel: String? {
        guard let name = unsafe kernels_unknown_level() else { return nil }
        return unsafe String(cString: name)
    }
}

extension Buffer {
    /// Stops the process where a kernel's output cannot be written.
    func requireWritable() { precondition(isWritable, "a kernel's output is read-only") }
}
