/// Runs a template: statements here, values in ``TemplateInterpreter+Expressions.swift``.
///
/// A template sees the data it is given and nothing else; every step, byte and level is counted against ``TemplateLimits``.
final class TemplateInterpreter {
    let limits: TemplateLimits
    /// Seconds since 1970, local time: what `strftime_now` shows.
    let localTime: Int
    private var steps = 0
    private var depth = 0
    private var output = ""
    /// Where names are kept that others may refer to in a circle, to be cut in the end.
    private var scopes: [TemplateScope] = []
    private var namespaces: [TemplateNamespace] = []

    private enum Flow {
        case onward, leave, proceed
    }

    private init(_ limits: TemplateLimits, localTime: Int) {
        self.limits = limits
        self.localTime = localTime
    }

    /// What a template writes.
    static func run(
        _ statements: [TemplateStatement], _ values: [String: TemplateValue], _ limits: TemplateLimits, localTime: Int
    ) throws(TemplateError) -> String {
        let interpreter = TemplateInterpreter(limits, localTime: localTime)
        defer { interpreter.cutCircles() }
        let globals = TemplateScope(parent: nil)
        for name in TemplateGlobals.known { globals.values[name] = .object(TemplateFunction(name)) }
        for (name, value) in values { globals.values[name] = value }
        _ = try interpreter.run(statements, TemplateScope(parent: globals))
        return interpreter.output
    }

    private func cutCircles() {
        for scope in scopes { scope.values = [:] }
        for namespace in namespaces { namespace.values = [:] }
    }

    func makeNamespace(_ position: TemplatePosition) throws(TemplateError) -> TemplateNamespace {
        try count(position)
        let namespace = TemplateNamespace()
        namespaces.append(namespace)
        return namespace
    }

    // MARK: Bounds

    /// Counts one step, and one for each 16 bytes or elements.
    func count(_ position: TemplatePosition, size: Int = 0) throws(TemplateError) {
        steps += 1 + size / 16
        guard steps <= limits.steps else { throw position.error(.limit, "more than \(limits.steps) steps") }
    }

    /// Counts a string that was made.
    func checked(_ text: String, _ position: TemplatePosition) throws(TemplateError) -> String {
        let size = text.utf8.count
        try check(bytes: size, position)
        try count(position, size: size)
        return text
    }

    func check(bytes size: Int, _ position: TemplatePosition) throws(TemplateError) {
        guard size <= limits.bytes else { throw position.error(.limit, "a text of more than \(limits.bytes) bytes") }
    }

    /// Counts a list or dictionary that was made.
    func checked(_ value: TemplateValue, _ position: TemplatePosition) throws(TemplateError) -> TemplateValue {
        let size =
            switch value {
            case .list(let list): list.elements.count
            case .dictionary(let dictionary): dictionary.pairs.count
            default: 0
            }
        guard size <= limits.elements else {
            throw position.error(.limit, "a list of more than \(limits.elements) elements")
        }
        guard value.depth <= limits.valueDepth else {
            throw position.error(.limit, "lists nested deeper than \(limits.valueDepth)")
        }
        try count(position, size: size)
        return value
    }

    /// Runs `body` one level deeper.
    func nested<Result>(
        _ position: TemplatePosition, _ body: () throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw position.error(.limit, "evaluation nests deeper than \(limits.depth)")
        }
        return try body()
    }

    // MARK: Output

    private func write(_ text: String, _ position: TemplatePosition) throws(TemplateError) {
        try check(bytes: output.utf8.count + text.utf8.count, position)
        output += text
    }

    /// What statements write, kept from the output.
    private func captured(
        _ statements: [TemplateStatement], _ scope: TemplateScope
    ) throws(TemplateError) -> String {
        let outer = output
        output = ""
        defer { output = outer }
        _ = try run(statements, scope)
        return output
    }

    // MARK: Statements

    private func run(_ statements: [TemplateStatement], _ scope: TemplateScope) throws(TemplateError) -> Flow {
        for statement in statements {
            let flow = try run(statement, scope)
            if flow != .onward { return flow }
        }
        return .onward
    }

    private func run(_ statement: TemplateStatement, _ scope: TemplateScope) throws(TemplateError) -> Flow {
        switch statement {
        case .text(let text): try write(text, TemplatePosition())
        case .output(let expression, let position):
            let value = try evaluate(expression, scope, position)
            try write(try text(of: value, position), position)
        case .condition(let branches, let otherwise):
            for branch in branches where try evaluate(branch.test, scope, TemplatePosition()).isTrue {
                return try nested(TemplatePosition()) { () throws(TemplateError) in try run(branch.body, scope) }
            }
            return try nested(TemplatePosition()) { () throws(TemplateError) in try run(otherwise, scope) }
        case .loop(let loop): try run(loop, scope)
        case .set(let target, let expression, let position):
            try set(target, try evaluate(expression, scope, position), scope, position)
        case .setBlock(let target, let filters, let body, let position):
            let text = try nested(position) { () throws(TemplateError) in
                try captured(body, TemplateScope(parent: scope))
            }
            try set(target, try apply(filters, to: .string(text), scope), scope, position)
        case .macro(let macro):
            scope.values[macro.name] = .object(TemplateMacroValue(macro, scope: scope))
            scopes.append(scope)
        case .call(let block, let callee, let position):
            let inner = TemplateScope(parent: scope)
            inner.values["caller"] = .object(TemplateMacroValue(block, scope: scope))
            scopes.append(inner)
            let value = try evaluate(callee, inner, position)
            try write(try text(of: value, position), position)
        case .filtered(let filters, let body, let position):
            let text = try nested(position) { () throws(TemplateError) in
                try captured(body, TemplateScope(parent: scope))
            }
            let value = try apply(filters, to: .string(text), scope)
            try write(try self.text(of: value, position), position)
        case .scoped(let pairs, let body):
            let inner = TemplateScope(parent: scope)
            for pair in pairs { inner.values[pair.name] = try evaluate(pair.value, scope, TemplatePosition()) }
            return try nested(TemplatePosition()) { () throws(TemplateError) in try run(body, inner) }
        case .evaluate(let expression): _ = try evaluate(expression, scope, TemplatePosition())
        case .leave: return .leave
        case .proceed: return .proceed
        }
        return .onward
    }

    private func run(_ loop: TemplateLoop, _ scope: TemplateScope) throws(TemplateError) {
        let position = loop.position
        var items = try elements(of: try evaluate(loop.items, scope, position), position)
        if let filter = loop.filter {
            var kept: [TemplateValue] = []
            for item in items {
                let inner = TemplateScope(parent: scope)
                try assign(loop.names, item, inner, position)
                if try evaluate(filter, inner, position).isTrue { kept.append(item) }
            }
            items = kept
        }
        guard !items.isEmpty else {
            _ = try nested(position) { () throws(TemplateError) in try run(loop.otherwise, scope) }
            return
        }
        let state = TemplateLoopState(items)
        for (index, item) in items.enumerated() {
            try count(position)
            state.index = index
            let inner = TemplateScope(parent: scope)
            inner.values["loop"] = .object(state)
            try assign(loop.names, item, inner, position)
            let flow = try nested(position) { () throws(TemplateError) in try run(loop.body, inner) }
            if flow == .leave { break }
        }
    }

    private func set(
        _ target: TemplateTarget, _ value: TemplateValue, _ scope: TemplateScope, _ position: TemplatePosition
    ) throws(TemplateError) {
        switch target {
        case .names(let names): try assign(names, value, scope, position)
        case .attribute(let name, let attribute):
            guard case .object(let object)? = scope.find(name), let namespace = object as? TemplateNamespace else {
                throw position.error(.value, "only a namespace's attributes can be set, and \"\(name)\" is none")
            }
            namespace.values[attribute] = value
        }
    }

    private func assign(
        _ names: [String], _ value: TemplateValue, _ scope: TemplateScope, _ position: TemplatePosition
    ) throws(TemplateError) {
        if names.count == 1 {
            scope.values[names[0]] = value
            return
        }
        let parts = try elements(of: value, position)
        guard parts.count == names.count else {
            throw position.error(.value, "\(parts.count) values for \(names.count) names")
        }
        for (name, part) in zip(names, parts) { scope.values[name] = part }
    }

    // MARK: Macros

    func call(
        _ value: TemplateMacroValue, _ arguments: TemplateArguments, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        let macro = value.macro
        let scope = TemplateScope(parent: value.scope)
        guard arguments.positional.count <= macro.parameters.count else {
            throw position.error(
                .value, "\(arguments.positional.count) values for \(macro.parameters.count) parameters of \(macro.name)"
            )
        }
        for named in arguments.named where named.name != "caller" {
            guard macro.parameters.contains(where: { $0.name == named.name }) else {
                throw position.error(.value, "\(macro.name) has no parameter \"\(named.name)\"")
            }
        }
        for (index, parameter) in macro.parameters.enumerated() {
            if index < arguments.positional.count {
                scope.values[parameter.name] = arguments.positional[index]
            } else if let value = arguments.named(parameter.name) {
                scope.values[parameter.name] = value
            } else if let fallback = parameter.fallback {
                scope.values[parameter.name] = try evaluate(fallback, scope, macro.position)
            } else {
                scope.values[parameter.name] = .undefined(parameter.name)
            }
        }
        if let caller = arguments.named("caller") { scope.values["caller"] = caller }
        return .string(try nested(position) { () throws(TemplateError) in try captured(macro.body, scope) })
    }
}

/// `loop` inside a loop.
final class TemplateLoopState: TemplateObject, @unchecked Sendable {
    let items: [TemplateValue]
    var index = 0
    var last: [TemplateValue]?

    init(_ items: [TemplateValue]) { self.items = items }

    override var typeName: String { "loop" }

    func attribute(_ name: String) -> TemplateValue? {
        switch name {
        case "index": .integer(index + 1)
        case "index0": .integer(index)
        case "revindex": .integer(items.count - index)
        case "revindex0": .integer(items.count - index - 1)
        case "first": .boolean(index == 0)
        case "last": .boolean(index == items.count - 1)
        case "length": .integer(items.count)
        case "previtem": index > 0 ? items[index - 1] : .undefined("previtem")
        case "nextitem": index + 1 < items.count ? items[index + 1] : .undefined("nextitem")
        default: nil
        }
    }
}

/// The values that a function, filter, test or macro is called with.
struct TemplateArguments {
    var positional: [TemplateValue] = []
    var named: [(name: String, value: TemplateValue)] = []

    func named(_ name: String) -> TemplateValue? { named.first { $0.name == name }?.value }

    /// The argument at a place or of a name.
    func value(_ index: Int, _ name: String) -> TemplateValue? {
        index < positional.count ? positional[index] : self.named(name)
    }
}
