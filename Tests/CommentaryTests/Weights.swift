import Commentary
import TestSupport

/// The repository's own weights folder, which is in every checkout.
enum Weights {
    static let folder = Repository.file("Weights")

    /// The table and the grammar as they ship, read once.
    static let book = Result { try CommentBook(folder: folder) }
}

/// Sheets for tests: any facts of the vocabulary, at most one value of most keys, decided by a seed.
struct SheetSource {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// A number below `count`.
    mutating func number(below count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % count
    }

    /// A sheet of the given keys with any values; objects once to thrice.
    mutating func sheet(of keys: [FactKey]) -> FactSheet {
        var facts: [Fact] = []
        for key in keys {
            for index in 0..<(key == .object ? 1 + number(below: 3) : 1) {
                let values = Vocabulary.values(of: key)
                facts.append(Fact(key, values[number(below: values.count)], confidence: 0.9 - Float(index) / 10))
            }
        }
        return FactSheet(facts)
    }

    /// A sheet such as a photo gives: some of the keys, people first.
    mutating func sheet() -> FactSheet {
        sheet(of: FactKey.allCases.filter { $0 == .people || number(below: 100) < 40 })
    }
}
