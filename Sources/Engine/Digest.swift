import Crypto
import Foundation

/// SHA-256 digests, as 64 lowercase hexadecimal digits.
enum Digest {
    /// Of bytes in memory.
    static func sha256(_ bytes: [UInt8]) -> String { text(SHA256.hash(data: bytes)) }

    /// Of a file, read piece by piece; nil where it cannot be read.
    static func sha256(ofFile path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var hash = SHA256()
        while true {
            let piece: Data?
            do { piece = try file.read(upToCount: 1 << 20) } catch { return nil }
            // The end of a file is nil or empty, as the system has it.
            guard let piece, !piece.isEmpty else { return text(hash.finalize()) }
            hash.update(data: piece)
        }
    }

    private static func text(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
