package import Images

extension Measures {
    /// Measures a photo.
    ///
    /// - Parameters:
    ///   - faces: largest first.
    ///   - bodies: the people found.
    package init(of photo: Image, faces: [Face], bodies: [Body]) {
        self.init()
        let reduced = ReducedPhoto(photo)
        let outside = reduced.outside(bodies.map(\.box) + faces.map(\.box) + faces.map { Measures.head(of: $0.box) })
        let edges = EdgeSharpness(reduced)
        let main = Measures.mainFace(of: faces)
        let mainFace = main.map { faces[$0] }
        lighting = Lighting(reduced, outside: outside, face: mainFace?.box)
        colour = Colour(reduced)
        quality = Quality(photo, edges: edges, face: mainFace?.box)
        background = Background(reduced, outside: outside, edges: edges)
        scenery = Scenery(reduced)
        composition = Composition(reduced, photo, face: mainFace?.box)
        composition.mainFace = main
    }

    /// The largest face that is beyond doubt, else the largest; nil without one.
    private static func mainFace(of faces: [Face]) -> Int? {
        faces.firstIndex { $0.score >= PeopleCount.sureFace } ?? faces.indices.first
    }

    /// A face's box with the hair and ears around it.
    private static func head(of face: Box) -> Box {
        Box(
            x: face.x - 0.3 * face.width, y: face.y - 0.5 * face.height, width: 1.6 * face.width,
            height: 1.7 * face.height)
    }
}

extension Measures.Composition {
    init(_ reduced: ReducedPhoto, _ photo: Image, face: Box?) {
        self.init()
        tilt = Tilt(reduced).degrees
        guard let face else { return }
        faceHeight = Float(face.height / Double(photo.height))
        faceX = Float(face.centre.x / Double(photo.width))
        faceY = Float(face.centre.y / Double(photo.height))
    }
}
