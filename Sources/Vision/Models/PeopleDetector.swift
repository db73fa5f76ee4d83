package import Images
package import ONNX
import Tensors

/// Finds people: the embedded detector, a small network with a YOLOX head of one class.
package struct PeopleDetector: PeopleModel {
    package static let task = VisionTask.people
    package static let names = ["heckle_people"]
    package static let rule = head.rule
    package static let outputShapes = head.outputShapes

    private static let head = YOLOXHead(side: 192, classes: 1)
    /// A person counts from this score on.
    package static let threshold: Float = 0.5

    package let name: String
    private let network: any Network
    private let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }

    package func people(in photo: Image, part: Box?) throws(ModelError) -> FoundPeople {
        let prepared = Self.rule.prepare(photo, part: part)
        let values = try Self.floats(
            "output", of: try network.run([input: prepared.tensor]), shape: [1, Self.head.cells, Self.head.width])
        let (candidates, doubt) = Self.head.read(
            values, prepared, width: photo.width, height: photo.height, doubted: 0, doubtful: Self.doubtful
        ) { _ in Self.threshold }
        let kept = Suppression.kept(
            candidates.map(\.box), scores: candidates.map(\.score), limit: Self.overlap, most: Self.most)
        return FoundPeople(
            people: kept.map { Body(box: candidates[$0].box, score: candidates[$0].score) }, doubt: doubt)
    }
}
