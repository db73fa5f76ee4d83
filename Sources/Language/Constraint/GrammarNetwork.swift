/// The rules of a grammar as nondeterministic automata (Thompson 1968) that call one another: a recursive transition network
/// (Woods 1970).
struct GrammarNetwork: Sendable {
    enum Label: Sendable {
        case bytes(ByteSet)
        case token(Token)
    }

    struct Edge: Sendable {
        let label: Label
        let target: Int32
    }

    /// A rule that is to be gone through before the target is reached.
    struct Call: Sendable {
        let rule: Int32
        let target: Int32
    }

    struct State: Sendable {
        /// Where nothing leads; also past calls of rules that may be empty.
        var free: [Int32] = []
        /// Where one byte or token leads.
        var edges: [Edge] = []
        var calls: [Call] = []
        /// Whether a rule ends here.
        var isEnd = false
        /// Whether nothing but the end of a rule can follow: a call that leads here need not be returned from.
        var isFinal = false
    }

    struct Rule: Sendable {
        let name: String
        let start: Int32
        let end: Int32
        /// A rule's number in an order in which none comes before one that may begin with it.
        var rank: Int32 = 0
    }

    private(set) var states: [State] = []
    /// The first one is the whole.
    private(set) var rules: [Rule] = []
    private(set) var byteClasses = ByteClasses([])
    private var numbers: [String: Int32] = [:]

    /// Most states and rules, and how deep a rule's body may nest.
    static let mostStates = 1 << 18
    static let mostRules = 1 << 14
    static let deepest = 256

    init(_ root: Grammar, rules bodies: [(name: String, body: Grammar)]) throws(GrammarError) {
        guard bodies.count < Self.mostRules else { throw GrammarError(.tooLarge("rules", limit: Self.mostRules)) }
        try addRule("root of the grammar")
        for (name, _) in bodies {
            guard numbers[name] == nil else { throw GrammarError(.duplicateRule(name)) }
            numbers[name] = Int32(rules.count)
            try addRule(name)
        }
        try add(root, from: Int(rules[0].start), to: Int(rules[0].end), depth: 0)
        for (index, (_, body)) in bodies.enumerated() {
            let rule = rules[index + 1]
            try add(body, from: Int(rule.start), to: Int(rule.end), depth: 0)
        }
        skipEmptyRules()
        try rankRules()
        try removeDeadEnds()
        markFinalStates()
        var sets: Set<ByteSet> = []
        for state in states { for case .bytes(let set) in state.edges.map(\.label) { sets.insert(set) } }
        byteClasses = ByteClasses(sets)
    }

    private mutating func addRule(_ name: String) throws(GrammarError) {
        let (start, end) = (try newState(), try newState())
        states[end].isEnd = true
        rules.append(Rule(name: name, start: Int32(start), end: Int32(end)))
    }

    private mutating func newState() throws(GrammarError) -> Int {
        guard states.count < Self.mostStates else { throw GrammarError(.tooLarge("states", limit: Self.mostStates)) }
        states.append(State())
        return states.count - 1
    }

    private mutating func link(_ from: Int, _ to: Int) { states[from].free.append(Int32(to)) }

    private mutating func link(_ from: Int, _ to: Int, _ label: Label) {
        states[from].edges.append(Edge(label: label, target: Int32(to)))
    }

    private mutating func add(_ grammar: Grammar, from: Int, to: Int, depth: Int) throws(GrammarError) {
        guard depth < Self.deepest else { throw GrammarError(.tooDeep(limit: Self.deepest)) }
        switch grammar {
        case .literal(let text): try addLiteral(text, from: from, to: to)
        case .bytes(let set): link(from, to, .bytes(set))
        case .scalars(let set): try addScalars(set, from: from, to: to)
        case .token(let token): link(from, to, .token(token))
        case .rule(let name):
            guard let rule = numbers[name] else { throw GrammarError(.undefinedRule(name)) }
            states[from].calls.append(Call(rule: rule, target: Int32(to)))
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

    private mutating func addLiteral(_ text: String, from: Int, to: Int) throws(GrammarError) {
        var place = from
        for byte in text.utf8 {
            let next = try newState()
            link(place, next, .bytes(ByteSet(byte...byte)))
            place = next
        }
        link(place, to)
    }

    /// Sequences of bytes that end alike share the states of their ends.
    private mutating func addScalars(_ set: ScalarSet, from: Int, to: Int) throws(GrammarError) {
        var firstBytes: [[ClosedRange<UInt8>]: ByteSet] = [:]
        var order: [[ClosedRange<UInt8>]] = []
        for sequence in set.byteSequences {
            guard let first = sequence.first else { continue }
            let rest = Array(sequence.dropFirst())
            if firstBytes[rest] == nil { order.append(rest) }
            firstBytes[rest, default: ByteSet()].insert(first)
        }
        var places: [[ClosedRange<UInt8>]: Int] = [[]: to]
        for rest in order {
            // From the end backwards, so that what follows a byte has its state.
            for count in 0...rest.count where places[rest.suffix(count)] == nil {
                let ranges = Array(rest.suffix(count))
                let place = try newState()
                if let first = ranges.first, let next = places[Array(ranges.dropFirst())] {
                    link(place, next, .bytes(ByteSet(first)))
                }
                places[ranges] = place
            }
            if let place = places[rest], let bytes = firstBytes[rest] { link(from, place, .bytes(bytes)) }
        }
    }

    private mutating func addRepetition(
        _ part: Grammar, _ least: Int, _ most: Int?, from: Int, to: Int, depth: Int
    ) throws(GrammarError) {
        guard least >= 0, most.map({ $0 >= least }) ?? true, max(least, most ?? 0) <= Grammar.mostRepetitions else {
            throw GrammarError(.repetition(atLeast: least, atMost: most))
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
}

// What is worked out once the states are there.
extension GrammarNetwork {
    /// Which states the end of their rule can be reached from, through anything or without a byte or token.
    private func statesThatEnd(throughEdges: Bool) -> [Bool] {
        var sources = [[Int32]](repeating: [], count: states.count)
        var callers = [[(state: Int32, rule: Int32)]](repeating: [], count: states.count)
        for (index, state) in states.enumerated() {
            for target in state.free { sources[Int(target)].append(Int32(index)) }
            if throughEdges { for edge in state.edges { sources[Int(edge.target)].append(Int32(index)) } }
            for call in state.calls { callers[Int(call.target)].append((Int32(index), call.rule)) }
        }
        var starts: [Int32: Int] = [:]
        for (index, rule) in rules.enumerated() { starts[rule.start] = index }
        var reaches = [Bool](repeating: false, count: states.count)
        /// Callers that only lack that the rule can be gone through.
        var waitingFor = [[Int32]](repeating: [], count: rules.count)
        var waiting = rules.map(\.end)
        while let state = waiting.popLast() {
            guard !reaches[Int(state)] else { continue }
            reaches[Int(state)] = true
            waiting += sources[Int(state)]
            for caller in callers[Int(state)] {
                if reaches[Int(rules[Int(caller.rule)].start)] {
                    waiting.append(caller.state)
                } else {
                    waitingFor[Int(caller.rule)].append(caller.state)
                }
            }
            if let rule = starts[state] { waiting += waitingFor[rule] }
        }
        return reaches
    }

    /// Drops what leads to states from which the end cannot be reached, so that no text can begin that cannot end.
    private mutating func removeDeadEnds() throws(GrammarError) {
        let reaches = statesThatEnd(throughEdges: true)
        guard reaches[Int(rules[0].start)] else { throw GrammarError(.describesNothing) }
        for index in states.indices {
            states[index].free.removeAll { !reaches[Int($0)] }
            states[index].edges.removeAll { !reaches[Int($0.target)] }
            states[index].calls.removeAll { !reaches[Int($0.target)] || !reaches[Int(rules[Int($0.rule)].start)] }
        }
    }

    private mutating func skipEmptyRules() {
        let isEmpty = statesThatEnd(throughEdges: false)
        for index in states.indices {
            for call in states[index].calls where isEmpty[Int(rules[Int(call.rule)].start)] {
                states[index].free.append(call.target)
            }
        }
    }

    private mutating func markFinalStates() {
        var sources = [[Int32]](repeating: [], count: states.count)
        var waiting: [Int32] = []
        for (index, state) in states.enumerated() {
            for target in state.free { sources[Int(target)].append(Int32(index)) }
            if !state.edges.isEmpty || !state.calls.isEmpty { waiting.append(Int32(index)) }
            states[index].isFinal = true
        }
        while let state = waiting.popLast() {
            guard states[Int(state)].isFinal else { continue }
            states[Int(state)].isFinal = false
            waiting += sources[Int(state)]
        }
    }

    /// Orders the rules (Kahn 1962) so that one comes before those that it may begin with; what is left over goes in a circle.
    private mutating func rankRules() throws(GrammarError) {
        let beginnings = rules.map { rule in
            Set(reached(from: [rule.start]).flatMap { states[Int($0)].calls.map(\.rule) }).sorted()
        }
        var callers = [Int](repeating: 0, count: rules.count)
        for rule in beginnings.joined() { callers[Int(rule)] += 1 }
        var waiting = rules.indices.filter { callers[$0] == 0 }
        var rank: Int32 = 0
        while let rule = waiting.popLast() {
            rules[rule].rank = rank
            rank += 1
            for begun in beginnings[rule] {
                callers[Int(begun)] -= 1
                if callers[Int(begun)] == 0 { waiting.append(Int(begun)) }
            }
        }
        guard Int(rank) == rules.count else { throw recursion(beginnings, callers) }
    }

    /// The circle among rules that are left over, each begun with by another one.
    private func recursion(_ beginnings: [[Int32]], _ callers: [Int]) -> GrammarError {
        var callerOf: [Int: Int] = [:]
        for (rule, begun) in beginnings.enumerated() where callers[rule] > 0 {
            for target in begun { callerOf[Int(target)] = rule }
        }
        var path: [Int] = []
        var places: [Int: Int] = [:]
        // Going backwards runs into it.
        var rule = callers.firstIndex { $0 > 0 }
        while let current = rule, places[current] == nil {
            places[current] = path.count
            path.append(current)
            rule = callerOf[current]
        }
        let circle = rule.flatMap { places[$0] }.map { path[$0...] } ?? []
        return GrammarError(.leftRecursion(circle.reversed().map { rules[$0].name }))
    }

    /// These states and those that nothing leads to from them, each once.
    func reached(from seeds: [Int32]) -> [Int32] {
        var seen = Set(seeds)
        var found = seeds
        var next = 0
        while next < found.count {
            for target in states[Int(found[next])].free where seen.insert(target).inserted { found.append(target) }
            next += 1
        }
        return found
    }
}
