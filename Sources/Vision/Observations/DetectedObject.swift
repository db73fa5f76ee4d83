/// A thing that a detector found; people are ``Body`` observations instead.
package struct DetectedObject: Sendable, Hashable {
    /// One of the COCO class names (`cell phone`), as in the vocabulary's `object` key.
    package let label: String
    /// 0...1.
    package let score: Float
    package let box: Box

    package init(label: String, score: Float, box: Box) {
        self.label = label
        self.score = score
        self.box = box
    }
}
