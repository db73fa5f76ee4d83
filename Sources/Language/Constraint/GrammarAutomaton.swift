import Synchronization

/// Allows what a ``Grammar`` describes, in any tokens that spell it.
///
/// States of the network are gathered into deterministic ones as they are met, and the tokens allowed in each are found once, by
/// walking the vocabulary's bytes and the automaton side by side.
package final class GrammarAutomaton: TokenAutomaton {
    /// Number of a deterministic state.
    package typealias State = Int

    private let network: GrammarNetwork
    private let vocabulary: VocabularyTree
    private let tokenizer: Tokenizer
    private let known: Mutex<Known>

    /// What has been worked out so far.
    private struct Known {
        /// The network's states in each deterministic one.
        var members: [[Int32]] = []
        var numbers: [[Int32]: State] = [:]
        /// Where each byte leads, 256 for each state: -1 nowhere, -2 not known yet.
        var steps: [Int32] = []
        var masks: [State: TokenSet] = [:]
    }

    /// - Throws: ``LanguageError/grammar(reason:)`` for one that is too large or nested too deep, describes no text, or names a
    ///   token outside the vocabulary.
    package init(_ grammar: Grammar, tokenizer: Tokenizer) throws(LanguageError) {
        network = try GrammarNetwork(grammar)
        for state in network.states {
            for case (.token(let token), _) in state.edges where !(0..<tokenizer.count).contains(token) {
                throw .grammar(reason: "token \(token) in a vocabulary of \(tokenizer.count)")
            }
        }
        self.tokenizer = tokenizer
        vocabulary = tokenizer.tree
        var known = Known()
        _ = Self.number(of: network.closure(of: [Int32(network.start)]), &known)
        self.known = Mutex(known)
    }

    package var start: State { 0 }

    package func isAccepting(_ state: State) -> Bool {
        known.withLock { $0.members[state].contains(Int32(network.accept)) }
    }

    package func allowed(in state: State) -> TokenSet {
        known.withLock { known in
            if let mask = known.masks[state] { return mask }
            var tokens: [Token] = []
            for member in known.members[state] {
                for case (.token(let token), _) in network.states[Int(member)].edges { tokens.append(token) }
            }
            collect(VocabularyTree.root, state, &known, into: &tokens)
            let mask = TokenSet(tokens)
            known.masks[state] = mask
            return mask
        }
    }

    package func advance(_ state: State, by token: Token) -> State? {
        guard (0..<tokenizer.count).contains(token) else { return nil }
        return known.withLock { known in
            var targets = network.closure(of: tokenTargets(of: token, from: known.members[state]))
            if vocabulary.spells(token) {
                var place: State? = state
                for byte in tokenizer.bytes(of: token) {
                    guard let current = place else { break }
                    place = step(current, byte, &known)
                }
                if let place { targets = Set(targets + known.members[place]).sorted() }
            }
            return targets.isEmpty ? nil : Self.number(of: targets, &known)
        }
    }

    /// The deterministic state of these members, made if it is new.
    private static func number(of members: [Int32], _ known: inout Known) -> State {
        if let number = known.numbers[members] { return number }
        let number = known.members.count
        known.members.append(members)
        known.numbers[members] = number
        known.steps += [Int32](repeating: -2, count: 256)
        return number
    }

    private func tokenTargets(of token: Token, from members: [Int32]) -> [Int32] {
        members.flatMap { member in
            network.states[Int(member)].edges.compactMap { edge in
                if case .token(token) = edge.label { edge.target } else { nil }
            }
        }
    }

    /// Where a byte leads, or nil.
    private func step(_ state: State, _ byte: UInt8, _ known: inout Known) -> State? {
        let slot = state * 256 + Int(byte)
        if known.steps[slot] == -2 {
            let targets = known.members[state].flatMap { member in
                network.states[Int(member)].edges.compactMap { edge -> Int32? in
                    switch edge.label {
                    case .byte(byte): edge.target
                    case .bytes(let set) where set.contains(byte): edge.target
                    default: nil
                    }
                }
            }
            let closed = network.closure(of: targets)
            known.steps[slot] = closed.isEmpty ? -1 : Int32(Self.number(of: closed, &known))
        }
        return known.steps[slot] < 0 ? nil : Int(known.steps[slot])
    }

    /// Adds the tokens below a node of the vocabulary that the automaton can spell from a state.
    ///
    /// Recursion goes as deep as the longest token's bytes, which the tree bounds.
    private func collect(_ node: Int, _ state: State, _ known: inout Known, into tokens: inout [Token]) {
        for child in vocabulary.tree.nodes[node].children {
            guard let byte = vocabulary.tree.nodes[child].label, let next = step(state, byte, &known) else { continue }
            for position in vocabulary.tree.nodes[child].endings { tokens.append(vocabulary.token(at: position)) }
            collect(child, next, &known, into: &tokens)
        }
    }
}
