package import Vision

/// An analysis with what its rules need worked out once.
package struct Evidence: Sendable {
    package let analysis: Analysis
    /// Faces that are beyond doubt, largest first.
    package let faces: [Face]
    /// Where the first of them stands in ``Analysis/faces``; nil without one.
    package let firstFace: Int?
    /// The posture of each person with keypoints.
    package let postures: [Posture]
    /// The one person there is, where there is one: box, posture and face.
    package let person: Body?
    package let personPosture: Posture?
    package let personFace: Face?

    package init(_ analysis: Analysis) {
        self.analysis = analysis
        faces = analysis.faces.filter { $0.score >= PeopleCount.sureFace }
        firstFace = analysis.faces.firstIndex { $0.score >= PeopleCount.sureFace }
        let people = analysis.measures.composition.people
        let isAlone = people?.atLeast == 1 && people?.atMost == 1
        personFace = isAlone ? faces.first : nil
        person = isAlone ? analysis.bodies.first : nil
        postures = analysis.bodies.compactMap { Posture($0, face: nil) }
        personPosture = person.flatMap { Posture($0, face: isAlone ? analysis.faces.first : nil) }
    }

    /// A number that all faces agree on: the one of the smallest magnitude where all have one sign, else 0; nil without
    /// faces, or where one has none.
    func agreed(_ read: (Face) -> Float?) -> Float? {
        let values = faces.compactMap(read)
        guard values.count == faces.count, let first = values.first else { return nil }
        guard values.allSatisfy({ ($0 < 0) == (first < 0) }) else { return 0 }
        return values.min { abs($0) < abs($1) }
    }

    /// The largest magnitude of a number over all faces; nil without faces, or where one has none.
    func most(_ read: (Face) -> Float?) -> Float? {
        let values = faces.compactMap(read)
        return values.count == faces.count ? values.map(abs).max() : nil
    }

    /// The mean probability of an expression over all faces that a model looked at; nil where it looked at none.
    func expression(_ label: String) -> Float? {
        let scores = faces.compactMap { face in face.expression?.scores.first { $0.label == label }?.score }
        return scores.isEmpty ? nil : scores.reduce(0, +) / Float(scores.count)
    }

    /// The least that a model says of any face that it looked at; nil where it looked at none.
    func least(_ read: (FaceAttributes) -> Float) -> Float? { faces.compactMap(\.attributes).map(read).min() }

    /// The share of people, among those whose posture can tell, of whom `holds` is true; nil where nobody's can.
    func share(_ holds: (Posture) -> Bool?) -> Float? {
        let answers = postures.compactMap(holds)
        return answers.isEmpty ? nil : Float(answers.count { $0 }) / Float(answers.count)
    }

    /// Index of the surest object of a class; nil without one.
    func object(_ label: String) -> Int? { analysis.objects.firstIndex { $0.label == label } }
}
