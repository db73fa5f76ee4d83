/// What may follow `|`.
struct TemplateFilters {
    static let known: Set<String> = [
        "abs", "attr", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "indent",
        "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
        "replace", "reverse", "round", "safe", "select", "selectattr", "sort", "string", "sum", "title", "tojson",
        "trim", "unique", "upper",
    ]

    private let interpreter: TemplateInterpreter
    private let position: TemplatePosition

    init(_ interpreter: TemplateInterpreter, _ position: TemplatePosition) {
        self.interpreter = interpreter
        self.position = position
    }

    func apply(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        try interpreter.count(position, size: interpreter.size(of: value))
        switch name {
        case "default", "d":
            let isReplaced =
                value.isUndefined || arguments.value(1, "boolean")?.isTrue ?? false && !value.isTrue
            return isReplaced ? arguments.value(0, "default_value") ?? .string("") : value
        case "length", "count": return .integer(try length(value))
        case "tojson": return try json(value, arguments)
        case "string": return .string(try text(value))
        case "safe": return value
        case "int", "float", "abs", "round": return try number(name, value, arguments)
        case "list": return try list(elements(value))
        case "items":
            if value.isUndefined { return .list([]) }
            guard case .dictionary(let dictionary) = value else {
                throw position.error(.value, "items of a \(value.typeName)")
            }
            return try TemplateMethods(interpreter, position).items(of: dictionary)
        case "attr":
            guard case .string(let name)? = arguments.positional.first else {
                throw position.error(.value, "attr needs a name")
            }
            return try attribute(name, of: value)
        case "trim", "upper", "lower", "capitalize", "title", "replace", "indent", "e", "escape":
            return try string(name, try text(value), arguments)
        case "map", "select", "reject", "selectattr", "rejectattr": return try picked(name, value, arguments)
        default: return try sequence(name, value, arguments)
        }
    }

    // MARK: Helpers

    private func text(_ value: TemplateValue) throws(TemplateError) -> String {
        try interpreter.text(of: value, position)
    }

    private func elements(_ value: TemplateValue) throws(TemplateError) -> [TemplateValue] {
        try interpreter.elements(of: value, position)
    }

    private func list(_ values: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        try interpreter.checked(.list(values), position)
    }

    private func length(_ value: TemplateValue) throws(TemplateError) -> Int {
        switch value {
        case .string(let text): return text.unicodeScalars.count
        case .list(let list): return list.elements.count
        case .dictionary(let dictionary): return dictionary.pairs.count
        case .undefined: return 0
        default: throw position.error(.value, "length of a \(value.typeName)")
        }
    }

    /// `a.b.0` of a value; a missing one is `fallback`, or undefined.
    private func path(
        _ path: TemplateValue, of value: TemplateValue, default fallback: TemplateValue? = nil
    ) throws(TemplateError) -> TemplateValue {
        var result = value
        if let index = path.integer { return try element(index, of: value) }
        guard case .string(let text) = path else { throw position.error(.value, "an attribute's name is a string") }
        for part in TemplateText.split(text, at: ".", most: -1) {
            if let index = Int(part) {
                result = try element(index, of: result)
            } else {
                result = try attribute(part, of: result)
            }
        }
        return result.isUndefined ? fallback ?? result : result
    }

    private func element(_ index: Int, of value: TemplateValue) throws(TemplateError) -> TemplateValue {
        if case .dictionary(let dictionary) = value {
            return dictionary[.integer(index)] ?? dictionary["\(index)"] ?? .undefined("\(index)")
        }
        let elements = try elements(value)
        return elements.indices.contains(index) ? elements[index] : .undefined("element \(index)")
    }

    private func attribute(_ name: String, of value: TemplateValue) throws(TemplateError) -> TemplateValue {
        // As a subscript: an element comes before a method of the same name.
        if case .dictionary(let dictionary) = value, let element = dictionary[name] { return element }
        return try interpreter.attribute(name, of: value, position)
    }

    // MARK: Text

    private func string(
        _ name: String, _ text: String, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "trim":
            guard let characters = arguments.value(0, "chars") else {
                return .string(TemplateText.stripped(text, nil))
            }
            return .string(TemplateText.stripped(text, try self.text(characters)))
        case "upper": return .string(TemplateText.upper(text))
        case "lower": return .string(TemplateText.lower(text))
        case "capitalize": return .string(TemplateText.capitalized(text))
        case "title":
            // A word begins after white space, a hyphen or an opening bracket.
            return .string(TemplateText.titled(text) { !$0.isTemplateSpace && !"-({[<".unicodeScalars.contains($0) })
        case "replace":
            guard let old = arguments.value(0, "old"), let new = arguments.value(1, "new") else {
                throw position.error(.value, "replace needs what is replaced and by what")
            }
            let most = arguments.value(2, "count")?.integer ?? -1
            return try TemplateMethods(interpreter, position).replaced(
                text, try self.text(old), try self.text(new), most: most)
        case "indent": return try indented(text, arguments)
        default:
            var result = ""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": result += "&amp;"
                case "<": result += "&lt;"
                case ">": result += "&gt;"
                case "'": result += "&#39;"
                case "\"": result += "&#34;"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return .string(try interpreter.checked(result, position))
        }
    }

    private func spaces(_ value: TemplateValue?, default fallback: Int) throws(TemplateError) -> String {
        if case .string(let text)? = value { return text }
        guard let width = value.map({ $0.integer }) ?? fallback, (0...100).contains(width) else {
            throw position.error(.value, "an indent is a string, or 0 to 100 spaces")
        }
        return String(repeating: " ", count: width)
    }

    private func indented(_ text: String, _ arguments: TemplateArguments) throws(TemplateError) -> TemplateValue {
        let indent = try spaces(arguments.value(0, "width"), default: 4)
        let indentsFirst = arguments.value(1, "first")?.isTrue ?? false
        let indentsBlank = arguments.value(2, "blank")?.isTrue ?? false
        var lines = TemplateText.lines(text + "\n")
        try interpreter.check(bytes: text.utf8.count + lines.count * (indent.utf8.count + 1), position)
        for place in lines.indices where place > 0 ? indentsBlank || !lines[place].isEmpty : indentsFirst {
            lines[place] = indent + lines[place]
        }
        return .string(try interpreter.checked(lines.joined(separator: "\n"), position))
    }

    private func json(_ value: TemplateValue, _ arguments: TemplateArguments) throws(TemplateError) -> TemplateValue {
        var style = TemplateText.JSONStyle()
        style.escapesNonASCII = arguments.value(0, "ensure_ascii")?.isTrue ?? false
        switch arguments.value(1, "indent") {
        case nil, .some(.none): break
        case .some(let indent):
            style.indent = try spaces(indent, default: 0)
            style.itemSeparator = ","
        }
        if case .list(let separators)? = arguments.value(2, "separators") {
            guard separators.elements.count == 2 else { throw position.error(.value, "separators are two") }
            style.itemSeparator = try text(separators.elements[0])
            style.keySeparator = try text(separators.elements[1])
        }
        style.sortsKeys = arguments.value(3, "sort_keys")?.isTrue ?? false
        guard let text = TemplateText.json(value, style) else {
            throw position.error(.value, "a \(value.typeName), or what it holds, is nothing that JSON has")
        }
        return .string(try interpreter.checked(text, position))
    }

    // MARK: Numbers

    private func number(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "int":
            if let integer = value.integer { return .integer(integer) }
            let fallback = arguments.value(0, "default") ?? .integer(0)
            if case .number(let number) = value {
                return Int(exactly: number.rounded(.towardZero)).map { .integer($0) } ?? fallback
            }
            guard case .string(let text) = value else { return fallback }
            let digits = TemplateText.stripped(text, nil)
            if let integer = Int(digits) { return .integer(integer) }
            return Double(digits).flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { .integer($0) } ?? fallback
        case "float":
            if let number = value.number { return .number(number) }
            guard case .string(let text) = value, let number = Double(TemplateText.stripped(text, nil)) else {
                return arguments.value(0, "default") ?? .number(0)
            }
            return .number(number)
        case "abs":
            guard let number = value.number else { throw position.error(.value, "abs of a \(value.typeName)") }
            return number < 0 ? try TemplateArithmetic.negative(value, position) : value
        default: return try rounded(value, arguments)
        }
    }

    private func rounded(_ value: TemplateValue, _ arguments: TemplateArguments) throws(TemplateError) -> TemplateValue
    {
        let places = arguments.value(0, "precision")?.integer ?? 0
        var method = "common"
        if case .string(let name)? = arguments.value(1, "method") { method = name }
        guard let number = value.number, (0...15).contains(places), ["common", "ceil", "floor"].contains(method) else {
            throw position.error(.value, "round of a \(value.typeName) to \(places) places by \"\(method)\"")
        }
        if method == "common", case .integer = value { return value }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let rule: FloatingPointRoundingRule =
            method == "ceil" ? .up : method == "floor" ? .down : .toNearestOrEven
        return .number((number * scale).rounded(rule) / scale)
    }

    // MARK: Elements

    private func picked(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        let elements = try elements(value)
        var rest = arguments
        if name == "map", let path = arguments.named("attribute") {
            let fallback = arguments.named("default")
            return try list(
                elements.map { element throws(TemplateError) in
                    try interpreter.count(position)
                    return try self.path(path, of: element, default: fallback)
                })
        }
        if name == "map" {
            guard case .string(let filter)? = arguments.positional.first, Self.known.contains(filter) else {
                throw position.error(.unsupported, "map needs the name of a filter that is known")
            }
            rest.positional.removeFirst()
            return try interpreter.nested(position) { () throws(TemplateError) in
                try list(elements.map { element throws(TemplateError) in try apply(filter, element, rest) })
            }
        }
        var path: TemplateValue?
        if name.hasSuffix("attr") {
            guard !rest.positional.isEmpty else { throw position.error(.value, "\(name) needs an attribute") }
            path = rest.positional.removeFirst()
        }
        var test: String?
        if !rest.positional.isEmpty {
            guard case .string(let name) = rest.positional.removeFirst(), let known = Self.test(name) else {
                throw position.error(.unsupported, "\(name) needs the name of a test that is known")
            }
            test = known
        }
        let keeps = name.hasPrefix("select")
        let tests = TemplateTests(interpreter, position)
        var kept: [TemplateValue] = []
        for element in elements {
            try interpreter.count(position)
            let subject = try path.map { path throws(TemplateError) in try self.path(path, of: element) } ?? element
            let holds = try test.map { test throws(TemplateError) in try tests.holds(test, subject, rest) }
            if (holds ?? subject.isTrue) == keeps { kept.append(element) }
        }
        return try list(kept)
    }

    /// A test's name, from a name or a sign.
    private static func test(_ name: String) -> String? {
        let signs = ["==": "eq", "!=": "ne", "<": "lt", ">": "gt", "<=": "le", ">=": "ge"]
        let name = signs[name] ?? name
        return TemplateTests.known.contains(name) ? name : nil
    }

    private func sequence(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        if name == "reverse", case .string(let text) = value {
            return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
        }
        if name == "dictsort" { return try sortedPairs(value, arguments) }
        let elements = try elements(value)
        switch name {
        case "first": return elements.first ?? .undefined("first element")
        case "last": return elements.last ?? .undefined("last element")
        case "reverse": return try list(elements.reversed())
        case "join":
            let path = arguments.value(1, "attribute")
            let parts = try elements.map { element throws(TemplateError) in
                try text(try path.map { path throws(TemplateError) in try self.path(path, of: element) } ?? element)
            }
            let separator = try arguments.value(0, "d").map { value throws(TemplateError) in try text(value) } ?? ""
            return try TemplateMethods(interpreter, position).joined(parts, separator)
        case "sum":
            var sum = arguments.value(1, "start") ?? .integer(0)
            let path = arguments.value(0, "attribute")
            for element in elements {
                let part = try path.map { path throws(TemplateError) in try self.path(path, of: element) } ?? element
                sum = try TemplateArithmetic.apply("+", sum, part, position)
            }
            return sum
        case "unique": return try unique(elements, arguments)
        case "sort":
            let isReversed = arguments.value(0, "reverse")?.isTrue ?? false
            let folds = !(arguments.value(1, "case_sensitive")?.isTrue ?? false)
            return try list(try sorted(elements, folds, isReversed, by: arguments.value(2, "attribute")))
        default:
            let folds = !(arguments.value(0, "case_sensitive")?.isTrue ?? false)
            let order = try sorted(elements, folds, name == "max", by: arguments.value(1, "attribute"))
            return order.first ?? .undefined("\(name) of nothing")
        }
    }

    /// What elements are compared by: text without case unless that matters.
    private func key(_ value: TemplateValue, _ folds: Bool) -> TemplateValue {
        guard folds, case .string(let text) = value else { return value }
        return .string(TemplateText.lower(text))
    }

    private func sorted(
        _ elements: [TemplateValue], _ folds: Bool, _ isReversed: Bool, by path: TemplateValue?
    ) throws(TemplateError) -> [TemplateValue] {
        var keyed: [(key: TemplateValue, place: Int)] = []
        for (place, element) in elements.enumerated() {
            let value = try path.map { path throws(TemplateError) in try self.path(path, of: element) } ?? element
            keyed.append((key(value, folds), place))
        }
        // A merge of halves: stable, and its steps are counted where two have no order.
        var width = 1
        while width < keyed.count {
            var next: [(key: TemplateValue, place: Int)] = []
            next.reserveCapacity(keyed.count)
            for start in stride(from: 0, to: keyed.count, by: 2 * width) {
                var (left, right) = (start, min(start + width, keyed.count))
                let (middle, end) = (right, min(start + 2 * width, keyed.count))
                while left < middle || right < end {
                    try interpreter.count(position)
                    var takesLeft = right == end
                    if left < middle, right < end {
                        let order = try TemplateArithmetic.order(keyed[left].key, keyed[right].key, position)
                        takesLeft = isReversed ? order >= 0 : order <= 0
                    }
                    next.append(takesLeft ? keyed[left] : keyed[right])
                    if takesLeft { left += 1 } else { right += 1 }
                }
            }
            keyed = next
            width *= 2
        }
        return keyed.map { elements[$0.place] }
    }

    private func sortedPairs(
        _ value: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        guard case .dictionary(let dictionary) = value else {
            throw position.error(.value, "dictsort of a \(value.typeName)")
        }
        var place = 0
        if case .string("value")? = arguments.value(1, "by") { place = 1 }
        let pairs = try elements(try TemplateMethods(interpreter, position).items(of: dictionary))
        let folds = !(arguments.value(0, "case_sensitive")?.isTrue ?? false)
        return try list(
            try sorted(pairs, folds, arguments.value(2, "reverse")?.isTrue ?? false, by: .integer(place)))
    }

    private func unique(
        _ elements: [TemplateValue], _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        let folds = !(arguments.value(0, "case_sensitive")?.isTrue ?? false)
        let path = arguments.value(1, "attribute")
        var kept: [TemplateValue] = []
        var keys = TemplateDictionary()
        for element in elements {
            let value = try path.map { path throws(TemplateError) in try self.path(path, of: element) } ?? element
            // Keys that are no strings are compared one by one.
            try interpreter.count(position, size: 16 * keys.pairs.count / 64)
            let key = key(value, folds)
            if keys[key] != nil { continue }
            keys[key] = .boolean(true)
            kept.append(element)
        }
        return try list(kept)
    }
}
