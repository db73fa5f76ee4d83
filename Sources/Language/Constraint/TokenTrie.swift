/// Allows some of a list of entries, one after the other, each token for token: lines whose facts hold, say.
///
/// An entry that ends where another goes on may end there or go on; where the next entry could begin with the token that
/// also goes on, it goes on.
package struct TokenTrie: TokenAutomaton {
    /// One thing that may be written.
    package struct Entry: Sendable {
        /// Its tokens, as the tokenizer gives them; at least one.
        package let tokens: [Token]
        /// What the caller knows it by.
        package let payload: Int
        /// Of entries with the same group one answer holds at most one.
        package let group: Int
        /// What it adds to the weight of the branches that lead to it; above 0.
        package let weight: Double

        /// - Parameter group: the payload where nil.
        package init(tokens: [Token], payload: Int, group: Int? = nil, weight: Double = 1) {
            precondition(!tokens.isEmpty, "an entry of no tokens")
            precondition(weight > 0 && weight.isFinite, "an entry of no weight")
            self.tokens = tokens
            self.payload = payload
            self.group = group ?? payload
            self.weight = weight
        }
    }

    /// A place in the tree, and what was written before.
    package struct State: Hashable, Sendable {
        fileprivate var node: Int
        /// Finished entries, as positions in the tree's order.
        fileprivate var finished: [Int]
    }

    private let entries: [Entry]
    private let tree: PrefixTree<Token>
    /// The positions of each group's entries, ascending.
    private let positions: [Int: [Int]]
    private let minimum: Int
    private let maximum: Int

    /// - Parameters:
    ///   - minimum: how many entries an answer has at least, while there are any left.
    ///   - maximum: how many at most.
    package init(_ entries: [Entry], minimum: Int = 1, maximum: Int = 1) {
        precondition(minimum >= 0 && maximum >= max(1, minimum), "no such number of entries")
        self.entries = entries
        self.minimum = minimum
        self.maximum = maximum
        tree = PrefixTree(entries.map(\.tokens))
        var positions: [Int: [Int]] = [:]
        for (position, index) in tree.order.enumerated() {
            positions[entries[index].group, default: []].append(position)
        }
        self.positions = positions
    }

    package var start: State { State(node: PrefixTree<Token>.root, finished: []) }

    /// The payloads of the entries written so far, in order; one that could end here counts.
    package func payloads(in state: State) -> [Int] {
        let last = ending(in: state).map { [$0] } ?? []
        return (state.finished + last).map { entries[tree.order[$0]].payload }
    }

    package func allowed(in state: State) -> TokenSet { TokenSet(choices(in: state).map(\.token)) }

    package func weights(in state: State) -> [TokenWeight]? {
        choices(in: state).map { TokenWeight(token: $0.token, weight: $0.weight) }
    }

    package func isAccepting(_ state: State) -> Bool {
        guard let finished = entriesIfEndingHere(state) else { return false }
        return finished.count >= minimum || left(tree.nodes[0].sequences, finished) == 0
    }

    package func advance(_ state: State, by token: Token) -> State? {
        var state = state
        if let child = tree.child(of: state.node, token), left(tree.nodes[child].sequences, state.finished) > 0,
            state.node != PrefixTree<Token>.root || state.finished.count < maximum
        {
            state.node = child
        } else {
            guard state.node != PrefixTree<Token>.root, let finished = entriesIfEndingHere(state),
                finished.count < maximum, let child = tree.child(of: PrefixTree<Token>.root, token),
                left(tree.nodes[child].sequences, finished) > 0
            else { return nil }
            state = State(node: child, finished: finished)
        }
        // Nothing can go on from here: the entry is finished.
        if let position = ending(in: state), goingOn(from: state.node, state.finished).isEmpty {
            state = State(node: PrefixTree<Token>.root, finished: state.finished + [position])
        }
        return state
    }

    /// How many of the entries in a range an answer with these finished ones may still hold.
    private func left(_ range: Range<Int>, _ finished: [Int]) -> Int {
        var left = range.count
        for position in finished {
            guard let taken = positions[entries[tree.order[position]].group] else { continue }
            left -= taken.lazy.filter(range.contains).count
        }
        return left
    }

    /// The first free entry that ends where the state is.
    private func ending(in state: State) -> Int? {
        tree.nodes[state.node].endings.first { left($0..<$0 + 1, state.finished) > 0 }
    }

    /// The finished entries if the answer ended now, or nil in the middle of one.
    private func entriesIfEndingHere(_ state: State) -> [Int]? {
        if state.node == PrefixTree<Token>.root { return state.finished }
        return ending(in: state).map { state.finished + [$0] }
    }

    /// The weight of the entries in a range that an answer with these finished ones may still hold.
    private func weight(_ range: Range<Int>, _ finished: [Int]) -> Double {
        var taken: Set<Int> = []
        for position in finished {
            taken.formUnion((positions[entries[tree.order[position]].group] ?? []).lazy.filter(range.contains))
        }
        return range.reduce(0) { taken.contains($1) ? $0 : $0 + entries[tree.order[$1]].weight }
    }

    private func goingOn(from node: Int, _ finished: [Int]) -> [(token: Token, weight: Double)] {
        tree.nodes[node].children.compactMap { child in
            let range = tree.nodes[child].sequences
            guard left(range, finished) > 0, let token = tree.nodes[child].label else { return nil }
            return (token, weight(range, finished))
        }
    }

    private func choices(in state: State) -> [(token: Token, weight: Double)] {
        let root = PrefixTree<Token>.root
        if state.node == root { return state.finished.count < maximum ? goingOn(from: root, state.finished) : [] }
        let further = goingOn(from: state.node, state.finished)
        guard let finished = entriesIfEndingHere(state), finished.count < maximum else { return further }
        let known = Set(further.map(\.token))
        return further + goingOn(from: root, finished).filter { !known.contains($0.token) }
    }
}
