/// A value of a template: what Python's would be, of the types that chat templates use.
package enum TemplateValue: Sendable {
    /// What a name stands for that has no value.
    case undefined(String)
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list(TemplateList)
    case dictionary(TemplateDictionary)
    case object(TemplateObject)

    package static func list(_ elements: [TemplateValue]) -> TemplateValue { .list(TemplateList(elements)) }

    /// A dictionary; of two values with the same key the last one counts.
    package static func dictionary(_ pairs: [(String, TemplateValue)]) -> TemplateValue {
        var dictionary = TemplateDictionary()
        for (key, value) in pairs { dictionary[.string(key)] = value }
        return .dictionary(dictionary)
    }

    /// How deep it holds other values.
    var depth: Int {
        switch self {
        case .list(let list): list.depth
        case .dictionary(let dictionary): dictionary.depth
        default: 0
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { return true }
        return false
    }

    /// The name of its type, for messages.
    var typeName: String {
        switch self {
        case .undefined: "undefined"
        case .none: "none"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .list(let list): list.isTuple ? "tuple" : "list"
        case .dictionary: "dictionary"
        case .object(let object): object.typeName
        }
    }

    /// What it counts as in a condition.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .string(let text): !text.isEmpty
        case .list(let list): !list.elements.isEmpty
        case .dictionary(let dictionary): !dictionary.pairs.isEmpty
        case .object: true
        }
    }

    /// As a number, if it is one; truth values are 0 and 1.
    var number: Double? {
        switch self {
        case .boolean(let value): value ? 1 : 0
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// As an integer, if it is one or a truth value.
    var integer: Int? {
        switch self {
        case .boolean(let value): value ? 1 : 0
        case .integer(let value): value
        default: nil
        }
    }

    /// Whether Python would call the two equal. Strings are compared scalar by scalar: é is not e and an accent.
    static func equal(_ left: TemplateValue, _ right: TemplateValue) -> Bool {
        switch (left, right) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.string(let a), .string(let b)): return a.isSame(as: b)
        case (.list(let a), .list(let b)):
            return a.isTuple == b.isTuple && a.elements.count == b.elements.count
                && zip(a.elements, b.elements).allSatisfy(equal)
        case (.dictionary(let a), .dictionary(let b)):
            return a.pairs.count == b.pairs.count
                && a.pairs.allSatisfy { pair in b[pair.key].map { equal($0, pair.value) } ?? false }
        case (.object(let a), .object(let b)): return a === b
        default:
            if let a = left.integer, let b = right.integer { return a == b }
            if let a = left.number, let b = right.number { return a == b }
            return false
        }
    }
}

/// A list, or a tuple, which differs in how it is written out.
package struct TemplateList: Sendable {
    package let elements: [TemplateValue]
    let isTuple: Bool
    let depth: Int

    init(_ elements: [TemplateValue], isTuple: Bool = false) {
        self.elements = elements
        self.isTuple = isTuple
        depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
    }
}

/// A dictionary in the order in which its keys came.
package struct TemplateDictionary: Sendable {
    package private(set) var pairs: [(key: TemplateValue, value: TemplateValue)] = []
    private(set) var depth = 1
    /// Where string keys lie, by their bytes.
    private var places: [[UInt8]: Int] = [:]

    package init() {}

    package subscript(key: TemplateValue) -> TemplateValue? {
        get { place(of: key).map { pairs[$0].value } }
        set {
            guard let newValue else { return }
            depth = max(depth, 1 + newValue.depth)
            if let place = place(of: key) {
                pairs[place].value = newValue
                return
            }
            if case .string(let text) = key { places[Array(text.utf8)] = pairs.count }
            pairs.append((key, newValue))
        }
    }

    subscript(name: String) -> TemplateValue? { self[.string(name)] }

    private func place(of key: TemplateValue) -> Int? {
        if case .string(let text) = key { return places[Array(text.utf8)] }
        return pairs.firstIndex { TemplateValue.equal($0.key, key) }
    }
}

/// A value with an identity: namespaces, macros, functions, and the like.
package class TemplateObject: @unchecked Sendable {
    var typeName: String { "object" }

    init() {}
}

/// `namespace(...)`: names that a template may set from within a loop.
final class TemplateNamespace: TemplateObject, @unchecked Sendable {
    // One template run owns it, on one thread.
    var values: [String: TemplateValue] = [:]

    override var typeName: String { "namespace" }
}

/// A function of the language, or a method of a value.
final class TemplateFunction: TemplateObject, @unchecked Sendable {
    let name: String
    /// The value whose method it is.
    let receiver: TemplateValue?

    init(_ name: String, receiver: TemplateValue? = nil) {
        self.name = name
        self.receiver = receiver
    }

    override var typeName: String { "function" }
}

/// A macro, or the block of a `call`.
final class TemplateMacroValue: TemplateObject, @unchecked Sendable {
    let macro: TemplateMacro
    /// The names that its body sees besides its own.
    let scope: TemplateScope

    init(_ macro: TemplateMacro, scope: TemplateScope) {
        self.macro = macro
        self.scope = scope
    }

    override var typeName: String { "macro" }
}

/// `cycler(...)` and `joiner(...)`.
final class TemplateCounter: TemplateObject, @unchecked Sendable {
    let items: [TemplateValue]
    let isJoiner: Bool
    var place = 0

    init(_ items: [TemplateValue], isJoiner: Bool) {
        self.items = items
        self.isJoiner = isJoiner
    }

    override var typeName: String { isJoiner ? "joiner" : "cycler" }
}

/// Names and their values, and the scope around.
final class TemplateScope {
    var values: [String: TemplateValue] = [:]
    let parent: TemplateScope?

    init(parent: TemplateScope?) { self.parent = parent }

    func find(_ name: String) -> TemplateValue? {
        var scope: TemplateScope? = self
        while let current = scope {
            if let value = current.values[name] { return value }
            scope = current.parent
        }
        return nil
    }
}

extension String {
    /// Whether both have the same scalars, which Swift's `==` does not ask.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
