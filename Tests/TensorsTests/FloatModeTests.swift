import Synchronization
import Tensors
import Testing

@Suite("FloatMode")
struct FloatModeTests {
    /// Half of the smallest normal float, by the processor and not by the compiler.
    @inline(never) @_optimize(none) private static func subnormal() -> Float { Float.leastNormalMagnitude * 0.5 }

    /// Whether there is such a mode here.
    private static let flushes = FloatMode.current.withoutSubnormals != FloatMode.current

    @Test(.enabled(if: flushes, "this processor has no such mode"))
    func subnormalsCountAsZeroOnlyInside() {
        #expect(Self.subnormal() > 0)
        #expect(FloatMode.current.withoutSubnormals.run { Self.subnormal() } == 0)
        #expect(Self.subnormal() > 0)
    }

    @Test func returnsToTheModeBefore() {
        struct Failure: Error {}
        let before = FloatMode.current
        let inside = before.withoutSubnormals.run { () -> FloatMode in
            // The same once more changes nothing.
            FloatMode.current.withoutSubnormals.run { FloatMode.current }
        }
        #expect(inside == before.withoutSubnormals)
        #expect(FloatMode.current == before)
        #expect(throws: Failure.self) {
            try before.withoutSubnormals.run { () throws(Failure) in throw Failure() }
        }
        #expect(FloatMode.current == before)
    }

    @Test("a loop runs in its caller's mode on every thread", arguments: [1, 2, 4])
    func loopsKeepTheMode(threads: Int) {
        let pool = WorkerPool(threads: threads)
        func modes() -> [FloatMode] {
            let seen = Mutex<[FloatMode]>([])
            // Long enough for the others to join.
            pool.run(400) { index in
                var sum = 0.0
                for term in 0..<20_000 { sum += Double(term ^ index) }
                let mode = sum < 0 ? nil : FloatMode.current
                seen.withLock { if let mode, !$0.contains(mode) { $0.append(mode) } }
            }
            return seen.withLock { $0 }
        }
        let before = FloatMode.current
        #expect(modes() == [before])
        #expect(before.withoutSubnormals.run(modes) == [before.withoutSubnormals])
        #expect(modes() == [before])
    }
}
