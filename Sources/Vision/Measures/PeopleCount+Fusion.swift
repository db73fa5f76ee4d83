extension PeopleCount {
    /// A body counts without a doubt from this score on; one with a face sooner.
    private static let sureBody: Float = 0.75
    /// A face counts without a doubt from this score on.
    package static let sureFace: Float = 0.7

    /// Counts people seen by face, by body, or by both; each once.
    ///
    /// - Parameters:
    ///   - faces, bodies: what the detectors found.
    ///   - doubt: the highest score that fell short of either.
    package init(faces: [Face], bodies: [Body], doubt: Float) {
        let owners = PeopleCount.owners(of: faces, among: bodies)
        let sureFaces = faces.indices.filter { faces[$0].score >= Self.sureFace }
        let withFace = Set(sureFaces.compactMap { owners[$0] })
        let sureBodies = bodies.indices.filter { bodies[$0].score >= Self.sureBody || withFace.contains($0) }
        let loneSure = sureFaces.filter { owners[$0] == nil }.count
        let lone = faces.indices.filter { owners[$0] == nil }.count
        self.init(
            count: bodies.count + loneSure, atLeast: sureBodies.count + loneSure, atMost: bodies.count + lone,
            doubt: doubt)
    }

    /// Whose face each one is: an index into `bodies`, nil for a face without a body. No body has two.
    ///
    /// The largest face chooses first, the smallest body whose upper half its centre lies in.
    package static func owners(of faces: [Face], among bodies: [Body]) -> [Int?] {
        var owners = [Int?](repeating: nil, count: faces.count)
        var taken: Set<Int> = []
        let order = faces.indices.sorted {
            faces[$0].box.area != faces[$1].box.area ? faces[$0].box.area > faces[$1].box.area : $0 < $1
        }
        for index in order {
            let centre = faces[index].box.centre
            let fitting = bodies.indices.filter { body in
                let box = bodies[body].box
                return !taken.contains(body) && box.contains(centre) && centre.y <= box.y + box.height * 0.6
            }
            let owner = fitting.min {
                bodies[$0].box.area != bodies[$1].box.area ? bodies[$0].box.area < bodies[$1].box.area : $0 < $1
            }
            if let owner {
                owners[index] = owner
                taken.insert(owner)
            }
        }
        return owners
    }
}
