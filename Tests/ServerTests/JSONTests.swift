import Foundation
import Server
import TestSupport
import Testing

@Suite struct JSONTests {
    private static func parse(_ text: String) throws -> JSON { try JSON(parsing: Data(text.utf8)) }

    @Test(
        arguments: [
            ("null", .null), ("true", true), ("-12", -12), ("0.5", .number(0.5)), ("\"a\\u00e9\\n\"", "aé\n"),
            ("[1,[],{}]", [1, [], [:]]), (#"{"a":{"b":[false]},"c":"d"}"#, ["a": ["b": [false]], "c": "d"]),
            ("9007199254740993", .integer(9_007_199_254_740_993)),
        ] as [(String, JSON)])
    func reads(_ text: String, _ value: JSON) throws {
        #expect(try Self.parse(text) == value)
        #expect(try Self.parse(" " + value.text + "\n") == value)
        #expect(try Self.parse(value.prettyText) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,", "[1 2]", #"{"a"}"#, #"{"a":}"#, "tru", "\"abc", "\"\\x\"", "1 2", "{]", "\u{0}", "nan",
        "--1",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try Self.parse(text) }
    }

    @Test func refusesTextThatIsNotUTF8() {
        #expect(throws: JSONError.self) { try JSON(parsing: Data([0x22, 0xFF, 0xFE, 0x22])) }
    }

    @Test(arguments: [34, 400, 5_000, 200_000])
    func refusesDepth(_ depth: Int) throws {
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let objects = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(throws: JSONError.self) { try Self.parse(arrays) }
        #expect(throws: JSONError.self) { try Self.parse(objects) }
        #expect(throws: JSONError.self) { try Self.parse(String(repeating: "[", count: depth)) }
    }

    @Test func readsDepthUpToTheLimit() throws {
        let depth = JSON.maximumDepth
        let text = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        #expect(try Self.parse(text).text == text)
    }

    @Test(arguments: [
        (0.0, 3, "0"), (1.23456, 3, "1.235"), (0.1, 4, "0.1"), (-0.04, 1, "0"), (-1.26, 1, "-1.3"),
        (1e12, 1, "1000000000000"),
        (640, 1, "640"), (.nan, 2, "null"), (.infinity, 2, "null"),
    ])
    func roundsDecimals(_ value: Double, _ places: Int, _ text: String) {
        #expect(JSON.decimal(value, places: places).text == text)
    }

    @Test func writesSeedsThatReadersKeep() {
        #expect(JSON.seed(1 << 53).text == "9007199254740992")
        #expect(JSON.seed((1 << 53) + 1).text == "\"9007199254740993\"")
        #expect(JSON.seed(.max).text == "\"18446744073709551615\"")
    }

    @Test func writesNamesInOrderAndOneLine() {
        let value: JSON = ["b": "line\nbreak/", "a": [1, "\u{1}\"\\"], "c": .null]
        #expect(value.text == #"{"a":[1,"\u0001\"\\"],"b":"line\nbreak/","c":null}"#)
    }

    @Test func survivesNoise() throws {
        var random = TestRandom(seed: 7)
        let letters = Array(#"{}[]",:\u0123tfn -.eE"#.utf8)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            guard let value = try? JSON(parsing: Data(bytes)) else { continue }
            #expect(try Self.parse(value.text) == value)
        }
    }
}
