/// Methods of strings, lists, dictionaries, loops and cyclers: those that read. A value that came in is never changed.
struct TemplateMethods {
    private static let ofStrings: Set<String> = [
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "upper", "lower",
        "title", "capitalize", "replace", "find", "rfind", "count", "join", "removeprefix", "removesuffix", "isdigit",
        "isalpha", "isalnum", "isspace", "isupper", "islower",
    ]
    private static let ofDictionaries: Set<String> = ["items", "keys", "values", "get", "copy"]
    private static let ofLists: Set<String> = ["index", "count", "copy"]

    private let interpreter: TemplateInterpreter
    private let position: TemplatePosition

    init(_ interpreter: TemplateInterpreter, _ position: TemplatePosition) {
        self.interpreter = interpreter
        self.position = position
    }

    /// Whether values of this type have a method of this name.
    static func has(_ name: String, _ value: TemplateValue) -> Bool {
        switch value {
        case .string: ofStrings.contains(name)
        case .dictionary: ofDictionaries.contains(name)
        case .list: ofLists.contains(name)
        case .object(is TemplateLoopState): name == "cycle" || name == "changed"
        case .object(let counter as TemplateCounter): !counter.isJoiner && (name == "next" || name == "reset")
        default: false
        }
    }

    func call(
        _ name: String, on value: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        switch value {
        case .string(let text):
            try interpreter.count(position, size: text.utf8.count)
            return try string(name, text, arguments)
        case .dictionary(let dictionary): return try self.dictionary(name, dictionary, arguments)
        case .list(let list): return try self.list(name, list, arguments)
        case .object(let loop as TemplateLoopState):
            if name == "changed" {
                let new = arguments.positional
                defer { loop.last = new }
                guard let last = loop.last, last.count == new.count else { return .boolean(true) }
                return .boolean(!zip(last, new).allSatisfy(TemplateValue.equal))
            }
            guard !arguments.positional.isEmpty else { throw position.error(.value, "cycle needs values") }
            return arguments.positional[loop.index % arguments.positional.count]
        case .object(let counter as TemplateCounter):
            let value = counter.items[counter.place]
            counter.place = name == "next" ? (counter.place + 1) % counter.items.count : 0
            return name == "next" ? value : .none
        default: throw position.error(.unsupported, "the method \"\(name)\" of a \(value.typeName)")
        }
    }

    // MARK: Arguments

    private func text(_ arguments: TemplateArguments, _ index: Int, _ name: String) throws(TemplateError) -> String? {
        switch arguments.value(index, name) {
        case .string(let text): return text
        case nil, .some(.none): return nil
        case .some(let value): throw position.error(.value, "a \(value.typeName) as \"\(name)\", a string expected")
        }
    }

    private func needed(_ arguments: TemplateArguments, _ index: Int, _ name: String) throws(TemplateError) -> String {
        guard let text = try text(arguments, index, name) else {
            throw position.error(.value, "\"\(name)\" is missing")
        }
        return text
    }

    private func integer(
        _ arguments: TemplateArguments, _ index: Int, _ name: String, default fallback: Int
    ) throws(TemplateError) -> Int {
        guard let value = arguments.value(index, name) else { return fallback }
        guard let integer = value.integer else {
            throw position.error(.value, "a \(value.typeName) as \"\(name)\", an integer expected")
        }
        return integer
    }

    // MARK: Strings

    private func string(
        _ name: String, _ text: String, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "strip", "lstrip", "rstrip":
            return .string(
                TemplateText.stripped(
                    text, try self.text(arguments, 0, "chars"), left: name != "rstrip", right: name != "lstrip"))
        case "split", "rsplit":
            return try list(of: try split(name, text, arguments))
        case "splitlines": return try list(of: TemplateText.lines(text))
        case "startswith", "endswith": return .boolean(try isAtEdge(text, arguments, atEnd: name == "endswith"))
        case "upper": return .string(TemplateText.upper(text))
        case "lower": return .string(TemplateText.lower(text))
        case "title": return .string(TemplateText.titled(text) { $0.properties.isCased })
        case "capitalize": return .string(TemplateText.capitalized(text))
        case "replace":
            let (old, new) = (try needed(arguments, 0, "old"), try needed(arguments, 1, "new"))
            return try replaced(text, old, new, most: try integer(arguments, 2, "count", default: -1))
        case "find", "rfind", "count": return .integer(try occurrences(name, text, try needed(arguments, 0, "sub")))
        case "join":
            var parts: [String] = []
            for part in try interpreter.elements(of: arguments.positional.first ?? .undefined("join"), position) {
                guard case .string(let part) = part else { throw position.error(.value, "join of a \(part.typeName)") }
                parts.append(part)
            }
            return try joined(parts, text)
        case "removeprefix":
            let edge = try needed(arguments, 0, "prefix")
            return .string(
                text.utf8.starts(with: edge.utf8)
                    ? String(decoding: text.utf8.dropFirst(edge.utf8.count), as: UTF8.self) : text)
        case "removesuffix":
            let edge = try needed(arguments, 0, "suffix")
            let isThere = !edge.isEmpty && text.utf8.reversed().starts(with: edge.utf8.reversed())
            return .string(isThere ? String(decoding: text.utf8.dropLast(edge.utf8.count), as: UTF8.self) : text)
        default: return .boolean(Self.hasCase(name, text))
        }
    }

    /// `isdigit`, `isupper` and the like.
    static func hasCase(_ name: String, _ text: String) -> Bool {
        let scalars = text.unicodeScalars
        switch name {
        case "isdigit":
            return !scalars.isEmpty
                && scalars.allSatisfy { $0.properties.numericType == .decimal || $0.properties.numericType == .digit }
        case "isalpha": return !scalars.isEmpty && scalars.allSatisfy { !ScalarClass($0).isDisjoint(with: .letter) }
        case "isalnum":
            return !scalars.isEmpty && scalars.allSatisfy { !ScalarClass($0).isDisjoint(with: [.letter, .number]) }
        case "isspace": return !scalars.isEmpty && scalars.allSatisfy(\.isTemplateSpace)
        default:
            let cased = scalars.filter(\.properties.isCased)
            return !cased.isEmpty
                && cased.allSatisfy { name == "isupper" ? $0.properties.isUppercase : $0.properties.isLowercase }
        }
    }

    private func split(
        _ name: String, _ text: String, _ arguments: TemplateArguments
    ) throws(TemplateError) -> [String] {
        let most = try integer(arguments, 1, "maxsplit", default: -1)
        guard let separator = try self.text(arguments, 0, "sep") else {
            guard name == "split" || most < 0 else {
                throw position.error(.unsupported, "rsplit at white space with a bound")
            }
            return TemplateText.words(text, most: most)
        }
        guard !separator.isEmpty else { throw position.error(.value, "an empty separator") }
        return TemplateText.split(text, at: separator, most: most, fromRight: name == "rsplit")
    }

    private func list(of parts: [String]) throws(TemplateError) -> TemplateValue {
        try interpreter.checked(.list(parts.map { .string($0) }), position)
    }

    private func isAtEdge(_ text: String, _ arguments: TemplateArguments, atEnd: Bool) throws(TemplateError) -> Bool {
        let edges: [TemplateValue]
        switch arguments.positional.first {
        case .list(let list): edges = list.elements
        case .some(let value): edges = [value]
        case nil: throw position.error(.value, "startswith and endswith need a string")
        }
        for edge in edges {
            guard case .string(let edge) = edge else {
                throw position.error(.value, "a \(edge.typeName) at a string's edge")
            }
            if atEnd ? text.utf8.reversed().starts(with: edge.utf8.reversed()) : text.utf8.starts(with: edge.utf8) {
                return true
            }
        }
        return false
    }

    private func occurrences(_ name: String, _ text: String, _ wanted: String) throws(TemplateError) -> Int {
        let bytes = Array(text.utf8)
        let parts = wanted.isEmpty ? [] : TemplateText.split(text, at: wanted, most: -1)
        if name == "count" { return wanted.isEmpty ? text.unicodeScalars.count + 1 : parts.count - 1 }
        var found: Int?
        var start = 0
        while let place = TemplateText.find(Array(wanted.utf8), in: bytes, from: start) {
            found = place
            if name == "find" || wanted.isEmpty { break }
            start = place + 1
        }
        if wanted.isEmpty, name == "rfind" { found = bytes.count }
        guard let found else { return -1 }
        return String(decoding: bytes[..<found], as: UTF8.self).unicodeScalars.count
    }

    /// `replace`, with the size of the result known before it is made.
    func replaced(_ text: String, _ old: String, _ new: String, most: Int) throws(TemplateError) -> TemplateValue {
        let places =
            old.isEmpty ? text.unicodeScalars.count + 1 : TemplateText.split(text, at: old, most: most).count - 1
        let (added, overflow) = places.multipliedReportingOverflow(by: new.utf8.count)
        try interpreter.check(bytes: overflow ? .max : added, position)
        return .string(try interpreter.checked(TemplateText.replaced(text, old, new, most: most), position))
    }

    /// Parts with something between, with the size of the result known before it is made.
    func joined(_ parts: [String], _ separator: String) throws(TemplateError) -> TemplateValue {
        let (between, overflow) = separator.utf8.count.multipliedReportingOverflow(by: parts.count)
        try interpreter.check(bytes: overflow ? .max : between, position)
        try interpreter.check(bytes: parts.reduce(between) { $0 + $1.utf8.count }, position)
        return .string(try interpreter.checked(parts.joined(separator: separator), position))
    }

    // MARK: Dictionaries and lists

    private func dictionary(
        _ name: String, _ dictionary: TemplateDictionary, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "get":
            guard let key = arguments.positional.first else { throw position.error(.value, "get needs a key") }
            return dictionary[key] ?? arguments.value(1, "default") ?? .none
        case "copy": return .dictionary(dictionary)
        case "keys": return try interpreter.checked(.list(dictionary.pairs.map(\.key)), position)
        case "values": return try interpreter.checked(.list(dictionary.pairs.map(\.value)), position)
        default: return try items(of: dictionary)
        }
    }

    /// Keys and values in pairs.
    func items(of dictionary: TemplateDictionary) throws(TemplateError) -> TemplateValue {
        let pairs = dictionary.pairs.map { TemplateValue.list(TemplateList([$0.key, $0.value], isTuple: true)) }
        return try interpreter.checked(.list(pairs), position)
    }

    private func list(
        _ name: String, _ list: TemplateList, _ arguments: TemplateArguments
    ) throws(TemplateError) -> TemplateValue {
        if name == "copy" { return .list(list) }
        guard let wanted = arguments.positional.first else { throw position.error(.value, "\(name) needs a value") }
        try interpreter.count(position, size: interpreter.size(of: .list(list)))
        if name == "count" { return .integer(list.elements.count { TemplateValue.equal($0, wanted) }) }
        guard let place = list.elements.firstIndex(where: { TemplateValue.equal($0, wanted) }) else {
            throw position.error(.value, "the list does not hold the value")
        }
        return .integer(place)
    }
}
