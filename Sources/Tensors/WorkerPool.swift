import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A few threads that loops are split over.
///
/// The threads are the pool's own and sleep while there is nothing to do, so neither Swift's cooperative pool nor an event
/// loop is ever held by arithmetic. A call blocks until the whole loop is done, and its caller works too. One loop runs at a
/// time: one that starts inside another, or while another thread's runs, runs on its caller alone. How a loop is cut
/// depends on its size only, never on the number of threads, so results are the same to the bit at any number.
@safe package final class WorkerPool: Sendable {
    /// Threads that take part in a loop, the caller included; at least 1.
    package let threads: Int
    private let state: PoolState

    /// Starts `threads - 1` threads.
    ///
    /// - Parameter threads: 1 to 256; nil for the number of performance cores.
    package init(threads: Int? = nil) {
        let wanted = min(256, max(1, threads ?? WorkerPool.performanceCores))
        let state = PoolState()
        for _ in 1..<max(wanted, 1) { state.start() }
        self.threads = wanted
        self.state = state
    }

    deinit { state.stop() }

    /// Calls `body` once for each index below `count`, in any order, on any of the threads; returns when all are done.
    package func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 1, threads > 1, state.claim() else {
            for index in 0..<max(count, 0) { body(index) }
            return
        }
        defer { state.release() }
        withoutActuallyEscaping(body) { state.perform(count, $0) }
    }

    /// Cuts `0..<count` into ranges of `chunk` (the last may be shorter) and calls `body` once for each.
    package func split(_ count: Int, chunk: Int, _ body: @Sendable (Range<Int>) -> Void) {
        precondition(chunk > 0, "a chunk of nothing")
        guard count > chunk else {
            if count > 0 { body(0..<count) }
            return
        }
        run((count - 1) / chunk + 1) { index in
            let start = index * chunk
            body(start..<min(count, start + chunk))
        }
    }

    /// Cores meant for speed: the performance cores of an Apple chip, else every core that is online.
    package static var performanceCores: Int {
        #if canImport(Darwin)
            var cores: Int32 = 0
            var size = MemoryLayout<Int32>.size
            let failed = unsafe sysctlbyname("hw.perflevel0.physicalcpu", &cores, &size, nil, 0)
            if failed == 0, cores > 0 { return Int(cores) }
        #endif
        return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}

/// What the threads of a pool share: one loop at a time, behind a lock.
///
/// A model's layer is a dozen loops of some ten microseconds with little between them, and waking a thread takes as long as
/// such a loop: so whoever waits looks again a few times, giving way to other threads, before it sleeps.
@safe private final class PoolState: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let wake: UnsafeMutablePointer<pthread_cond_t>
    private let idle: UnsafeMutablePointer<pthread_cond_t>
    private let busy = Atomic<Bool>(false)
    // Written behind the lock, and looked at before it is taken:
    private let generation = Atomic<Int>(0)
    private let active = Atomic<Int>(0)
    // Behind the lock:
    private var workers: [pthread_t] = []
    private var loop: Loop?
    private var sleeping = 0
    private var stopping = false

    /// Times to look again before sleeping; a look takes about half a microsecond where nobody else wants the core.
    private static let looks = 100

    /// One loop: its body and the next index to take.
    private final class Loop: Sendable {
        let count: Int
        let body: @Sendable (Int) -> Void
        let next = Atomic<Int>(0)

        init(count: Int, body: @escaping @Sendable (Int) -> Void) {
            self.count = count
            self.body = body
        }

        func work() {
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index)
            }
        }
    }

    init() {
        unsafe lock = .allocate(capacity: 1)
        unsafe wake = .allocate(capacity: 1)
        unsafe idle = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(wake, nil)
        unsafe pthread_cond_init(idle, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(lock)
        unsafe pthread_cond_destroy(wake)
        unsafe pthread_cond_destroy(idle)
        unsafe lock.deallocate()
        unsafe wake.deallocate()
        unsafe idle.deallocate()
    }

    func claim() -> Bool { busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged }
    func release() { busy.store(false, ordering: .releasing) }

    func start() {
        let this = unsafe Unmanaged.passRetained(self).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
            let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { this in
                unsafe Unmanaged<PoolState>.fromOpaque(this).takeRetainedValue().serve()
                return nil
            }
            guard unsafe pthread_create(&thread, nil, entry, this) == 0, let thread else {
                preconditionFailure("no thread to be had")
            }
        #else
            var thread = pthread_t()
            let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { this in
                if let this = unsafe this { unsafe Unmanaged<PoolState>.fromOpaque(this).takeRetainedValue().serve() }
                return nil
            }
            guard unsafe pthread_create(&thread, nil, entry, this) == 0 else {
                preconditionFailure("no thread to be had")
            }
        #endif
        unsafe pthread_mutex_lock(lock)
        workers.append(thread)
        unsafe pthread_mutex_unlock(lock)
    }

    func stop() {
        unsafe pthread_mutex_lock(lock)
        stopping = true
        let workers = self.workers
        unsafe pthread_cond_broadcast(wake)
        unsafe pthread_mutex_unlock(lock)
        for worker in workers { pthread_join(worker, nil) }
    }

    /// Runs a loop with the caller taking part; the caller holds the claim.
    func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let current = Loop(count: count, body: body)
        unsafe pthread_mutex_lock(lock)
        loop = current
        generation.add(1, ordering: .releasing)
        if sleeping > 0 {
            if count > workers.count {
                unsafe pthread_cond_broadcast(wake)
            } else {
                for _ in 1..<count { unsafe pthread_cond_signal(wake) }
            }
        }
        unsafe pthread_mutex_unlock(lock)
        current.work()
        unsafe pthread_mutex_lock(lock)
        // Nobody joins any more; those who did finish what they took.
        loop = nil
        if active.load(ordering: .relaxed) > 0 {
            unsafe pthread_mutex_unlock(lock)
            look { active.load(ordering: .acquiring) == 0 }
            unsafe pthread_mutex_lock(lock)
            while active.load(ordering: .relaxed) > 0 { unsafe pthread_cond_wait(idle, lock) }
        }
        unsafe pthread_mutex_unlock(lock)
    }

    /// Waits a little for something to happen.
    private func look(_ isDone: () -> Bool) {
        for _ in 0..<Self.looks {
            if isDone() { return }
            sched_yield()
        }
    }

    /// A worker's life: sleep, join the loop there is, repeat.
    private func serve() {
        var seen = 0
        unsafe pthread_mutex_lock(lock)
        while !stopping {
            guard generation.load(ordering: .relaxed) != seen, let current = loop else {
                seen = generation.load(ordering: .relaxed)
                unsafe pthread_mutex_unlock(lock)
                look { generation.load(ordering: .acquiring) != seen }
                unsafe pthread_mutex_lock(lock)
                guard generation.load(ordering: .relaxed) == seen, !stopping else { continue }
                sleeping += 1
                unsafe pthread_cond_wait(wake, lock)
                sleeping -= 1
                continue
            }
            seen = generation.load(ordering: .relaxed)
            active.add(1, ordering: .relaxed)
            unsafe pthread_mutex_unlock(lock)
            current.work()
            unsafe pthread_mutex_lock(lock)
            if active.subtract(1, ordering: .releasing).newValue == 0 { unsafe pthread_cond_signal(idle) }
        }
        unsafe pthread_mutex_unlock(lock)
    }
}
