/// Names of things for outside: a prefix and 26 random characters of Crockford's base 32, without I, L, O and U.
enum Identifier {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

    /// `rst_7zk3...`: 130 random bits, which nobody guesses.
    static func random(_ prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return prefix + "_" + String((0..<26).map { _ in alphabet[Int.random(in: 0..<32, using: &generator)] })
    }

    /// Whether `text` could be one of this prefix.
    static func isValid(_ text: some StringProtocol, prefix: String) -> Bool {
        text.hasPrefix(prefix + "_") && text.count == prefix.count + 27
            && text.dropFirst(prefix.count + 1).allSatisfy(alphabet.contains)
    }

    /// Whether a client may name its request so: 1 to 64 letters, digits, `-`, `_` or `.`, safe in a log line.
    static func isRequestID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                        || "-_.".unicodeScalars.contains(scalar))
            }
    }
}
