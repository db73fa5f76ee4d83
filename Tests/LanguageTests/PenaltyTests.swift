import Foundation
import Language
import Tensors
import TestSupport
import Testing

/// The rules of ``SamplingOptions`` as they are written down, one after the other, over all tokens.
private struct PlainSampler {
    var options: SamplingOptions
    var history: [Token]

    func probabilities(_ logits: [Float]) -> [Double] {
        var scores = logits.map(Double.init)
        for (token, bias) in options.logitBias where token < scores.count { scores[token] += Double(bias) }
        let recent = options.penaltyWindow == 0 ? history : history.suffix(options.penaltyWindow)
        for token in scores.indices {
            let count = recent.count { $0 == token }
            guard count > 0 else { continue }
            let factor = Double(options.repetitionPenalty)
            scores[token] = scores[token] > 0 ? scores[token] / factor : scores[token] * factor
            scores[token] -= Double(options.presencePenalty) + Double(count) * Double(options.frequencyPenalty)
        }
        if let dry = options.dry { for token in scores.indices { scores[token] -= penalty(of: token, dry) } }
        let powers = scores.map { exp($0 / Double(options.temperature)) }
        return filtered(powers)
    }

    /// Every earlier place of the token is tried, and how much before it is as the end of the text.
    private func penalty(of token: Token, _ dry: SamplingOptions.DRY) -> Double {
        let text = Array(dry.window == 0 ? history[...] : history.suffix(dry.window))
        var longest = 0
        for place in text.indices where text[place] == token {
            var length = 0
            while length < place, text[place - 1 - length] == text[text.count - 1 - length],
                !dry.breakers.contains(text[place - 1 - length])
            {
                length += 1
            }
            longest = max(longest, length)
        }
        guard longest >= dry.allowedLength, longest > 0 else { return 0 }
        return Double(dry.multiplier) * pow(Double(dry.base), Double(longest - dry.allowedLength))
    }

    private func filtered(_ powers: [Double]) -> [Double] {
        var p = powers
        func normalise() {
            let sum = p.reduce(0, +)
            p = p.map { $0 / sum }
        }
        /// Keeps what comes first in an order, up to a probability.
        func keep(_ order: [Int], _ probability: Float) {
            var sum = 0.0
            var kept: Set<Int> = []
            for token in order where sum < Double(probability) || kept.isEmpty {
                kept.insert(token)
                sum += p[token]
            }
            p = p.indices.map { kept.contains($0) ? p[$0] : 0 }
            normalise()
        }
        normalise()
        if options.topK > 0 {
            let best = Set(p.indices.sorted { (p[$0], $1) > (p[$1], $0) }.prefix(options.topK))
            p = p.indices.map { best.contains($0) ? p[$0] : 0 }
            normalise()
        }
        if options.typicalP < 1 {
            let entropy = p.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
            let distance = p.map { $0 > 0 ? abs(-log($0) - entropy) : .infinity }
            keep(p.indices.sorted { (distance[$0], $0) < (distance[$1], $1) }, options.typicalP)
        }
        if options.topP < 1 { keep(p.indices.sorted { (p[$0], $1) > (p[$1], $0) }, options.topP) }
        if options.minP > 0 {
            let least = (p.max() ?? 0) * Double(options.minP)
            p = p.map { $0 < least ? 0 : $0 }
            normalise()
        }
        return p
    }
}

@Suite("Penalties and filters")
struct PenaltyTests {
    private static let off = SamplingOptions(temperature: 1, topK: 0, topP: 1, minP: 0)

    /// Options of one case: each kind alone, then several together.
    private static func options(_ kind: Int, _ random: inout TestRandom) -> SamplingOptions {
        var options = off
        options.seed = random.next()
        let isOn = { (number: Int) in kind == number || kind >= 9 }
        options.penaltyWindow = [0, 1, 5, 64][Int.random(in: 0..<4, using: &random)]
        if isOn(0) { options.repetitionPenalty = .random(in: 0.5...3, using: &random) }
        if isOn(1) { options.presencePenalty = .random(in: -1...2, using: &random) }
        if isOn(2) { options.frequencyPenalty = .random(in: -0.5...1, using: &random) }
        if isOn(3) {
            options.dry = .init(
                multiplier: .random(in: 0.2...1.5, using: &random), base: .random(in: 1...2, using: &random),
                allowedLength: .random(in: 1...3, using: &random),
                window: [0, 12][Int.random(in: 0...1, using: &random)],
                breakers: Bool.random(using: &random) ? [3] : [])
        }
        if isOn(4) { options.logitBias = [1: 1.5, 4: -2, 1000: 5] }
        if isOn(5) { options.typicalP = .random(in: 0.2...0.95, using: &random) }
        if isOn(6) { options.topK = .random(in: 1...6, using: &random) }
        if isOn(7) { options.topP = .random(in: 0.3...0.95, using: &random) }
        if isOn(8) { options.minP = .random(in: 0.05...0.5, using: &random) }
        if kind >= 9 { options.temperature = .random(in: 0.5...2, using: &random) }
        return options
    }

    /// Four standard deviations of a frequency over 20,000 draws are at most 0.0142.
    @Test("Frequencies are those of the rules as they are written down", arguments: 0..<11)
    func frequencies(kind: Int) {
        var random = TestRandom(seed: UInt64(kind) + 60)
        for round in 0..<8 {
            let options = Self.options(kind, &random)
            let logits = random.floats(7).map { 2 * $0 }
            // Three tokens, mostly: passages repeat.
            let history = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Int.random(in: 0..<(Int.random(in: 0...5, using: &random) == 0 ? 7 : 3), using: &random)
            }
            let expected = PlainSampler(options: options, history: history).probabilities(logits)
            var sampler = Sampler(options)
            for token in history { sampler.accept(token) }
            var counts = [Double](repeating: 0, count: logits.count)
            let scores = Buffer(logits)
            for _ in 0..<20_000 { if let token = sampler.sample(scores) { counts[token] += 1 / 20_000 } }
            for (got, wanted) in zip(counts, expected) {
                #expect(abs(got - wanted) < 0.0142, "round \(round): \(counts), expected \(expected)")
                if wanted == 0 { #expect(got == 0) }
            }
        }
    }

    @Test("A long history costs what its windows cost and counts no more than they say")
    func longHistory() {
        var options = SamplingOptions.greedy
        options.presencePenalty = 5
        options.penaltyWindow = 10
        var sampler = Sampler(options)
        for _ in 0..<5000 { sampler.accept(2) }
        for _ in 0..<9 { sampler.accept(0) }
        let before = sampler.sample(Buffer([0, 1, 2]))
        #expect(before == 1)
        sampler.accept(0)
        let after = sampler.sample(Buffer([0, 1, 2]))
        #expect(after == 2)
    }

    @Test("An endless repetition is penalised, not overflowed")
    func endless() {
        var options = Self.off
        options.dry = .init(multiplier: 100, base: 10, allowedLength: 1)
        var sampler = Sampler(options)
        for _ in 0..<3000 { sampler.accept(1) }
        let other = sampler.sample(Buffer([0, 50]))
        let only = sampler.sample(Buffer([-.infinity, 50]))
        #expect(other == 0 && only == 1)
    }

    @Test("Probabilities told are the model's own, best first")
    func logprobs() throws {
        var options = SamplingOptions(temperature: 0.1, topK: 1)
        options.logprobs = 3
        options.logitBias = [0: 100]
        options.repetitionPenalty = 2
        var sampler = Sampler(options)
        sampler.accept(2)
        let logits: [Float] = [0.5, 2, 3, -1, 3, -.infinity]
        let total = log(logits.reduce(0) { $0 + exp(Double($1)) })
        let drawn = sampler.sample(Buffer(logits))
        let token = try #require(drawn)
        #expect(token == 0)
        let scores = try #require(sampler.scores(of: token, Buffer(logits)))
        #expect(abs(Double(scores.logprob) - (0.5 - total)) < 1e-6)
        #expect(scores.top.map(\.token) == [2, 4, 1])
        for entry in scores.top { #expect(abs(Double(entry.logprob) - (Double(logits[entry.token]) - total)) < 1e-6) }
        options.logprobs = 0
        #expect(Sampler(options).scores(of: 1, Buffer(logits))?.top.isEmpty == true)
        options.logprobs = nil
        #expect(Sampler(options).scores(of: 1, Buffer(logits)) == nil)
    }

    @Test("Options outside their range are errors that name them")
    func ranges() {
        func bad(_ name: String, _ change: (inout SamplingOptions) -> Void) {
            var options = Self.off
            change(&options)
            #expect { try options.check() } throws: { "\($0)".hasPrefix(name) }
        }
        bad("typical_p") { $0.typicalP = 1.5 }
        bad("repetition_penalty") { $0.repetitionPenalty = 0 }
        bad("repetition_penalty") { $0.repetitionPenalty = .nan }
        bad("presence_penalty") { $0.presencePenalty = .infinity }
        bad("frequency_penalty") { $0.frequencyPenalty = 101 }
        bad("penalty_window") { $0.penaltyWindow = -1 }
        bad("logit_bias of token 3") { $0.logitBias = [3: .nan] }
        bad("dry_multiplier") { $0.dry = .init(multiplier: -1) }
        bad("dry_base") { $0.dry = .init(multiplier: 1, base: 0.5) }
        bad("dry_allowed_length") { $0.dry = .init(multiplier: 1, allowedLength: 0) }
        bad("dry_window") { $0.dry = .init(multiplier: 1, window: -1) }
        bad("logprobs") { $0.logprobs = 101 }
    }
}

@Suite("Stop strings")
struct StopStringTests {
    /// What is shown of a text: all before the stop string that is complete first, of several then the longest.
    private func plain(_ text: [UInt8], _ stops: [[UInt8]]) -> (shown: [UInt8], stop: [UInt8]?) {
        for end in 0...text.count {
            let matching = stops.filter { text[..<end].suffix($0.count).elementsEqual($0) }
            if let stop = matching.max(by: { $0.count < $1.count }) {
                return (Array(text[..<(end - stop.count)]), stop)
            }
        }
        return (text, nil)
    }

    @Test("However the text is cut, what is shown is what comes before the first stop string", arguments: 0..<200)
    func cuts(seed: UInt64) throws {
        var random = TestRandom(seed: seed)
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in ["a", "b", "é", "🙂"].randomElement(using: &random) ?? "a" })
        }
        let stops = (0..<Int.random(in: 0...3, using: &random)).map { _ in text(.random(in: 1...5, using: &random)) }
        var filter = try StopStrings(stops)
        let bytes = stops.map { Array($0.utf8) }
        var (all, shown) = ("", "")
        for _ in 0..<20 {
            let piece = text(.random(in: 0...3, using: &random))
            all += piece
            shown += filter.add(piece)
            let expected = plain(Array(all.utf8), bytes)
            #expect(filter.matched.map { Array($0.utf8) } == expected.stop)
            if expected.stop != nil {
                #expect(Array(shown.utf8) == expected.shown)
                let more = filter.add("more") + filter.finish()
                #expect(more.isEmpty)
                return
            }
            // No more is held back than might begin a stop string.
            let held = Array(all.utf8.dropFirst(shown.utf8.count))
            #expect(all.hasPrefix(shown))
            #expect(held.isEmpty || bytes.contains { $0.count > held.count && $0.starts(with: held) })
        }
        shown += filter.finish()
        #expect(shown == all)
    }

    @Test("Unusable stop strings are errors")
    func bad() {
        #expect(throws: LanguageError.self) { try StopStrings([""]) }
        #expect(throws: LanguageError.self) { try StopStrings([String](repeating: "a", count: 17)) }
        #expect(throws: LanguageError.self) { try StopStrings([String(repeating: "a", count: 1025)]) }
    }

    @Test("A generator ends before its stop string and gives what it held back otherwise")
    func generator() throws {
        let model = try TinyModel(merges: [("a", "b"), ("b", "a")], seed: 71).model()
        let automaton = try GrammarAutomaton(
            .repetition(.choice([.literal("a"), .literal("b"), .literal("c")]), atLeast: 40, atMost: 40),
            tokenizer: model.tokenizer)
        func run(_ stop: [String]) throws -> (text: String, finish: Finish?, rest: String) {
            let sampling = SamplingOptions(temperature: 1, topK: 0, topP: 1, minP: 0, seed: 4)
            let generator = try Generator(
                model.makeSequence(), prompt: [1], automaton: automaton, options: .init(sampling: sampling, stop: stop))
            var text = ""
            while let piece = try generator.next() { text += piece.text }
            return (text, generator.finish, generator.rest)
        }
        let whole = try run([])
        #expect(whole.text.count == 40 && whole.finish == .automaton && whole.rest.isEmpty)
        let stop = String(whole.text.dropFirst(20).prefix(6))
        let before = try #require(whole.text.firstRange(of: stop)).lowerBound
        let stopped = try run([stop, "no such thing"])
        #expect(stopped.text == whole.text[..<before])
        #expect(stopped.finish == .stopString)
        let almost = try run([whole.text.suffix(3) + "!"])
        #expect(almost.text == whole.text.dropLast(3) && almost.rest == whole.text.suffix(3))
        #expect(almost.finish == .automaton)
    }
}
