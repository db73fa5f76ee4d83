package import Images
package import ONNX
import Tensors

/// Finds people and things of 80 kinds: YOLOX-nano (Ge, Liu, Wang, Li and Sun, 2021), trained on COCO.
package struct ObjectDetector: PeopleModel {
    package static let task = VisionTask.objects
    package static let names = ["yolox_nano"]
    package static let rule = head.rule
    package static let outputShapes = head.outputShapes

    private static let head = YOLOXHead(side: 416, classes: COCO.classes.count)

    /// A person counts from this score on.
    package static let personThreshold: Float = 0.5
    /// A thing is reported from this score on.
    package static let objectThreshold: Float = 0.5

    package let name: String
    private let network: any Network
    private let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }

    /// People and things of a photo.
    package struct Found: Sendable, Equatable {
        package let people: FoundPeople
        /// Surest first.
        package let objects: [DetectedObject]
    }

    /// Finds people and things in a photo.
    package func find(in photo: Image) throws(ModelError) -> Found { try find(in: photo, part: nil) }

    package func people(in photo: Image, part: Box?) throws(ModelError) -> FoundPeople {
        try find(in: photo, part: part).people
    }

    private func find(in photo: Image, part: Box?) throws(ModelError) -> Found {
        let prepared = Self.rule.prepare(photo, part: part)
        let values = try Self.floats(
            "output", of: try network.run([input: prepared.tensor]), shape: [1, Self.head.cells, Self.head.width])
        let (candidates, doubt) = Self.head.read(
            values, prepared, width: photo.width, height: photo.height, doubted: COCO.person,
            doubtful: Self.doubtful
        ) { label in label == COCO.person ? Self.personThreshold : Self.objectThreshold }
        return Self.found(candidates, doubt)
    }

    private static func found(_ candidates: [YOLOXHead.Candidate], _ doubt: Float) -> Found {
        var people: [Body] = []
        var objects: [DetectedObject] = []
        for label in Set(candidates.map(\.label)).sorted() {
            let ofClass = candidates.filter { $0.label == label }
            let kept = Suppression.kept(ofClass.map(\.box), scores: ofClass.map(\.score), limit: overlap, most: most)
            for candidate in kept.map({ ofClass[$0] }) {
                if label == COCO.person {
                    people.append(Body(box: candidate.box, score: candidate.score))
                } else {
                    objects.append(
                        DetectedObject(label: COCO.classes[label], score: candidate.score, box: candidate.box))
                }
            }
        }
        objects.sort { $0.score != $1.score ? $0.score > $1.score : ($0.label, $0.box.x) < ($1.label, $1.box.x) }
        return Found(people: FoundPeople(people: people, doubt: doubt), objects: Array(objects.prefix(most)))
    }
}
