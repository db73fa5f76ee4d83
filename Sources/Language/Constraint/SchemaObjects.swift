// Objects: the listed properties in order, then others.
extension SchemaCompiler {
    mutating func objects(_ constraints: SchemaConstraints) throws(GrammarError) -> Grammar {
        let (properties, others) = Self.properties(of: constraints)
        let required = Set(constraints.required)
        var members: [(grammar: Grammar, isRequired: Bool)] = []
        for (name, parts) in properties {
            let key = Grammar.sequence([.literal(TemplateValue.quoted(name) + ":"), json.space])
            members.append((.sequence([key, try reference(to: parts)]), required.contains(name)))
        }
        let comma = Grammar.sequence([.literal(","), json.space])
        var rest = Grammar.sequence([])
        var other: Grammar?
        if let others {
            let key = properties.isEmpty ? JSONGrammar.string : try key(not: properties.map(\.name), constraints)
            let member = Grammar.sequence([key, .literal(":"), json.space, try reference(to: others)])
            other = member
            rest = .repetition(.sequence([comma, member]), atLeast: 0, atMost: nil)
        }
        return .sequence([.literal("{"), try body(members, other, rest, comma, constraints.pointer), .literal("}")])
    }

    /// The properties that are named, with what is asked of each, and what is asked of others; nil where there are none.
    private static func properties(
        of constraints: SchemaConstraints
    ) -> (named: [(name: String, parts: [SchemaPart])], others: [SchemaPart]?) {
        var names: [String] = []
        var seen: Set<String> = []
        for part in constraints.objects { names += part.properties.map(\.name).filter { seen.insert($0).inserted } }
        let isListed = !names.isEmpty
        names += constraints.required.filter { seen.insert($0).inserted }
        // What one schema names and another does not is among the additional ones of that one.
        let tables = constraints.objects.map { part in
            Dictionary(part.properties.map { ($0.name, $0.part) }) { first, _ in first }
        }
        let named = names.map { name in
            (name, zip(constraints.objects, tables).compactMap { $1[name] ?? $0.additional })
        }
        let additional = constraints.objects.compactMap(\.additional)
        return (named, isListed && additional.isEmpty ? nil : additional)
    }

    /// What stands between the braces.
    ///
    /// Behind the first member each may follow with a comma or not; any of those before the first required one may be first.
    private mutating func body(
        _ members: [(grammar: Grammar, isRequired: Bool)], _ other: Grammar?, _ rest: Grammar, _ comma: Grammar,
        _ pointer: String
    ) throws(GrammarError) -> Grammar {
        var behind = [Grammar](repeating: rest, count: members.count + 1)
        for (index, member) in members.enumerated().reversed() {
            let part = Grammar.sequence([comma, member.grammar])
            let name = try unusedName("\(pointer)~ members from \(index)")
            add(name, .sequence([member.isRequired ? part : .optional(part), behind[index + 1]]))
            behind[index] = .rule(name)
        }
        var firsts: [Grammar] = []
        for (index, member) in members.enumerated() {
            firsts.append(.sequence([member.grammar, behind[index + 1]]))
            if member.isRequired { break }
        }
        let isEmptyAllowed = !members.contains(where: \.isRequired)
        if isEmptyAllowed, let other { firsts.append(.sequence([other, rest])) }
        guard !firsts.isEmpty else { return .sequence([]) }
        let full = Grammar.sequence([json.space, .choice(firsts), json.space])
        return isEmptyAllowed ? .optional(full) : full
    }

    /// Keys of other names, none of their scalars escaped.
    private mutating func key(not names: [String], _ constraints: SchemaConstraints) throws(GrammarError) -> Grammar {
        let tree = PrefixTree(names.map { $0.unicodeScalars.map(\.value) })
        guard tree.nodes.count < GrammarNetwork.mostRules else {
            throw constraints.error(.tooLarge("characters of names", limit: GrammarNetwork.mostRules))
        }
        let name = try unusedName("\(constraints.pointer)~ other keys")
        let more = Grammar.repetition(.scalars(JSONGrammar.plain), atLeast: 0, atMost: nil)
        for (index, node) in tree.nodes.enumerated() {
            let labels = node.children.compactMap { tree.nodes[$0].label }
            let others = JSONGrammar.plain.subtracting(ScalarSet(labels.map { $0...$0 }))
            var choices = [Grammar.sequence([.scalars(others), more, .literal("\"")])]
            if node.endings.isEmpty { choices.append(.literal("\"")) }
            for child in node.children {
                guard let label = tree.nodes[child].label else { continue }
                let scalar = JSONGrammar.plain.intersection(ScalarSet([label...label]))
                choices.append(.sequence([.scalars(scalar), .rule("\(name) \(child)")]))
            }
            add("\(name) \(index)", .choice(choices))
        }
        return .sequence([.literal("\""), .rule("\(name) \(PrefixTree<UInt32>.root)")])
    }
}
