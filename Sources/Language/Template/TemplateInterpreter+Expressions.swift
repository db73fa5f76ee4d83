extension TemplateInterpreter {
    /// The value of an expression; `position` is the place of what it is part of.
    func evaluate(
        _ expression: TemplateExpression, _ scope: TemplateScope, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        try count(position)
        switch expression {
        case .literal(let value): return value
        case .name(let name): return scope.find(name) ?? .undefined(name)
        default:
            return try nested(position) { () throws(TemplateError) in try compound(expression, scope, position) }
        }
    }

    private func compound(
        _ expression: TemplateExpression, _ scope: TemplateScope, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        switch expression {
        case .literal(let value): return value
        case .name(let name): return scope.find(name) ?? .undefined(name)
        case .list(let parts, let isTuple):
            let values = try parts.map { part throws(TemplateError) in try evaluate(part, scope, position) }
            return try checked(.list(TemplateList(values, isTuple: isTuple)), position)
        case .dictionary(let pairs, let position): return try dictionary(pairs, scope, position)
        case .negative(let part, let position):
            return try TemplateArithmetic.negative(try evaluate(part, scope, position), position)
        case .positive(let part, let position):
            let value = try evaluate(part, scope, position)
            guard value.number != nil else { throw position.error(.value, "+ of a \(value.typeName)") }
            return value
        case .not(let part): return .boolean(!(try evaluate(part, scope, position).isTrue))
        case .chain(let first, let operations):
            var value = try evaluate(first, scope, position)
            for operation in operations {
                let operand = try evaluate(operation.operand, scope, operation.position)
                value = try apply(operation.sign, value, operand, operation.position)
            }
            return value
        case .comparison(let first, let operations): return try comparison(first, operations, scope, position)
        case .joined(let parts, let position):
            var text = ""
            for part in parts {
                text += try self.text(of: try evaluate(part, scope, position), position)
                try check(bytes: text.utf8.count, position)
            }
            return .string(try checked(text, position))
        case .all(let parts):
            var value = TemplateValue.boolean(true)
            for part in parts {
                value = try evaluate(part, scope, position)
                if !value.isTrue { break }
            }
            return value
        case .any(let parts):
            var value = TemplateValue.boolean(false)
            for part in parts {
                value = try evaluate(part, scope, position)
                if value.isTrue { break }
            }
            return value
        case .conditional(let test, let then, let otherwise):
            if try evaluate(test, scope, position).isTrue { return try evaluate(then, scope, position) }
            guard let otherwise else { return .undefined("a condition without else") }
            return try evaluate(otherwise, scope, position)
        case .postfix(let base, let parts):
            return try apply(parts, to: try evaluate(base, scope, parts.first?.position ?? position), scope)
        }
    }

    private func dictionary(
        _ pairs: [(key: TemplateExpression, value: TemplateExpression)], _ scope: TemplateScope,
        _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        var dictionary = TemplateDictionary()
        for pair in pairs {
            let key = try evaluate(pair.key, scope, position)
            switch key {
            case .list, .dictionary, .undefined: throw position.error(.value, "a \(key.typeName) as a key")
            default: break
            }
            dictionary[key] = try evaluate(pair.value, scope, position)
        }
        return try checked(.dictionary(dictionary), position)
    }

    private func comparison(
        _ first: TemplateExpression, _ operations: [TemplateOperation], _ scope: TemplateScope,
        _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        var left = try evaluate(first, scope, position)
        for operation in operations {
            let right = try evaluate(operation.operand, scope, operation.position)
            guard try holds(operation.sign, left, right, operation.position) else { return .boolean(false) }
            left = right
        }
        return .boolean(true)
    }

    func holds(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue, _ position: TemplatePosition
    ) throws(TemplateError) -> Bool {
        switch sign {
        case "==", "!=":
            try count(position, size: size(of: left))
            return TemplateValue.equal(left, right) == (sign == "==")
        case "in": return try contains(right, left, position)
        case "not in": return try !contains(right, left, position)
        default:
            let order = try TemplateArithmetic.order(left, right, position)
            return switch sign {
            case "<": order < 0
            case "<=": order <= 0
            case ">": order > 0
            default: order >= 0
            }
        }
    }

    /// A rough measure of what looking through a value costs.
    func size(of value: TemplateValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .list(let list): list.elements.reduce(list.elements.count) { $0 + size(of: $1) }
        case .dictionary(let dictionary): dictionary.pairs.reduce(0) { $0 + 1 + size(of: $1.value) }
        default: 1
        }
    }

    private func contains(
        _ whole: TemplateValue, _ part: TemplateValue, _ position: TemplatePosition
    ) throws(TemplateError) -> Bool {
        try count(position, size: size(of: whole))
        switch whole {
        case .string(let text):
            guard case .string(let wanted) = part else {
                throw position.error(.value, "a \(part.typeName) in a string")
            }
            return TemplateText.find(Array(wanted.utf8), in: Array(text.utf8), from: 0) != nil
        case .list(let list): return list.elements.contains { TemplateValue.equal($0, part) }
        case .dictionary(let dictionary): return dictionary[part] != nil
        case .undefined: return false
        default: throw position.error(.value, "a \(whole.typeName) contains nothing")
        }
    }

    private func apply(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        switch (sign, left, right) {
        case (_, .undefined(let name), _), (_, _, .undefined(let name)):
            throw position.error(.undefined, "\"\(name)\" is undefined")
        case ("+", .string(let a), .string(let b)):
            try check(bytes: a.utf8.count + b.utf8.count, position)
            return .string(try checked(a + b, position))
        case ("+", .list(let a), .list(let b)):
            guard a.elements.count + b.elements.count <= limits.elements else {
                throw position.error(.limit, "a list of more than \(limits.elements) elements")
            }
            return try checked(.list(TemplateList(a.elements + b.elements, isTuple: a.isTuple)), position)
        case ("*", .string(let text), .integer(let count)), ("*", .integer(let count), .string(let text)):
            let (size, overflow) = text.utf8.count.multipliedReportingOverflow(by: max(0, count))
            try check(bytes: overflow ? .max : size, position)
            return .string(try checked(size == 0 ? "" : String(repeating: text, count: max(0, count)), position))
        default: return try TemplateArithmetic.apply(sign, left, right, position)
        }
    }

    // MARK: What follows a value

    func apply(
        _ parts: [TemplatePostfix], to base: TemplateValue, _ scope: TemplateScope
    ) throws(TemplateError) -> TemplateValue {
        var value = base
        for part in parts {
            let position = part.position
            try count(position)
            switch part.kind {
            case .attribute(let name): value = try attribute(name, of: value, position)
            case .subscripted(let index):
                value = try element(try evaluate(index, scope, position), of: value, position)
            case .slice(let start, let stop, let stride):
                let bounds = try [start, stop, stride].map { bound throws(TemplateError) -> Int? in
                    guard let bound else { return nil }
                    let value = try evaluate(bound, scope, position)
                    if case .none = value { return nil }
                    guard let index = value.integer else {
                        throw position.error(.value, "a \(value.typeName) as a slice's bound")
                    }
                    return index
                }
                value = try slice(value, bounds, position)
            case .call(let arguments):
                value = try call(value, try self.arguments(arguments, scope, position), scope, position)
            case .filter(let name, let arguments):
                let values = try self.arguments(arguments, scope, position)
                value = try TemplateFilters(self, position).apply(name, value, values)
            case .test(let name, let arguments, let negated):
                let values = try self.arguments(arguments, scope, position)
                value = .boolean(try TemplateTests(self, position).holds(name, value, values) != negated)
            }
        }
        return value
    }

    private func arguments(
        _ arguments: [TemplateArgument], _ scope: TemplateScope, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateArguments {
        var result = TemplateArguments()
        for argument in arguments {
            let value = try evaluate(argument.value, scope, position)
            if let name = argument.name {
                result.named.append((name, value))
            } else {
                result.positional.append(value)
            }
        }
        return result
    }

    private func call(
        _ value: TemplateValue, _ arguments: TemplateArguments, _ scope: TemplateScope, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        switch value {
        case .undefined(let name): throw position.error(.undefined, "\"\(name)\" is undefined")
        case .object(let macro as TemplateMacroValue):
            var arguments = arguments
            // A `call` block hands itself on to the macro that is called in its tag.
            if let caller = scope.values["caller"], scope.values.count == 1, macro.macro.name != "caller" {
                arguments.named.append(("caller", caller))
            }
            return try call(macro, arguments, position)
        case .object(let counter as TemplateCounter):
            if counter.isJoiner {
                counter.place += 1
                return counter.place == 1 ? .string("") : counter.items[0]
            }
            throw position.error(.value, "a cycler is not a function; its method is next()")
        case .object(let function as TemplateFunction):
            if let receiver = function.receiver {
                return try TemplateMethods(self, position).call(function.name, on: receiver, arguments)
            }
            return try TemplateGlobals.call(function.name, arguments, self, position)
        default: throw position.error(.value, "a \(value.typeName) cannot be called")
        }
    }

    /// `value.name`: an element of a dictionary, a method, or something that a loop or namespace has.
    func attribute(
        _ name: String, of value: TemplateValue, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        switch value {
        case .undefined(let base): throw position.error(.undefined, "\"\(base)\" is undefined")
        case .object(let namespace as TemplateNamespace): return namespace.values[name] ?? .undefined(name)
        case .object(let loop as TemplateLoopState):
            if let value = loop.attribute(name) { return value }
        case .object(let counter as TemplateCounter) where name == "current" && !counter.isJoiner:
            return counter.items[counter.place]
        case .dictionary(let dictionary):
            if !TemplateMethods.has(name, value) { return dictionary[name] ?? .undefined(name) }
        default: break
        }
        guard TemplateMethods.has(name, value) else { return .undefined(name) }
        return .object(TemplateFunction(name, receiver: value))
    }

    private func element(
        _ index: TemplateValue, of value: TemplateValue, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        switch (value, index) {
        case (.undefined(let name), _): throw position.error(.undefined, "\"\(name)\" is undefined")
        case (.dictionary(let dictionary), _):
            if let value = dictionary[index] { return value }
        case (.list(let list), _):
            if let index = index.integer {
                let place = index < 0 ? index + list.elements.count : index
                return list.elements.indices.contains(place) ? list.elements[place] : .undefined("element \(index)")
            }
        case (.string(let text), _):
            if let index = index.integer {
                try count(position, size: text.utf8.count)
                let scalars = Array(text.unicodeScalars)
                let place = index < 0 ? index + scalars.count : index
                return scalars.indices.contains(place)
                    ? .string(String(scalars[place])) : .undefined("element \(index)")
            }
        default: break
        }
        guard case .string(let name) = index else { return .undefined("\(index.typeName) element") }
        if case .dictionary = value, !TemplateMethods.has(name, value) { return .undefined(name) }
        return try attribute(name, of: value, position)
    }

    private func slice(
        _ value: TemplateValue, _ bounds: [Int?], _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        let stride = bounds[2] ?? 1
        guard stride != 0 else { throw position.error(.value, "a slice with a step of 0") }
        func picked<Element>(_ elements: [Element]) -> [Element] {
            let count = elements.count
            /// As Python: negative ones count from the end, what is outside is moved to the edge.
            func place(_ bound: Int?, _ fallback: Int) -> Int {
                guard let bound else { return fallback }
                let lowest = stride < 0 ? -1 : 0
                if bound < 0 { return bound < -count ? lowest : bound + count }
                return min(bound, stride < 0 ? count - 1 : count)
            }
            let start = place(bounds[0], stride < 0 ? count - 1 : 0)
            let stop = place(bounds[1], stride < 0 ? -1 : count)
            // Steps past the whole length pick one element at most, and cannot overflow.
            let step = max(-count - 1, min(count + 1, stride))
            return Swift.stride(from: start, to: stop, by: step).map { elements[$0] }
        }
        switch value {
        case .undefined(let name): throw position.error(.undefined, "\"\(name)\" is undefined")
        case .list(let list):
            return try checked(.list(TemplateList(picked(list.elements), isTuple: list.isTuple)), position)
        case .string(let text):
            try count(position, size: text.utf8.count)
            return .string(String(String.UnicodeScalarView(picked(Array(text.unicodeScalars)))))
        default: throw position.error(.value, "a slice of a \(value.typeName)")
        }
    }

    // MARK: Conversions

    /// What a loop or filter goes through.
    func elements(of value: TemplateValue, _ position: TemplatePosition) throws(TemplateError) -> [TemplateValue] {
        switch value {
        case .list(let list): return list.elements
        case .dictionary(let dictionary):
            try count(position, size: dictionary.pairs.count)
            return dictionary.pairs.map(\.key)
        case .string(let text):
            let size = text.unicodeScalars.count
            try count(position, size: size)
            guard size <= limits.elements else {
                throw position.error(.limit, "a list of more than \(limits.elements) elements")
            }
            return text.unicodeScalars.map { .string(String($0)) }
        case .undefined: return []
        default: throw position.error(.value, "a \(value.typeName) has no elements")
        }
    }

    /// A value as it is written out.
    func text(of value: TemplateValue, _ position: TemplatePosition) throws(TemplateError) -> String {
        if case .string(let text) = value { return text }
        if case .undefined = value { return "" }
        try count(position, size: size(of: value))
        return try checked(TemplateText.string(of: value), position)
    }
}
