import Tensors
import Testing

@Suite("EvenParts")
struct EvenPartsTests {
    @Test(
        "parts follow each other and are as even as units allow", arguments: [1, 2, 3, 7, 49, 196, 1000], [1, 2, 3, 8])
    func partsAreEven(total: Int, unit: Int) {
        for wanted in -1...9 {
            let parts = EvenParts(total, parts: wanted, unit: unit)
            #expect(parts.count == 1 || parts.count % 2 == 0)
            #expect(abs(parts.count - max(1, min(wanted, (total + unit - 1) / unit))) <= 1)
            var next = 0
            for part in 0..<parts.count {
                let range = parts[part]
                #expect(range.lowerBound == next && !range.isEmpty && range.count <= parts.most)
                #expect(part == parts.count - 1 || range.count % unit == 0)
                #expect(parts.most - range.count < 2 * unit)
                next = range.upperBound
            }
            #expect(next == total)
        }
    }

    @Test func anOddNumberBecomesEven() {
        #expect(EvenParts(14, parts: 5).count == 6)
        #expect(EvenParts(3, parts: 3).count == 2)
        #expect(EvenParts(196, parts: 4, unit: 6).most == 54)
    }
}
