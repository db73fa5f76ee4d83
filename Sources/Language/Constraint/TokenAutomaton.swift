/// Says which tokens may come next: the rule that a constrained answer follows.
///
/// States are values, as many as there need be: a finite automaton's number, or a stack. The generator asks for the start, then
/// what is allowed, then advances by the token it took.
package protocol TokenAutomaton: Sendable {
    associatedtype State: Hashable & Sendable

    var start: State { get }

    /// The tokens that may follow in a state; none where the answer is over.
    func allowed(in state: State) -> TokenSet

    /// The state after a token, or nil where it is not allowed or a limit of the automaton is passed.
    func advance(_ state: State, by token: Token) -> State?

    /// Whether the answer may end here. The generator then allows the model's end tokens beside the others.
    func isAccepting(_ state: State) -> Bool

    /// How much lies behind each of some allowed tokens, for ``SamplingOptions/prior``; nil where there is nothing to say.
    func weights(in state: State) -> [TokenWeight]?
}

extension TokenAutomaton {
    package func weights(in state: State) -> [TokenWeight]? { nil }
}

/// A token and how much lies behind it, above 0, on any scale.
package struct TokenWeight: Sendable, Equatable {
    package let token: Token
    package let weight: Double

    package init(token: Token, weight: Double) {
        self.token = token
        self.weight = weight
    }
}

/// Any tokens, until the model ends.
package struct Unconstrained: TokenAutomaton {
    package struct State: Hashable, Sendable {}

    package init() {}
    package var start: State { State() }
    package func allowed(in state: State) -> TokenSet { .all }
    package func advance(_ state: State, by token: Token) -> State? { state }
    package func isAccepting(_ state: State) -> Bool { true }
}
