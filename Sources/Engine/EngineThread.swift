import Foundation

/// The one thread an ``Engine`` computes on.
///
/// An actor on Swift's own pool would hold one of its few threads for seconds; on this one, arithmetic blocks nobody else.
/// Jobs run in the order in which they arrive.
final class EngineThread: SerialExecutor, Sendable {
    private let queue: JobQueue

    init(name: String) {
        let queue = JobQueue()
        self.queue = queue
        let thread = Thread { queue.serve() }
        thread.name = name
        // The main thread's usual size: codecs and graph walks keep some of their state on the stack.
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit { queue.stop() }

    func enqueue(_ job: consuming ExecutorJob) {
        queue.add(UnownedJob(job), for: self)
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }
}

/// Jobs that wait for the thread. The thread keeps the queue alive, not the executor, so that it ends with its owner.
private final class JobQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [(job: UnownedJob, executor: EngineThread)] = []
    private var isStopping = false

    func add(_ job: UnownedJob, for executor: EngineThread) {
        condition.lock()
        jobs.append((job, executor))
        condition.signal()
        condition.unlock()
    }

    func stop() {
        condition.lock()
        isStopping = true
        condition.signal()
        condition.unlock()
    }

    func serve() {
        while true {
            condition.lock()
            while jobs.isEmpty && !isStopping { condition.wait() }
            guard !jobs.isEmpty else { return condition.unlock() }
            let (job, executor) = jobs.removeFirst()
            condition.unlock()
            unsafe job.runSynchronously(on: executor.asUnownedSerialExecutor())
        }
    }
}
