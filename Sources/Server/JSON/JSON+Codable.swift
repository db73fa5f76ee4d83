package import Foundation

/// Why bytes are no JSON document that is taken.
package struct JSONError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

extension JSON {
    /// Levels of arrays and objects in one another that are read.
    package static let maximumDepth = 32

    /// Reads one document in UTF-8.
    ///
    /// - Throws: where it is malformed or nested more than ``maximumDepth`` deep.
    package init(parsing data: Data) throws(JSONError) {
        do {
            self = try JSONDecoder().decode(JSON.self, from: data)
        } catch DecodingError.dataCorrupted(let context) {
            let cause = (context.underlyingError as? NSError)?.userInfo[NSDebugDescriptionErrorKey] as? String
            throw JSONError(description: cause ?? context.debugDescription)
        } catch {
            throw JSONError(description: "not JSON")
        }
    }

    /// The value as one line of text.
    package var text: String { encoded([]) }

    /// The value with one member a line, for people.
    package var prettyText: String { encoded(.prettyPrinted) }

    private func encoded(_ formatting: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        guard let data = try? encoder.encode(self) else { preconditionFailure("a number in JSON that is not finite") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count <= Self.maximumDepth else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "nested more than \(Self.maximumDepth) deep"))
        }
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if (try? decoder.unkeyedContainer()) != nil {
            self = .array(try container.decode([JSON].self))
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}
