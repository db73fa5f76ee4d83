package import Images
package import ONNX

/// A model that finds people by their bodies, alone or among other things.
package protocol PeopleFinder: VisionModel {
    /// The people in a photo, or in a part of it.
    func people(in photo: Image, part: Box?) throws(ModelError) -> FoundPeople
}

/// People that a detector found.
package struct FoundPeople: Sendable, Equatable {
    /// Largest first; of equal size from left to right.
    package let people: [Body]
    /// The highest score that fell short of a person, 0...1.
    package let doubt: Float

    package init(people: [Body], doubt: Float) {
        self.people = people.sorted {
            $0.box.area != $1.box.area ? $0.box.area > $1.box.area : $0.box.x < $1.box.x
        }
        self.doubt = doubt
    }
}

extension PeopleFinder {
    /// Boxes of one class that overlap more than this are one thing.
    static var overlap: Double { 0.45 }

    /// Looks for people once more, in four overlapping quarters: small figures that the whole photo hides.
    package func findSmallPeople(in photo: Image) throws(ModelError) -> FoundPeople {
        let (width, height) = (Double(photo.width), Double(photo.height))
        let share = 0.55
        var people: [Body] = []
        var doubt: Float = 0
        for corner in 0..<4 {
            let quarter = Box(
                x: (width * (1 - share) * Double(corner % 2)).rounded(),
                y: (height * (1 - share) * Double(corner / 2)).rounded(),
                width: (width * share).rounded(), height: (height * share).rounded())
            let found = try self.people(in: photo, part: quarter)
            people += found.people
            doubt = max(doubt, found.doubt)
        }
        let kept = Suppression.kept(people.map(\.box), scores: people.map(\.score), limit: Self.overlap)
        return FoundPeople(people: kept.map { people[$0] }, doubt: doubt)
    }
}
