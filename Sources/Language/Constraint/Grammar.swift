/// A regular language over bytes and tokens: what a ``GrammarAutomaton`` allows.
package indirect enum Grammar: Sendable {
    /// This text's UTF-8 bytes, in whatever tokens.
    case literal(String)
    /// One byte of a set.
    case bytes(ByteSet)
    /// One token: a control token.
    case token(Token)
    /// One after the other.
    case sequence([Grammar])
    /// One of several.
    case choice([Grammar])
    /// The part or nothing.
    case optional(Grammar)
    /// The part so many times; without end where `atMost` is nil.
    case repetition(Grammar, atLeast: Int, atMost: Int?)
}

/// A set of bytes.
package struct ByteSet: Sendable, Hashable {
    private var words: [UInt64]

    /// The bytes of some ranges.
    package init(_ ranges: ClosedRange<UInt8>...) {
        words = [0, 0, 0, 0]
        for range in ranges { for byte in range { insert(byte) } }
    }

    package mutating func insert(_ byte: UInt8) { words[Int(byte) / 64] |= 1 << UInt64(byte % 64) }

    package func contains(_ byte: UInt8) -> Bool { words[Int(byte) / 64] >> UInt64(byte % 64) & 1 == 1 }
}

/// A grammar as a nondeterministic automaton (Thompson 1968).
struct GrammarNetwork: Sendable {
    enum Label: Sendable {
        case byte(UInt8)
        case bytes(ByteSet)
        case token(Token)
    }

    struct State: Sendable {
        /// Where nothing leads.
        var free: [Int32] = []
        /// Where one byte or token leads.
        var edges: [(label: Label, target: Int32)] = []
    }

    private(set) var states: [State] = []
    let start: Int
    let accept: Int

    /// Most states, and how deep a grammar may nest.
    private static let mostStates = 1 << 20
    private static let deepest = 256

    init(_ grammar: Grammar) throws(LanguageError) {
        states = [State(), State()]
        start = 0
        accept = 1
        try add(grammar, from: 0, to: 1, depth: 0)
        try removeDeadEnds()
    }

    /// Drops what leads to states from which the end cannot be reached, so that no text can begin that cannot end.
    private mutating func removeDeadEnds() throws(LanguageError) {
        var sources = [[Int32]](repeating: [], count: states.count)
        for (index, state) in states.enumerated() {
            for target in state.free + state.edges.map(\.target) { sources[Int(target)].append(Int32(index)) }
        }
        var reaches = [Bool](repeating: false, count: states.count)
        var waiting = [Int32(accept)]
        while let state = waiting.popLast() {
            guard !reaches[Int(state)] else { continue }
            reaches[Int(state)] = true
            waiting += sources[Int(state)]
        }
        guard reaches[start] else { throw .grammar(reason: "it describes no text") }
        for index in states.indices {
            states[index].free.removeAll { !reaches[Int($0)] }
            states[index].edges.removeAll { !reaches[Int($0.target)] }
        }
    }

    private mutating func newState() throws(LanguageError) -> Int {
        guard states.count < Self.mostStates else { throw .grammar(reason: "more than \(Self.mostStates) states") }
        states.append(State())
        return states.count - 1
    }

    private mutating func link(_ from: Int, _ to: Int, _ label: Label? = nil) {
        if let label {
            states[from].edges.append((label, Int32(to)))
        } else {
            states[from].free.append(Int32(to))
        }
    }

    private mutating func add(_ grammar: Grammar, from: Int, to: Int, depth: Int) throws(LanguageError) {
        guard depth < Self.deepest else { throw .grammar(reason: "nested deeper than \(Self.deepest)") }
        switch grammar {
        case .literal(let text):
            var place = from
            for byte in text.utf8 {
                let next = try newState()
                link(place, next, .byte(byte))
                place = next
            }
            link(place, to)
        case .bytes(let set): link(from, to, .bytes(set))
        case .token(let token): link(from, to, .token(token))
        case .sequence(let parts):
            var place = from
            for part in parts {
                let next = try newState()
                try add(part, from: place, to: next, depth: depth + 1)
                place = next
            }
            link(place, to)
        case .choice(let parts):
            for part in parts {
                let (first, last) = (try newState(), try newState())
                link(from, first)
                try add(part, from: first, to: last, depth: depth + 1)
                link(last, to)
            }
        case .optional(let part):
            try add(.repetition(part, atLeast: 0, atMost: 1), from: from, to: to, depth: depth + 1)
        case .repetition(let part, let least, let most):
            try addRepetition(part, least, most, from: from, to: to, depth: depth)
        }
    }

    private mutating func addRepetition(
        _ part: Grammar, _ least: Int, _ most: Int?, from: Int, to: Int, depth: Int
    ) throws(LanguageError) {
        guard least >= 0, most.map({ $0 >= least }) ?? true else {
            throw .grammar(reason: "a repetition of \(least) to \(most ?? 0)")
        }
        var place = from
        for count in 0..<max(least, most ?? least) {
            if count >= least { link(place, to) }
            let (first, next) = (try newState(), try newState())
            link(place, first)
            try add(part, from: first, to: next, depth: depth + 1)
            place = next
        }
        if most == nil {
            // A loop of its own states, so that going round cannot leak into what comes before or after.
            let loop = try newState()
            let (first, last) = (try newState(), try newState())
            link(place, loop)
            link(loop, first)
            try add(part, from: first, to: last, depth: depth + 1)
            link(last, loop)
            place = loop
        }
        link(place, to)
    }

    /// The states among `seeds` and those that nothing leads to from them, that matter: sorted, each once.
    func closure(of seeds: some Sequence<Int32>) -> [Int32] {
        var seen = Set<Int32>()
        var waiting = Array(seeds)
        while let state = waiting.popLast() {
            guard seen.insert(state).inserted else { continue }
            waiting += states[Int(state)].free
        }
        return seen.filter { !states[Int($0)].edges.isEmpty || Int($0) == accept }.sorted()
    }
}
