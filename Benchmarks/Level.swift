import Kernels

/// The kernels of one set of instructions.
@safe struct Level {
    let table: UnsafePointer<kernels>

    var name: String { unsafe String(cString: table.pointee.level) }

    /// Those this processor runs, slowest first.
    static var all: [Level] {
        var count: Int32 = 0
        let tables = unsafe kernels_levels(&count)
        return (0..<Int(count)).map { unsafe Level(table: tables + $0) }
    }

    /// The fastest, or the one that `HECKLE_KERNELS` names.
    static var best: Level { unsafe Level(table: kernels_best()) }
}
