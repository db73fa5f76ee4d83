/// Non-maximum suppression: of boxes that overlap, which to keep.
package enum Suppression {
    /// The indices of the boxes kept, highest score first, equal scores in the order given.
    ///
    /// A box is dropped when it overlaps one already kept by more than `limit`. Comparing stops at `most` boxes kept,
    /// so that a model gone wrong costs bounded time.
    ///
    /// - Parameters:
    ///   - limit: intersection over union, 0...1.
    package static func kept(_ boxes: [Box], scores: [Float], limit: Double, most: Int = 300) -> [Int] {
        precondition(boxes.count == scores.count, "\(boxes.count) boxes and \(scores.count) scores")
        let order = boxes.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        var kept: [Int] = []
        for index in order where kept.count < most {
            if kept.allSatisfy({ boxes[$0].intersectionOverUnion(boxes[index]) <= limit }) { kept.append(index) }
        }
        return kept
    }
}
