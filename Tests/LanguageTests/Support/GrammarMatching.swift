import Language
import TestSupport
import Testing

extension TokenAutomaton {
    /// The state after tokens, each of which has to be in the mask; nil where one is not.
    func state(after tokens: [Token]) -> State? {
        var state = start
        for token in tokens {
            guard allowed(in: state).contains(token), let next = advance(state, by: token) else { return nil }
            state = next
        }
        return state
    }

    /// Checks in the states of random walks that the mask is exactly the tokens that can be taken, and that there are any
    /// unless the text may end.
    func expectExactMasks(tokens count: Int, walks: Int, steps: Int, seed: UInt64) {
        var random = TestRandom(seed: seed)
        for _ in 0..<walks {
            var state = start
            for _ in 0..<steps {
                let mask = allowed(in: state)
                #expect(isAccepting(state) || !mask.isEmpty)
                for token in -1...count { #expect(mask.contains(token) == (advance(state, by: token) != nil)) }
                guard let token = mask.tokens(below: .max).randomElement(using: &random),
                    let next = advance(state, by: token)
                else { break }
                state = next
            }
        }
    }

    /// Whether tokens are accepted.
    func accepts(_ tokens: [Token]) -> Bool { state(after: tokens).map(isAccepting) ?? false }

    /// A text of random tokens among those allowed; ends at random where it may, and always after `patience` tokens if a
    /// shortest way out is to be found by taking `exits` first.
    ///
    /// - Returns: nil where no token is allowed and the text may not end, or it has not ended after so many tokens.
    func randomTokens(
        _ random: inout TestRandom, patience: Int = 60, limit: Int = 4000, exits: [Token] = []
    ) -> [Token]? {
        var state = start
        var tokens: [Token] = []
        while tokens.count < limit {
            let allowed = allowed(in: state)
            let ends = isAccepting(state)
            if ends, allowed.isEmpty || tokens.count > patience || Int.random(in: 0..<4, using: &random) == 0 {
                return tokens
            }
            let list = allowed.tokens(below: .max)
            let exit = tokens.count > patience ? exits.first { allowed.contains($0) } : nil
            guard let token = exit ?? list.randomElement(using: &random), let next = advance(state, by: token) else {
                return nil
            }
            tokens.append(token)
            state = next
        }
        return nil
    }
}
