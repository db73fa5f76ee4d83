/// A set of tokens: all, a short sorted list, or a bit for each.
package struct TokenSet: Sendable, Equatable {
    private enum Members: Sendable, Equatable {
        case all
        case list([Token])
        case bits([UInt64], count: Int)
    }

    private let members: Members

    /// Longest set that is kept as a list.
    private static let longestList = 256

    private init(members: Members) { self.members = members }

    /// Every token of any vocabulary.
    package static let all = TokenSet(members: .all)

    /// These tokens, each at least 0, in any order.
    package init(_ tokens: some Collection<Token>) {
        let sorted = Array(Set(tokens)).sorted()
        precondition(sorted.first ?? 0 >= 0, "a negative token")
        guard sorted.count > Self.longestList, let largest = sorted.last else {
            members = .list(sorted)
            return
        }
        var bits = [UInt64](repeating: 0, count: largest / 64 + 1)
        for token in sorted { bits[token / 64] |= 1 << UInt64(token % 64) }
        members = .bits(bits, count: sorted.count)
    }

    /// The tokens whose bits are set, the lowest bit of the first word for token 0.
    init(bits: [UInt64]) {
        let count = bits.reduce(0) { $0 + $1.nonzeroBitCount }
        let used = (bits.lastIndex { $0 != 0 } ?? -1) + 1
        let members = Members.bits(used == bits.count ? bits : Array(bits[..<used]), count: count)
        let set = TokenSet(members: members)
        self = count > Self.longestList ? set : TokenSet(members: .list(set.tokens(below: .max)))
    }

    /// A bit for each token of a vocabulary of this size: one word more than it takes at most.
    func bits(below vocabulary: Int) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: vocabulary / 64 + 1)
        switch members {
        case .bits(let own, _): bits.replaceSubrange(0..<min(own.count, bits.count), with: own.prefix(bits.count))
        default: for token in tokens(below: vocabulary) { bits[token / 64] |= 1 << UInt64(token % 64) }
        }
        return bits
    }

    /// Roughly, the memory that the set takes.
    var bytes: Int {
        switch members {
        case .all: 32
        case .list(let list): 64 + 8 * list.count
        case .bits(let bits, _): 64 + 8 * bits.count
        }
    }

    /// Number of tokens; nil for ``all``.
    package var count: Int? {
        switch members {
        case .all: nil
        case .list(let list): list.count
        case .bits(_, let count): count
        }
    }

    package var isEmpty: Bool { count == 0 }

    package func contains(_ token: Token) -> Bool {
        switch members {
        case .all: true
        case .list(let list): list.contains(token)
        case .bits(let bits, _):
            token >= 0 && token / 64 < bits.count && bits[token / 64] >> UInt64(token % 64) & 1 == 1
        }
    }

    /// The tokens below `vocabulary`, ascending.
    package func tokens(below vocabulary: Int) -> [Token] {
        switch members {
        case .all: return Array(0..<vocabulary)
        case .list(let list): return list.filter { $0 < vocabulary }
        case .bits(let bits, let count):
            var tokens: [Token] = []
            tokens.reserveCapacity(count)
            for (index, word) in bits.enumerated() {
                var rest = word
                while rest != 0 {
                    let token = 64 * index + rest.trailingZeroBitCount
                    if token < vocabulary { tokens.append(token) }
                    rest &= rest - 1
                }
            }
            return tokens
        }
    }

    /// The set with a few more tokens.
    package func union(_ others: some Collection<Token>) -> TokenSet {
        switch members {
        case .all: return self
        case .list(let list): return TokenSet(list + others)
        case .bits(var bits, var count):
            for token in others where !contains(token) {
                precondition(token >= 0, "a negative token")
                if token / 64 >= bits.count { bits += [UInt64](repeating: 0, count: token / 64 + 1 - bits.count) }
                count += bits[token / 64] >> UInt64(token % 64) & 1 == 0 ? 1 : 0
                bits[token / 64] |= 1 << UInt64(token % 64)
            }
            return TokenSet(members: .bits(bits, count: count))
        }
    }
}
