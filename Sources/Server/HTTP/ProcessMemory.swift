import Foundation

/// Memory of this process.
package enum ProcessMemory {
    /// Bytes in RAM, mapped files included, where the system has a file that says so (Linux); nil elsewhere.
    package static var residentBytes: Int? { bytes("VmRSS:") }

    /// The most bytes that have been in RAM so far, likewise.
    package static var peakResidentBytes: Int? { bytes("VmHWM:") }

    private static func bytes(_ field: String) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
            let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
        else { return nil }
        return kilobytes * 1024
    }
}
