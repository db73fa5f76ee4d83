/// The lines of `Weights/lines.tsv`, each tied to the facts it jokes about.
///
/// The file is UTF-8 text of tab-separated fields, compiled by `Weights/training/language/corpus.py`:
///
///     heckle-lines  1
///     @reading      object=cell phone             phone
///     @plural       object=skis
///     @worth        object                        2.5
///     @quiet        sharpness=sharp
///     dry           object={object},people=none   In the absence of people, the {object} stood in at short notice.
///
/// `@reading` says how a value reads, `@plural` that it reads as a plural, `@worth` what citing a fact of the key adds
/// to a line where several fit, `@quiet` that the value is hardly worth a joke. In a line `{key}` stands for the value
/// of a fact that the line cites as `key={key}`; `{key:one}` takes no plural.
package struct LineTable: Sendable {
    /// How values read.
    package let readings: Readings
    /// What lines are worth.
    package let worths: Worths
    /// How many lines the table has.
    package let count: Int

    private let patterns: [LinePattern]
    /// Indices into `patterns`, ascending, by style and first condition.
    private let index: [CommentStyle: [LinePattern.Condition: [Int]]]

    /// Reads the table at `path`.
    package init(path: String) throws(CommentaryError) {
        try self.init(DataFile.bytes(of: path), named: path)
    }

    /// Reads a table from memory; `name` is what errors call it.
    package init(_ bytes: [UInt8], named name: String) throws(CommentaryError) {
        var reader = LineTableReader(bytes, named: name)
        try reader.read()
        readings = Readings(texts: reader.readings, plurals: reader.plurals)
        worths = Worths(keys: reader.worths, quiet: reader.quiet)
        patterns = reader.lines.map(\.pattern)
        count = patterns.count
        var index: [CommentStyle: [LinePattern.Condition: [Int]]] = [:]
        for (number, line) in reader.lines.enumerated() {
            index[line.style, default: [:]][line.pattern.conditions[0], default: []].append(number)
        }
        self.index = index
    }

    /// All lines of a style whose facts are on the sheet, slots filled in, each text once, in the order of the table.
    package func lines(for sheet: FactSheet, style: CommentStyle) -> [CommentLine] {
        guard let index = index[style] else { return [] }
        var starts: [LinePattern.Condition] = sheet.facts.map { .fact($0.key, $0.value) }
        starts += Set(sheet.facts.map(\.key)).map { .slot($0) }
        let numbers = starts.flatMap { index[$0] ?? [] }.sorted()
        var texts: Set<String> = []
        return numbers.flatMap { patterns[$0].lines(for: sheet, readings: readings) }
            .filter { texts.insert($0.text).inserted }
    }

    /// Every line as `visit` sees it: style, the facts it names outright, the keys of its slots, and the text with its
    /// slots as the file has them. For checks over the whole table.
    package func forEach(_ visit: (CommentStyle, [Fact], [FactKey], String) -> Void) {
        let styles = index.flatMap { style, starts in starts.values.joined().map { ($0, style) } }.sorted {
            $0.0 < $1.0
        }
        for (number, style) in styles {
            var facts: [Fact] = []
            var slots: [FactKey] = []
            for condition in patterns[number].conditions {
                switch condition {
                case .fact(let key, let value): facts.append(Fact(key, value))
                case .slot(let key): slots.append(key)
                }
            }
            let text = patterns[number].pieces.map { piece in
                switch piece {
                case .text(let literal): literal
                case .slot(let key, let single): "{\(key.rawValue)\(single ? ":one" : "")}"
                }
            }
            visit(style, facts, slots, text.joined())
        }
    }
}

/// What a line is worth where several fit: the more particular to the photo, the more.
package struct Worths: Sendable {
    private let keys: [FactKey: Double]
    private let quiet: Set<String>

    init(keys: [FactKey: Double], quiet: Set<String>) {
        self.keys = keys
        self.quiet = quiet
    }

    /// The sum over the facts that the line cites, more where it joins several; positive.
    package func worth(of line: CommentLine) -> Double {
        let sum = line.facts.reduce(0) { $0 + (keys[$1.key] ?? 1) * (quiet.contains($1.text) ? 0.6 : 1) }
        return sum * [1, 2.5, 6.25][min(2, max(0, line.facts.count - 1))]
    }
}
