import Kernels
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
/// time: one that starts inside another, or while another thread's runs, runs on its caller alone. How ``split(_:chunk:_:)``
/// cuts a loop depends on its size only; who cuts one by ``threads`` does so where no result depends on it: results are
/// the same to the bit at any number.
@safe package final class WorkerPool: Sendable {
    /// Threads that take part in a loop, the caller included; at least 1.
    package let threads: Int
    private let state: PoolState

    /// Starts `threads - 1` threads.
    ///
    /// - Parameter threads: 1 to 256; nil for the number of performance cores.
    package init(threads: Int? = nil) {
        let wanted = min(256, max(1, threads ?? WorkerPool.performanceCores))
        let state = PoolState(threads: wanted)
        for _ in 1..<wanted { state.start() }
        self.threads = wanted
        self.state = state
    }

    deinit { state.stop() }

    /// Calls `body` once for each index below `count`, in any order, on any of the threads; returns when all are done.
    ///
    /// Each thread begins with a share of indices that follow each other: what lies side by side in memory is read by one of them,
    /// in order. Who is done with its own helps with the others' shares.
    package func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        run(count) { index, _ in body(index) }
    }

    /// The same, and says which strand calls: two calls of one strand are never at the same time, so that it can keep scratch
    /// memory of its own. Strands are numbered from 0, and fewer than ``threads`` and `count` both. The indices of a share go
    /// to the same thread in every loop of as many threads or more: what it wrote in one, it finds in its cache in the next.
    package func run(_ count: Int, _ body: @Sendable (_ index: Int, _ strand: Int) -> Void) {
        run(count, prepare: { _ in }, body)
    }

    /// The same; each strand that takes an index calls `prepare` once before its first.
    package func run(
        _ count: Int, prepare: @Sendable (_ strand: Int) -> Void,
        _ body: @Sendable (_ index: Int, _ strand: Int) -> Void
    ) {
        guard count > 1, threads > 1, state.claim() else {
            if count > 0 { prepare(0) }
            for index in 0..<max(count, 0) { body(index, 0) }
            return
        }
        defer { state.release() }
        withoutActuallyEscaping(prepare) { prepare in
            withoutActuallyEscaping(body) { state.perform(count, prepare, $0) }
        }
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

    /// Cores meant for speed: the performance cores of an Apple chip, else every core that this process may run on.
    package static var performanceCores: Int {
        #if canImport(Darwin)
            var cores: Int32 = 0
            var size = MemoryLayout<Int32>.size
            let failed = unsafe sysctlbyname("hw.perflevel0.physicalcpu", &cores, &size, nil, 0)
            if failed == 0, cores > 0 { return Int(cores) }
        #endif
        let allowed = Int(kernels_cores())
        return max(1, allowed > 0 ? allowed : sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}

/// What the threads of a pool share: one loop at a time, behind a gate.
///
/// A model's layer is a dozen loops of some ten microseconds with little between them, and waking a thread takes as long as
/// such a loop: so whoever waits looks again for a while before it sleeps. It does not give way to other threads meanwhile: a
/// scheduler can take that for a thread that needs no core of its own, and leave two of them on one core while another is
/// idle. Who is awake comes and goes through the gate, a counter, and no lock is taken; the lock is for going to sleep
/// and for waking.
@safe private final class PoolState: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let wake: UnsafeMutablePointer<pthread_cond_t>
    private let idle: UnsafeMutablePointer<pthread_cond_t>
    private let busy = Atomic<Bool>(false)
    /// How many indices of each share were taken.
    private let taken: ShareCounters
    /// How many workers have begun: the number of the last, whose share of each loop has it too. The caller's is share 0.
    private let numbered = Atomic<Int>(0)
    /// `open` while the loop may be joined, and `visitor` for each worker that has come in. Who came while it was closed must not
    /// look at the loop. The caller writes the loop while it is closed and those who joined have left.
    private let gate = Atomic<Int>(0)
    private var loop: Loop?
    /// Loops begun.
    private let generation = Atomic<Int>(0)
    // Written behind the lock. Who changes what a sleeper waits for looks here after that, and who goes to sleep looks
    // there after writing here: one of them sees the other.
    private let sleeping = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)
    private var workers: [pthread_t] = []

    private static let open = 1
    private static let visitor = 2
    /// How long who waits looks before it sleeps: what waking it takes, and a little.
    private static let patience = Duration.microseconds(100)
    /// Looks from one glance at the clock to the next.
    private static let looks = 32

    /// One loop: its body, and how its indices are shared out.
    private struct Loop: Sendable {
        let count: Int
        let shares: Int
        let taken: ShareCounters
        /// The caller's, for whoever helps.
        let mode: FloatMode
        /// Where the caller was when it began.
        let core: Int32
        let prepare: @Sendable (_ strand: Int) -> Void
        let body: @Sendable (_ index: Int, _ strand: Int) -> Void

        /// Takes indices until none is left, a share after the other from its own on. A thread past the shares has none.
        func work(as strand: Int) {
            guard strand < shares else { return }
            var isPrepared = false
            for step in 0..<shares {
                let share = (strand + step) % shares
                let end = start(of: share + 1)
                while true {
                    let index = start(of: share) + taken.take(share)
                    guard index < end else { break }
                    if !isPrepared { prepare(strand) }
                    isPrepared = true
                    body(index, strand)
                }
            }
        }

        private func start(of share: Int) -> Int {
            let (each, more) = count.quotientAndRemainder(dividingBy: shares)
            return share * each + min(share, more)
        }
    }

    init(threads: Int) {
        taken = ShareCounters(count: threads)
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
        stopping.store(true, ordering: .sequentiallyConsistent)
        unsafe pthread_mutex_lock(lock)
        let workers = self.workers
        unsafe pthread_cond_broadcast(wake)
        unsafe pthread_mutex_unlock(lock)
        for worker in workers { pthread_join(worker, nil) }
    }

    /// Runs a loop with the caller taking part; the caller holds the claim.
    func perform(
        _ count: Int, _ prepare: @escaping @Sendable (_ strand: Int) -> Void,
        _ body: @escaping @Sendable (_ index: Int, _ strand: Int) -> Void
    ) {
        let current = Loop(
            count: count, shares: min(count, taken.count), taken: taken, mode: .current, core: kernels_core(),
            prepare: prepare, body: body)
        taken.reset()
        loop = current
        gate.add(Self.open, ordering: .releasing)
        generation.add(1, ordering: .sequentiallyConsistent)
        if sleeping.load(ordering: .sequentiallyConsistent) > 0 { wakeWorkers() }
        current.work(as: 0)
        // Nobody joins any more; those who did finish what they took.
        gate.subtract(Self.open, ordering: .sequentiallyConsistent)
        if !isEmpty() { waitForWorkers() }
        loop = nil
    }

    private func isEmpty() -> Bool { gate.load(ordering: .sequentiallyConsistent) == 0 }

    private func wakeWorkers() {
        // All, since a short loop is for some of them only, and a signal wakes any.
        unsafe pthread_mutex_lock(lock)
        unsafe pthread_cond_broadcast(wake)
        unsafe pthread_mutex_unlock(lock)
    }

    private func waitForWorkers() {
        if look(isEmpty) { return }
        unsafe pthread_mutex_lock(lock)
        callerSleeps.store(true, ordering: .sequentiallyConsistent)
        while !isEmpty() { unsafe pthread_cond_wait(idle, lock) }
        callerSleeps.store(false, ordering: .relaxed)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Waits a little for something to happen; whether it did.
    private func look(_ isDone: () -> Bool) -> Bool {
        if isDone() { return true }
        let end = ContinuousClock.now + Self.patience
        repeat {
            for _ in 0..<Self.looks {
                kernels_pause()
                if isDone() { return true }
            }
        } while ContinuousClock.now < end
        return false
    }

    /// A worker's life: sleep, join the loop there is, repeat.
    private func serve() {
        let number = numbered.wrappingAdd(1, ordering: .relaxed).newValue
        var seen = 0
        var moves = Moves()
        while !stopping.load(ordering: .relaxed) {
            guard look({ generation.load(ordering: .acquiring) != seen }) else {
                sleep(since: seen)
                continue
            }
            seen = generation.load(ordering: .acquiring)
            if gate.add(Self.visitor, ordering: .acquiring).oldValue & Self.open != 0 { join(number, &moves) }
            if gate.subtract(Self.visitor, ordering: .sequentiallyConsistent).newValue == 0,
                callerSleeps.load(ordering: .sequentiallyConsistent)
            {
                unsafe pthread_mutex_lock(lock)
                unsafe pthread_cond_signal(idle)
                unsafe pthread_mutex_unlock(lock)
            }
        }
    }

    /// Works on the loop; the worker is inside the gate. Not inlined: when it returns, it has let go of the loop's body.
    @inline(never)
    private func join(_ number: Int, _ moves: inout Moves) {
        guard let loop else { return }
        if loop.core >= 0, kernels_core() == loop.core { moves.leave(loop.core) }
        loop.mode.run { loop.work(as: number) }
    }

    /// Sleeps until another loop than the last one seen begins, or the pool ends.
    private func sleep(since seen: Int) {
        unsafe pthread_mutex_lock(lock)
        sleeping.add(1, ordering: .sequentiallyConsistent)
        while generation.load(ordering: .sequentiallyConsistent) == seen,
            !stopping.load(ordering: .sequentiallyConsistent)
        {
            unsafe pthread_cond_wait(wake, lock)
        }
        sleeping.subtract(1, ordering: .relaxed)
        unsafe pthread_mutex_unlock(lock)
    }
}

/// A worker's moves off its caller's core. A scheduler that wakes both there may take a tenth of a second to part them, in which
/// a loop takes twice as long as on one thread.
private struct Moves {
    private var last = ContinuousClock.now
    private var rest = shortest

    /// How long a worker stays after a move: at first a little, since its caller may have been moved at the same time, to the
    /// same core; after each of several in a row twice as long, since where threads outnumber cores some have to share one.
    private static let shortest = Duration.microseconds(200)
    private static let longest = Duration.milliseconds(20)

    /// Moves the calling thread, if the last move is long enough ago.
    mutating func leave(_ core: Int32) {
        let now = ContinuousClock.now
        guard now - last >= rest else { return }
        rest = now - last > Self.longest * 2 ? Self.shortest : min(rest * 2, Self.longest)
        last = now
        _ = kernels_leave_core(core)
    }
}

/// A counter for each share of a loop, each in a cache line of its own, since another thread's takes one at every index.
@safe private final class ShareCounters: @unchecked Sendable {
    let count: Int
    private let counters: UnsafeMutablePointer<Atomic<Int>>

    /// Counters from one to the next: 128 bytes, as Apple's cores have cache lines of.
    private static let stride = 16

    init(count: Int) {
        self.count = count
        unsafe counters = .allocate(capacity: count * Self.stride)
        for share in 0..<count { unsafe (counters + share * Self.stride).initialize(to: Atomic(0)) }
    }

    deinit { unsafe counters.deallocate() }

    /// How many of the share were taken before this one.
    func take(_ share: Int) -> Int {
        precondition(share >= 0 && share < count, "a share that there is not")
        return unsafe counters[share * Self.stride].wrappingAdd(1, ordering: .relaxed).oldValue
    }

    func reset() {
        for share in 0..<count { unsafe counters[share * Self.stride].store(0, ordering: .relaxed) }
    }
}
