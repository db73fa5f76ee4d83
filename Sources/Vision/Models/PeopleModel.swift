package import Images
package import ONNX

/// A model that finds people by their bodies, alone or among other things.
package protocol PeopleModel: VisionModel {
    /// The people in a photo, or in a part of it; boxes are in pixels of the photo.
    ///
    /// - Parameter part: what the model is shown; nil for all of the photo.
    func people(in photo: Image, part: Box?) throws(ModelError) -> FoundPeople
}

extension PeopleModel {
    /// Boxes of one class that overlap more than this are one thing.
    static var overlap: Double { 0.45 }
    /// From this score on a place is worth doubting that nobody is there.
    static var doubtful: Float { 0.05 }
    /// People, or things, reported at most; the surest.
    static var most: Int { 200 }

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
