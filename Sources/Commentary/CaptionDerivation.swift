/// One attempt at a sentence: alternatives by chance, another where one cannot be used.
struct CaptionDerivation {
    let grammar: CaptionGrammar
    let sheet: FactSheet
    var chance: SeededChance
    /// Positions on the sheet of the facts expressed so far.
    private(set) var used: [Int] = []
    /// How many alternatives may still be tried: a sentence needs some dozens.
    private var budget = 5000

    init(grammar: CaptionGrammar, sheet: FactSheet, chance: SeededChance) {
        self.grammar = grammar
        self.sheet = sheet
        self.chance = chance
    }

    /// A text of the rule; nil where no alternative can be used, and then nothing counts as expressed by it.
    mutating func expand(_ rule: Int) -> String? {
        var pool = grammar.rules[rule]
        while !pool.isEmpty {
            let choice = chance.index(by: pool.map(\.weight))
            let mark = used.count
            if let text = text(of: pool.remove(at: choice)) { return text }
            used.removeSubrange(mark...)
        }
        return nil
    }

    private mutating func text(of alternative: CaptionAlternative) -> String? {
        budget -= 1
        guard budget > 0, alternative.when.allSatisfy({ sheet.facts.contains(where: $0.matches) }),
            !alternative.unless.contains(where: { sheet.facts.contains(where: $0.matches) })
        else { return nil }
        var cited: [FactKey: Fact] = [:]
        for condition in alternative.cites {
            let free = sheet.facts.indices.filter { condition.matches(sheet.facts[$0]) && !used.contains($0) }
            guard !free.isEmpty else { return nil }
            let position = free[chance.index(below: free.count)]
            used.append(position)
            cited[condition.key] = sheet.facts[position]
        }
        var text = ""
        for piece in alternative.pieces {
            switch piece {
            case .text(let literal): text += literal
            case .value(let key): text += cited[key].map(grammar.readings.reading) ?? ""
            case .rule(let rule):
                guard let part = expand(rule) else { return nil }
                text += part
            }
        }
        return text
    }
}
