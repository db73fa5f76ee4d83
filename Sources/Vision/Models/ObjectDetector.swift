package import Images
package import ONNX
import Tensors

/// Finds people and things of 80 kinds: YOLOX-nano (Ge, Liu, Wang, Li and Sun, 2021), trained on COCO.
package struct ObjectDetector: VisionModel {
    package static let task = VisionTask.objects
    package static let names = ["yolox_nano"]
    package static let rule = InputRule(
        width: head.side, height: head.side, fit: .letterbox(padding: 114), channels: .bgr, mean: [0, 0, 0],
        scale: [1, 1, 1])
    package static let outputShapes: [String: [Int?]] = ["output": [1, head.cells, head.width]]

    private static let head = YOLOXHead(side: 416, classes: COCO.classes.count)

    /// A person counts from this score on.
    package static let personThreshold: Float = 0.5
    /// A thing is reported from this score on.
    package static let objectThreshold: Float = 0.5
    /// From this score on a place is worth doubting that nobody is there.
    private static let doubtful: Float = 0.05
    /// Boxes of one class that overlap more than this are one thing.
    private static let overlap = 0.45
    /// Things and people reported at most; the surest.
    private static let most = 200

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
            let found = try find(in: photo, part: quarter).people
            people += found.people
            doubt = max(doubt, found.doubt)
        }
        let kept = Suppression.kept(people.map(\.box), scores: people.map(\.score), limit: Self.overlap)
        return FoundPeople(people: kept.map { people[$0] }, doubt: doubt)
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
