import Testing
import Vision

@Suite struct SuppressionTests {
    @Test func overlapOfBoxes() {
        let a = Box(x: 0, y: 0, width: 10, height: 10)
        #expect(a.intersectionOverUnion(a) == 1)
        #expect(a.intersectionOverUnion(Box(x: 5, y: 0, width: 10, height: 10)) == 50.0 / 150)
        #expect(a.intersectionOverUnion(Box(x: 10, y: 0, width: 10, height: 10)) == 0)
        #expect(a.intersectionOverUnion(Box(x: 2, y: 2, width: 5, height: 4)) == 0.2)
        let empty = Box(x: 3, y: 3, width: 0, height: 0)
        #expect(empty.intersectionOverUnion(empty) == 0)
        #expect(a.overlap(Box(x: 4, y: 4, width: -2, height: 3)) == 0)
    }

    @Test func theSurerOfTwoStays() {
        let boxes = [
            Box(x: 0, y: 0, width: 10, height: 10), Box(x: 1, y: 0, width: 10, height: 10),
            Box(x: 40, y: 0, width: 10, height: 10),
        ]
        #expect(Suppression.kept(boxes, scores: [0.7, 0.9, 0.8], limit: 0.3) == [1, 2])
    }

    @Test func equalScoresKeepTheOrderGiven() {
        let boxes = Array(repeating: Box(x: 0, y: 0, width: 10, height: 10), count: 4)
        #expect(Suppression.kept(boxes, scores: [0.5, 0.5, 0.5, 0.5], limit: 0.3) == [0])
        let apart = (0..<4).map { Box(x: Double($0) * 20, y: 0, width: 10, height: 10) }
        #expect(Suppression.kept(apart, scores: [0.5, 0.5, 0.5, 0.5], limit: 0.3) == [0, 1, 2, 3])
    }

    /// Two boxes overlap by a third: they are one at a lower limit, two at a higher one or the same.
    @Test(arguments: [(0.33, 1), (1.0 / 3, 2), (0.34, 2)])
    func limitIsWhatMayOverlap(limit: Double, count: Int) {
        let boxes = [Box(x: 0, y: 0, width: 10, height: 10), Box(x: 5, y: 0, width: 10, height: 10)]
        #expect(Suppression.kept(boxes, scores: [0.9, 0.8], limit: limit).count == count)
    }

    @Test func chainsAreNotSwallowed() {
        // The middle one goes with the first; the last overlaps only the middle one, so it stays.
        let boxes = (0..<3).map { Box(x: Double($0) * 5, y: 0, width: 10, height: 10) }
        #expect(Suppression.kept(boxes, scores: [0.9, 0.8, 0.7], limit: 0.3) == [0, 2])
    }

    @Test func countIsBounded() {
        let boxes = (0..<1000).map { Box(x: Double($0) * 20, y: 0, width: 10, height: 10) }
        let kept = Suppression.kept(boxes, scores: boxes.indices.map { Float($0) }, limit: 0.5, most: 7)
        #expect(kept == [999, 998, 997, 996, 995, 994, 993])
        #expect(Suppression.kept([], scores: [], limit: 0.5).isEmpty)
    }

    @Test(arguments: [
        (Box(x: 10, y: 10, width: 20, height: 20), true), (Box(x: -15, y: 0, width: 20, height: 20), true),
        (Box(x: -19, y: 0, width: 20, height: 20), false), (Box(x: 200, y: 0, width: 20, height: 20), false),
        (Box(x: -1000, y: -1000, width: 2000, height: 2000), false), (Box(x: 0, y: 0, width: 0, height: 5), false),
        (Box(x: 0, y: 0, width: .infinity, height: 5), false), (Box(x: 0, y: 0, width: .nan, height: 5), false),
    ])
    func onlyBoxesInThePhotoArePlausible(box: Box, isPlausible: Bool) {
        #expect(box.isPlausible(width: 100, height: 100) == isPlausible)
    }

    @Test func clippedBoxesLieInside() {
        #expect(
            Box(x: -5, y: 90, width: 20, height: 20).clipped(width: 100, height: 100)
                == Box(x: 0, y: 90, width: 15, height: 10))
        #expect(Box(x: 300, y: 0, width: 20, height: 20).clipped(width: 100, height: 100).area == 0)
    }
}
