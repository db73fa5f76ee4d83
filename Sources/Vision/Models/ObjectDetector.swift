package import Images
package import ONNX
import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Finds people and things of 80 kinds: YOLOX-nano (Ge, Liu, Wang, Li and Sun, 2021), trained on COCO.
///
/// Each cell of the strides 8, 16 and 32 gives a centre and a size relative to it, the odds that it holds anything, and
/// a probability a class.
package struct ObjectDetector: VisionModel {
    package static let task = VisionTask.objects
    package static let names = ["yolox_nano"]
    package static let rule = InputRule(
        width: 416, height: 416, fit: .letterbox(padding: 114), channels: .bgr, mean: [0, 0, 0], scale: [1, 1, 1])
    package static let outputShapes: [String: [Int?]] = ["output": [1, cells, 5 + COCO.classes.count]]

    private static let strides = [8, 16, 32]
    private static let cells = strides.reduce(0) { $0 + (rule.width / $1) * (rule.height / $1) }

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
        /// Largest first; of equal size from left to right.
        package let people: [Body]
        /// Surest first.
        package let objects: [DetectedObject]
        /// The highest score that fell short of a person, 0...1.
        package let doubt: Float
    }

    /// Finds people and things in a photo.
    package func find(in photo: Image) throws(ModelError) -> Found { try find(in: photo, part: nil) }

    /// Looks for people once more, in four overlapping quarters: small figures that the whole photo hides.
    package func findSmallPeople(in photo: Image) throws(ModelError) -> Found {
        let (width, height) = (Double(photo.width), Double(photo.height))
        let share = 0.55
        var people: [Body] = []
        var doubt: Float = 0
        for corner in 0..<4 {
            let quarter = Box(
                x: (width * (1 - share) * Double(corner % 2)).rounded(),
                y: (height * (1 - share) * Double(corner / 2)).rounded(),
                width: (width * share).rounded(), height: (height * share).rounded())
            let found = try find(in: photo, part: quarter)
            people += found.people
            doubt = max(doubt, found.doubt)
        }
        let kept = Suppression.kept(people.map(\.box), scores: people.map(\.score), limit: Self.overlap)
        return Found(people: kept.map { people[$0] }.sorted(by: Self.order), objects: [], doubt: doubt)
    }

    private func find(in photo: Image, part: Box?) throws(ModelError) -> Found {
        let prepared = Self.rule.prepare(photo, part: part)
        let width = 5 + COCO.classes.count
        let values = try Self.floats(
            "output", of: try network.run([input: prepared.tensor]), shape: [1, Self.cells, width])
        var candidates: [(label: Int, score: Float, box: Box)] = []
        var doubt: Float = 0
        var cell = 0
        for stride in Self.strides {
            let columns = Self.rule.width / stride
            for place in 0..<columns * (Self.rule.height / stride) {
                let start = cell * width
                cell += 1
                guard values[start + 4] >= Self.doubtful else { continue }
                let row = values[start..<start + width].array
                guard let (label, score) = Self.likeliest(row) else { continue }
                let isPerson = label == COCO.person
                if isPerson, score < Self.personThreshold, score >= Self.doubtful { doubt = max(doubt, score) }
                guard score >= (isPerson ? Self.personThreshold : Self.objectThreshold) else { continue }
                let step = Float(stride)
                let (x, y) = ((row[0] + Float(place % columns)) * step, (row[1] + Float(place / columns)) * step)
                let (across, down) = (exp(row[2]) * step / 2, exp(row[3]) * step / 2)
                guard [x, y, across, down].allSatisfy(\.isFinite) else { continue }
                let box = prepared.toPhoto(left: x - across, top: y - down, right: x + across, bottom: y + down)
                guard box.isPlausible(width: photo.width, height: photo.height) else { continue }
                candidates.append((label, score, box))
            }
        }
        return Self.found(candidates, doubt)
    }

    /// The likeliest class of a cell and its score; nil where the numbers are none.
    private static func likeliest(_ row: [Float]) -> (label: Int, score: Float)? {
        var label = 0
        for index in 1..<COCO.classes.count where row[5 + index] > row[5 + label] { label = index }
        let score = row[4] * row[5 + label]
        return score.isFinite ? (label, min(max(score, 0), 1)) : nil
    }

    private static func found(_ candidates: [(label: Int, score: Float, box: Box)], _ doubt: Float) -> Found {
        var people: [Body] = []
        var objects: [DetectedObject] = []
        for label in Set(candidates.map(\.label)).sorted() {
            let ofClass = candidates.filter { $0.label == label }
            let kept = Suppression.kept(ofClass.map(\.box), scores: ofClass.map(\.score), limit: overlap, most: most)
            for (_, score, box) in kept.map({ ofClass[$0] }) {
                if label == COCO.person {
                    people.append(Body(box: box, score: score))
                } else {
                    objects.append(DetectedObject(label: COCO.classes[label], score: score, box: box))
                }
            }
        }
        objects.sort { $0.score != $1.score ? $0.score > $1.score : ($0.label, $0.box.x) < ($1.label, $1.box.x) }
        return Found(people: people.sorted(by: order), objects: Array(objects.prefix(most)), doubt: doubt)
    }

    /// Largest first, then from left to right.
    private static func order(_ left: Body, _ right: Body) -> Bool {
        left.box.area != right.box.area ? left.box.area > right.box.area : left.box.x < right.box.x
    }
}
