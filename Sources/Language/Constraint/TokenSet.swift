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
    package func tokens(below vocabulary: Int) -> [Token] { Array(members(below: vocabulary)) }

    /// The tokens below `vocabulary`, ascending, without a list of them.
    func members(below vocabulary: Int) -> MemberSequence {
        switch members {
        case .all: MemberSequence(list: nil, bits: nil, end: vocabulary)
        case .list(let list): MemberSequence(list: list, bits: nil, end: vocabulary)
        case .bits(let bits, _): MemberSequence(list: nil, bits: bits, end: vocabulary)
        }
    }

    /// Tokens of a set, ascending.
    struct MemberSequence: Sequence, IteratorProtocol {
        /// Sorted; where there are neither these nor bits, every token is a member.
        private let list: [Token]?
        private let bits: [UInt64]?
        private let end: Token
        /// The next of the list, the next word of bits, or the next token.
        private var place = 0
        /// What is left of the word before that.
        private var word: UInt64 = 0

        fileprivate init(list: [Token]?, bits: [UInt64]?, end: Token) {
            (self.list, self.bits, self.end) = (list, bits, end)
        }

        mutating func next() -> Token? {
            let token: Token
            if let bits {
                while word == 0 {
                    guard place < bits.count else { return nil }
                    word = bits[place]
                    place += 1
                }
                token = 64 * (place - 1) + word.trailingZeroBitCount
                word &= word - 1
            } else if let list {
                guard place < list.count else { return nil }
                token = list[place]
                place += 1
            } else {
                token = place
                place += 1
            }
            return token < end ? token : nil
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
