import Foundation
import Synchronization

/// Lines typed at a terminal, read by a thread of its own so that Ctrl-C can be seen to while nothing comes.
final class LineInput: Sendable {
    /// What may come.
    enum Event: Equatable {
        /// A line without its end.
        case line(String)
        /// Ctrl-C; what had been typed of a line is gone.
        case interrupt
        /// Ctrl-D, or the terminal is gone.
        case end
    }

    /// Longest line that a terminal passes on; of a longer one the rest is lost.
    static let longestLine = 4095

    /// Lines not yet taken; nil for the end.
    private let lines = Mutex<[String?]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    /// Begins to read standard input.
    init() {
        Thread.detachNewThread { [self] in read() }
    }

    private func read() {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.longestLine + 1)
        while true {
            // Not through the C library's stream: a thread that waits in it would hold up the program's end.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Foundation.read(STDIN_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            rest += buffer.prefix(max(0, count))
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                add(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeFirst(end + 1)
            }
            guard count <= 0 else { continue }
            if !rest.isEmpty { add(String(decoding: rest, as: UTF8.self)) }
            return add(nil)
        }
    }

    private func add(_ line: String?) {
        lines.withLock { $0.append(line) }
        arrivals.signal()
    }

    /// Waits for the next line, or for Ctrl-C.
    func next() -> Event {
        while arrivals.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
            if Interrupt.isRaised { return .interrupt }
        }
        guard let line = lines.withLock({ $0.removeFirst() }) else { return .end }
        return .line(line)
    }
}
