/// The operators there are.
enum OperatorTable {
    /// Versions of the standard operator set that files may be written in.
    static let opsets = 7...25

    /// One line an operator or family.
    static let all: [any Operator.Type] = [
        Identity.self
    ]

    /// An operator's implementation and how it is called.
    struct Entry: Sendable {
        let type: any Operator.Type
        let signature: Signature
    }

    private static let entries: [String: [Entry]] = {
        var entries: [String: [Entry]] = [:]
        for type in all {
            for signature in type.signatures { entries[signature.name, default: []].append(Entry(type: type, signature: signature)) }
        }
        return entries
    }()

    /// The operator of this name, or nil.
    static func find(_ name: String) -> Entry? { entries[name]?.first }

    /// Names of all operators, sorted.
    static var names: [String] { entries.keys.sorted() }
}
