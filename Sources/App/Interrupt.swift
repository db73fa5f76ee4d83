import Foundation
import Synchronization

/// Ctrl-C, where it does not simply end the program: counted, and asked for by what can stop.
enum Interrupt {
    private static let count = Atomic<Int>(0)

    /// From now on the first Ctrl-C is counted; a second one before ``reset()`` ends the program.
    static func take() {
        reset()
        signal(SIGINT) { _ in
            if Interrupt.count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 {
                _exit(ExitStatus.interrupted.rawValue)
            }
        }
    }

    /// Whether Ctrl-C came since the last ``reset()``.
    static var isRaised: Bool { count.load(ordering: .relaxed) > 0 }

    /// Forgets a Ctrl-C that was seen to.
    static func reset() { count.store(0, ordering: .relaxed) }
}
