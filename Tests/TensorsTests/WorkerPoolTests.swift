import Kernels
import Synchronization
import Tensors
import Testing

@Suite("WorkerPool")
struct WorkerPoolTests {
    @Test("every index once", arguments: [1, 2, 3, 8], [0, 1, 2, 3, 7, 64, 1000])
    func everyIndexOnce(threads: Int, count: Int) {
        let pool = WorkerPool(threads: threads)
        #expect(pool.threads == threads)
        let seen = Buffer<Int32>(count: count)
        pool.run(count) { seen[$0] += 1 }
        #expect(seen.array.allSatisfy { $0 == 1 })
    }

    @Test("every range once, all of the chunk but the last", arguments: [1, 4], [0, 1, 9, 10, 11, 1003])
    func everyRangeOnce(threads: Int, count: Int) {
        let pool = WorkerPool(threads: threads)
        let seen = Buffer<Int32>(count: count)
        let short = Atomic<Int>(0)
        pool.split(count, chunk: 10) { range in
            for index in range { seen[index] += 1 }
            if range.count != 10 { short.wrappingAdd(1, ordering: .relaxed) }
        }
        #expect(seen.array.allSatisfy { $0 == 1 })
        #expect(short.load(ordering: .relaxed) == (count % 10 == 0 ? 0 : 1))
    }

    @Test("how a loop is cut does not depend on the threads", arguments: [1, 2, 3, 8])
    func cutsAlike(threads: Int) {
        let pool = WorkerPool(threads: threads)
        let starts = Mutex<Set<Range<Int>>>([])
        pool.split(100, chunk: 32) { range in starts.withLock { _ = $0.insert(range) } }
        #expect(starts.withLock { $0 } == [0..<32, 32..<64, 64..<96, 96..<100])
    }

    @Test("a strand is in one call at a time", arguments: [1, 2, 3, 8], [1, 2, 5, 200])
    func strandsAreAlone(threads: Int, count: Int) {
        let pool = WorkerPool(threads: threads)
        let strands = min(threads, count)
        let calls = Buffer<Int32>(count: count)
        let inside = Mutex(Set<Int>())
        let clashes = Atomic<Int>(0)
        for _ in 0..<20 {
            pool.run(count) { index, strand in
                calls[index] += 1
                let isAlone = inside.withLock { $0.insert(strand).inserted }
                if !isAlone || strand >= strands { clashes.wrappingAdd(1, ordering: .relaxed) }
                inside.withLock { _ = $0.remove(strand) }
            }
        }
        #expect(clashes.load(ordering: .relaxed) == 0)
        #expect(calls.array.allSatisfy { $0 == 20 })
    }

    @Test func workersThatSleepAreWoken() async throws {
        let pool = WorkerPool(threads: 4)
        let seen = Buffer<Int32>(count: 64)
        for _ in 0..<20 {
            // Longer than anybody looks before going to sleep.
            try await Task.sleep(for: .milliseconds(2))
            pool.run(64) { seen[$0] += 1 }
        }
        #expect(seen.array.allSatisfy { $0 == 20 })
    }

    @Test(.enabled(if: kernels_cores() > 1, "this system does not tell cores, or there is one"))
    func aThreadLeavesItsCoreAndMayReturn() {
        let before = kernels_cores()
        // Whoever schedules threads may bring it back at once, but not every time.
        let left = (0..<200).contains { _ in
            let core = kernels_core()
            return kernels_leave_core(core) && kernels_core() != core
        }
        #expect(left)
        #expect(kernels_cores() == before)
    }

    @Test func aCoreThatThereIsNotIsNotLeft() {
        let before = kernels_cores()
        for core: Int32 in [-1, .min, .max, 1 << 20] { #expect(!kernels_leave_core(core)) }
        #expect(kernels_cores() == before)
    }

    @Test func aCallerWaitsForWhoIsSlow() {
        let pool = WorkerPool(threads: 2)
        let seen = Buffer<Int32>(count: 2)
        for round in 1...10 {
            pool.run(2) { index in
                // Longer than the caller looks before it sleeps, whoever has which.
                let end = ContinuousClock.now + .milliseconds(index == round % 2 ? 3 : 0)
                while ContinuousClock.now < end {}
                seen[index] += 1
            }
            #expect(seen.array == [Int32(round), Int32(round)])
        }
    }

    @Test func aLoopInsideALoopRunsToo() {
        let pool = WorkerPool(threads: 4)
        let seen = Buffer<Int32>(count: 12 * 20)
        pool.run(12) { outer in
            pool.run(20) { inner in seen[outer * 20 + inner] += 1 }
        }
        #expect(seen.array.allSatisfy { $0 == 1 })
    }

    @Test func callersOnOtherThreadsDoNotMeet() async {
        let pool = WorkerPool(threads: 3)
        let seen = (0..<8).map { _ in Buffer<Int32>(count: 40) }
        await withTaskGroup(of: Void.self) { group in
            for own in seen {
                group.addTask {
                    for _ in 0..<50 { pool.run(40) { own[$0] += 1 } }
                }
            }
        }
        for own in seen { #expect(own.array.allSatisfy { $0 == 50 }) }
    }

    @Test func manyShortLoopsInARow() {
        let pool = WorkerPool(threads: 4)
        let total = Atomic<Int>(0)
        for _ in 0..<5000 { pool.run(3) { _ in total.wrappingAdd(1, ordering: .relaxed) } }
        #expect(total.load(ordering: .relaxed) == 15_000)
    }

    @Test func poolsComeAndGo() {
        for threads in 1...20 {
            let total = Atomic<Int>(0)
            let pool = WorkerPool(threads: threads)
            pool.run(threads) { _ in total.wrappingAdd(1, ordering: .relaxed) }
            #expect(total.load(ordering: .relaxed) == threads)
        }
    }

    @Test(arguments: zip([-3, 0, 1, 300], [1, 1, 1, 256]))
    func sizesAreKeptInBounds(asked: Int, threads: Int) {
        #expect(WorkerPool(threads: asked).threads == threads)
    }

    @Test func sizesItselfToTheCores() {
        #expect(WorkerPool.performanceCores >= 1)
        #expect(WorkerPool().threads == min(256, WorkerPool.performanceCores))
    }

    @Test func chunksOfNothingStop() async {
        await #expect(processExitsWith: .failure) { WorkerPool(threads: 1).split(10, chunk: 0) { _ in } }
    }
}
