/// Functions that every template has.
enum TemplateGlobals {
    static let known = ["range", "namespace", "raise_exception", "strftime_now", "dict", "joiner", "cycler"]

    static func call(
        _ name: String, _ arguments: TemplateArguments, _ interpreter: TemplateInterpreter,
        _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "range": return try range(arguments, interpreter, position)
        case "namespace", "dict":
            var pairs: [(String, TemplateValue)] = []
            for value in arguments.positional {
                guard case .dictionary(let dictionary) = value else {
                    throw position.error(.value, "\(name) of a \(value.typeName)")
                }
                for pair in dictionary.pairs {
                    guard case .string(let key) = pair.key else {
                        throw position.error(.value, "\(name) with a key that is no string")
                    }
                    pairs.append((key, pair.value))
                }
            }
            pairs += arguments.named.map { ($0.name, $0.value) }
            guard name == "namespace" else { return try interpreter.checked(.dictionary(pairs), position) }
            let namespace = try interpreter.makeNamespace(position)
            for (key, value) in pairs { namespace.values[key] = value }
            return .object(namespace)
        case "raise_exception":
            let reason = try arguments.positional.first.map { value throws(TemplateError) in
                try interpreter.text(of: value, position)
            }
            throw position.error(.raised, reason ?? "")
        case "strftime_now":
            guard case .string(let format)? = arguments.positional.first else {
                throw position.error(.value, "strftime_now needs a format")
            }
            return .string(try TemplateDate(localTime: interpreter.localTime).formatted(format, position))
        case "joiner":
            return .object(TemplateCounter([arguments.value(0, "sep") ?? .string(", ")], isJoiner: true))
        default:
            guard !arguments.positional.isEmpty else { throw position.error(.value, "cycler needs values") }
            return .object(TemplateCounter(arguments.positional, isJoiner: false))
        }
    }

    private static func range(
        _ arguments: TemplateArguments, _ interpreter: TemplateInterpreter, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        let values = try arguments.positional.map { value throws(TemplateError) -> Int in
            guard let integer = value.integer else { throw position.error(.value, "range of a \(value.typeName)") }
            return integer
        }
        guard (1...3).contains(values.count), values.count < 3 || values[2] != 0 else {
            throw position.error(.value, "range needs one to three integers, the last of which is not 0")
        }
        let start = values.count == 1 ? 0 : values[0]
        let stop = values.count == 1 ? values[0] : values[1]
        let step = values.count == 3 ? values[2] : 1
        let span = Double(stop) - Double(start)
        guard span / Double(step) <= Double(interpreter.limits.elements) else {
            throw position.error(.limit, "a range of more than \(interpreter.limits.elements) numbers")
        }
        return try interpreter.checked(.list(stride(from: start, to: stop, by: step).map { .integer($0) }), position)
    }
}

/// A day and time of the Gregorian calendar.
struct TemplateDate {
    private let year, month, day, dayOfYear, weekday, hour, minute, second: Int

    /// - Parameter localTime: seconds since 1970, of local time.
    init(localTime: Int) {
        // Some 31,000 years around now: no sum below can overflow.
        let seconds = max(-1_000_000_000_000, min(1_000_000_000_000, localTime))
        let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let rest = (seconds % 86_400 + 86_400) % 86_400
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        weekday = ((days + 4) % 7 + 7) % 7
        // Years from March on, so that the day that leap years add is the last; 719,468 days from 0000-03-01 to 1970.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
        dayOfYear = month <= 2 ? dayFromMarch - 306 : dayFromMarch + (isLeap ? 60 : 59)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// As `strftime` in the C locale.
    func formatted(_ format: String, _ position: TemplatePosition) throws(TemplateError) -> String {
        var result = ""
        var letters = format.unicodeScalars.makeIterator()
        while let letter = letters.next() {
            guard letter == "%" else {
                result.unicodeScalars.append(letter)
                continue
            }
            guard let code = letters.next() else { throw position.error(.value, "a format that ends in %") }
            switch code {
            case "Y": result += "\(year)"
            case "y": result += Self.padded(year % 100)
            case "m": result += Self.padded(month)
            case "d": result += Self.padded(day)
            case "e": result += day < 10 ? " \(day)" : "\(day)"
            case "j": result += Self.padded(dayOfYear + 1, 3)
            case "B": result += Self.months[month - 1]
            case "b", "h": result += Self.months[month - 1].prefix(3)
            case "A": result += Self.weekdays[weekday]
            case "a": result += Self.weekdays[weekday].prefix(3)
            case "H": result += Self.padded(hour)
            case "I": result += Self.padded((hour + 11) % 12 + 1)
            case "p": result += hour < 12 ? "AM" : "PM"
            case "M": result += Self.padded(minute)
            case "S": result += Self.padded(second)
            case "F": result += "\(year)-\(Self.padded(month))-\(Self.padded(day))"
            case "T": result += "\(Self.padded(hour)):\(Self.padded(minute)):\(Self.padded(second))"
            case "%": result += "%"
            default: throw position.error(.unsupported, "%\(code) in a date's format")
            }
        }
        return result
    }
}
