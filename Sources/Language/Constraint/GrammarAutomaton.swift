import Synchronization

/// Allows what a grammar describes, in any tokens that spell it: a pushdown automaton.
///
/// Where texts can be is gathered into deterministic places as they are met, and the tokens allowed in each are found once, by
/// walking the vocabulary's bytes and the grammar side by side. Of what is found, the part that does not depend on what a rule
/// was called from is kept for all its callers (Dong et al. 2024, "XGrammar"). Any number of answers may share one automaton, on
/// any threads.
package final class GrammarAutomaton: TokenAutomaton {
    /// A place in the grammar with its stacks.
    ///
    /// A value that stands for itself: copies share its memory, and it stays good whatever the automaton forgets.
    package struct State: Hashable, Sendable {
        fileprivate let content: [Int32]
        /// The place's number, in tables of this generation.
        fileprivate let number: Int32
        fileprivate let generation: Int

        package static func == (left: State, right: State) -> Bool { left.content == right.content }

        package func hash(into hasher: inout Hasher) { hasher.combine(content) }
    }

    /// Tokens that can follow, and the nodes of the vocabulary at which the rule has come to its end in the middle of a token.
    private struct Mask {
        let tokens: TokenSet
        let escapes: [Int32]
    }

    /// What has been worked out so far.
    private struct Known {
        var places: GrammarPlaces
        var generation = 0
        var contents: [Int32: [Int32]] = [:]
        var contentBytes = 0
        var masks: [Int32: TokenSet] = [:]
        var maskBytes = 0
        /// By local place.
        var localMasks: [Int32: Mask] = [:]
        var localMaskBytes = 0
        /// Local places that were worked out last.
        var recent: [Int32] = []
    }

    private let network: GrammarNetwork
    private let vocabulary: VocabularyTree
    private let tokenizer: Tokenizer
    private let cacheBytes: Int
    private let known: Mutex<Known>
    package let start: State

    /// - Parameter cacheBytes: about how much memory may be kept for masks and places, beside the grammar itself; what is past it
    ///   is worked out anew. One question may take more for a while.
    /// - Throws: ``LanguageError/grammar(reason:)`` for a grammar that names a token outside the vocabulary.
    package init(
        _ grammar: ContextFreeGrammar, tokenizer: Tokenizer, cacheBytes: Int = 64 << 20
    ) throws(LanguageError) {
        network = grammar.network
        for state in network.states {
            for case .token(let token) in state.edges.map(\.label) where !(0..<tokenizer.count).contains(token) {
                throw .grammar(reason: "token \(token) in a vocabulary of \(tokenizer.count)")
            }
        }
        self.tokenizer = tokenizer
        self.cacheBytes = cacheBytes
        vocabulary = tokenizer.tree
        let places = GrammarPlaces(network)
        start = State(content: places.content(of: GrammarPlaces.start), number: GrammarPlaces.start, generation: 0)
        known = Mutex(Known(places: places))
    }

    /// A grammar without rules.
    ///
    /// - Throws: ``LanguageError/grammar(reason:)`` for one that is too large or nested too deep, describes no text, or names a
    ///   token outside the vocabulary.
    package convenience init(_ grammar: Grammar, tokenizer: Tokenizer) throws(LanguageError) {
        let compiled: ContextFreeGrammar
        do { compiled = try ContextFreeGrammar(grammar) } catch { throw .grammar(reason: error.description) }
        try self.init(compiled, tokenizer: tokenizer)
    }

    package func isAccepting(_ state: State) -> Bool { state.content[0] != 0 }

    package func allowed(in state: State) -> TokenSet {
        known.withLock { known in
            let place = begin(state, &known)
            if let mask = known.masks[place] { return mask }
            let mask = mask(of: place, &known)
            if known.maskBytes > cacheBytes / 4 { (known.masks, known.maskBytes) = ([:], 0) }
            known.masks[place] = mask
            known.maskBytes += mask.bytes
            return mask
        }
    }

    /// The state after a token; nil where the grammar does not allow it, or where more readings of the text or calls within one
    /// another would have to be kept than there may be.
    package func advance(_ state: State, by token: Token) -> State? {
        guard (0..<tokenizer.count).contains(token) else { return nil }
        return known.withLock { known in
            let start = begin(state, &known)
            var place = start
            if vocabulary.spells(token) {
                for byte in tokenizer.vocabulary.bytes(of: token) where place >= 0 {
                    place = known.places.step(place, Int(network.byteClasses.classes[Int(byte)]))
                }
            } else {
                place = -1
            }
            let seeds = known.places.seeds(from: start, token: token)
            if !seeds.isEmpty {
                let spelled = place >= 0 ? known.places.seeds(of: place) : []
                let accepts = place >= 0 && known.places.places[Int(place)].accepts
                place = known.places.place(of: seeds + spelled, accepts: accepts) ?? -1
            }
            return place < 0 ? nil : self.state(of: place, &known)
        }
    }

    /// The number of a state's place; forgets all others where they take too much.
    private func begin(_ state: State, _ known: inout Known) -> Int32 {
        if known.places.bytes + known.contentBytes > cacheBytes / 2 {
            known = Known(places: GrammarPlaces(network), generation: known.generation + 1)
        }
        known.places.work = 0
        return state.generation == known.generation ? state.number : known.places.place(content: state.content)
    }

    private func state(of place: Int32, _ known: inout Known) -> State {
        let content = known.contents[place] ?? known.places.content(of: place)
        if known.contents.updateValue(content, forKey: place) == nil { known.contentBytes += 96 + 4 * content.count }
        return State(content: content, number: place, generation: known.generation)
    }

    private func mask(of place: Int32, _ known: inout Known) -> TokenSet {
        let (local, base) = known.places.local(of: place)
        let inside = localMask(of: local, &known)
        var named: [Token] = []
        for member in known.places.places[Int(place)].members {
            for case .token(let token) in network.states[Int(member.state)].edges.map(\.label) { named.append(token) }
        }
        guard !inside.escapes.isEmpty, let outside = known.places.placeAfterReturn(to: base) else {
            return named.isEmpty ? inside.tokens : inside.tokens.union(named)
        }
        var bits = inside.tokens.bits(below: tokenizer.count)
        var escapes: [Int32]?
        for node in inside.escapes { walk(below: Int(node), from: outside, &known, into: &bits, &escapes) }
        for token in named { bits[token / 64] |= 1 << UInt64(token % 64) }
        return TokenSet(bits: bits)
    }

    private func localMask(of place: Int32, _ known: inout Known) -> Mask {
        if let mask = known.localMasks[place] { return mask }
        let mask = newMask(of: place, &known)
        if known.localMaskBytes > cacheBytes / 4 { (known.localMasks, known.localMaskBytes) = ([:], 0) }
        known.localMasks[place] = mask
        known.localMaskBytes += mask.tokens.bytes + 4 * mask.escapes.count + 64
        known.recent = [place] + known.recent.prefix(Self.recentPlaces - 1)
        return mask
    }

    /// How many places are compared with a new one, and up to how many bytes; from how many on that saves a walk.
    private static let recentPlaces = 3
    private static let sharedBytes = 8...64

    /// The mask of a place, with what one of the last places has in common with it taken over.
    private func newMask(of place: Int32, _ known: inout Known) -> Mask {
        var (shared, bits, escapes) = (0, [UInt64](repeating: 0, count: tokenizer.count / 64 + 1), [Int32]?.some([]))
        var best: Mask?
        for other in known.recent where shared < Self.sharedBytes.upperBound {
            guard let mask = known.localMasks[other],
                let depth = known.places.agreement(other, place, limit: Self.sharedBytes.upperBound),
                depth > shared, depth >= Self.sharedBytes.lowerBound
            else { continue }
            (best, shared) = (mask, depth)
        }
        if let best {
            bits = best.tokens.bits(below: tokenizer.count)
            escapes = best.escapes.filter { vocabulary.depths[Int($0)] <= shared }
        }
        walk(below: VocabularyTree.root, past: shared, from: place, &known, into: &bits, &escapes)
        return Mask(tokens: TokenSet(bits: bits), escapes: escapes ?? [])
    }

    /// Sets the bits of the tokens below a node of the vocabulary that can be spelled from a place, and lists the nodes where
    /// the rule escapes, if anybody asks.
    ///
    /// - Parameter shared: up to so many bytes below the node, bits and list are right already; those of longer tokens are right
    ///   only where they could not begin.
    private func walk(
        below root: Int, past shared: Int = 0, from place: Int32, _ known: inout Known, into bits: inout [UInt64],
        _ escapes: inout [Int32]?
    ) {
        let (labels, depths, ends) = (vocabulary.labels, vocabulary.depths, vocabulary.ends)
        let (deepest, firstTokens, tokens) = (vocabulary.deepest, vocabulary.firstTokens, vocabulary.tokens)
        let classes = network.byteClasses.classes
        let above = Int(depths[root])
        let done = above + shared
        let listsEscapes = escapes != nil
        /// The place at each depth below the root.
        var path = [Int32](repeating: place, count: VocabularyTree.longest + 1)
        var node = root + 1
        let end = Int(ends[root])
        while node < end {
            guard deepest[node] > done else {
                node = Int(ends[node])
                continue
            }
            let depth = Int(depths[node]) - above
            let next = known.places.step(path[depth - 1], Int(classes[Int(labels[node])]))
            guard next >= 0 else {
                node = Int(ends[node])
                continue
            }
            path[depth] = next
            if above + depth > done {
                for position in Int(firstTokens[node])..<Int(firstTokens[node + 1]) {
                    let token = Int(tokens[position])
                    bits[token / 64] |= 1 << UInt64(token % 64)
                }
                if listsEscapes, known.places.escapes[Int(next)] { escapes?.append(Int32(node)) }
            } else if above + depth == done {
                for position in Int(firstTokens[node + 1])..<Int(firstTokens[Int(ends[node])]) {
                    let token = Int(tokens[position])
                    bits[token / 64] &= ~(1 << UInt64(token % 64))
                }
            }
            node += 1
        }
    }
}
