/// Text with control characters spelled out, so that a file cannot steer a terminal.
package func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: result += spelled(scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Text of several lines as it can go to a terminal, piece by piece: line feeds and tabs stay, carriage returns go, other
/// control characters, with which escape sequences begin, and those that reorder text on the screen are spelled out.
package func printableLines(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n", "\t": result.append(scalar)
        case "\r": break
        case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result.append(contentsOf: spelled(scalar).unicodeScalars)
        default:
            if scalar.properties.generalCategory == .control {
                result.append(contentsOf: spelled(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
    }
    return String(result)
}

private func spelled(_ scalar: Unicode.Scalar) -> String { "\\u{" + String(scalar.value, radix: 16) + "}" }
