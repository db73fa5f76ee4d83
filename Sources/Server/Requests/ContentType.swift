/// A media type and its parameters (RFC 9110, section 8.3.1).
struct ContentType: Equatable {
    /// `image/jpeg`, in lower case.
    let type: String
    /// By name in lower case; of a name given twice the first counts.
    let parameters: [String: String]

    /// Reads the value of a `Content-Type` field, or of `Content-Disposition`, which is written alike.
    init(_ text: String) {
        var reader = Reader(rest: Substring(text))
        type = reader.token().lowercased()
        var parameters: [String: String] = [:]
        while let (name, value) = reader.parameter() {
            if parameters[name.lowercased()] == nil { parameters[name.lowercased()] = value }
        }
        self.parameters = parameters
    }

    private struct Reader {
        var rest: Substring

        /// Everything up to a semicolon or an equals sign, without blanks around it.
        mutating func token() -> String {
            let end = rest.firstIndex { $0 == ";" || $0 == "=" } ?? rest.endIndex
            let token = rest[..<end]
            rest = rest[end...]
            return token.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }

        mutating func parameter() -> (name: String, value: String)? {
            guard rest.first == ";" else { return nil }
            rest.removeFirst()
            let name = token()
            guard rest.first == "=" else { return (name, "") }
            rest.removeFirst()
            guard rest.first == "\"" else { return (name, token()) }
            rest.removeFirst()
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                // Only quotes and backslashes are escaped: some browsers send a backslash of a path as it is.
                if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                    value.append(rest.removeFirst())
                } else {
                    value.append(character)
                }
            }
            rest = rest.drop { $0 != ";" }
            return (name, value)
        }
    }
}
