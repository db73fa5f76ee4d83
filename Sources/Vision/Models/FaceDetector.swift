package import Images
package import ONNX
import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Finds faces and five points of each: YuNet (Wu, Peng and Yu, 2023), anchor-free, at strides of 8, 16 and 32 pixels,
/// and the embedded network, which has outputs of the same form.
///
/// Each cell of a stride gives the odds that it holds a face (`cls`, `obj`), the face's centre and size (`bbox`) and
/// five points (`kps`), all relative to the cell.
package struct FaceDetector: VisionModel {
    package static let task = VisionTask.faces
    package static let names = [
        "yunet_n_dynamic", "face_detection_yunet_2023mar", "yunet_n_640_640", "yunet_n_320_320", "heckle_faces",
    ]
    package static let rule = InputRule(
        width: 640, height: 640, fit: .shrink(multiple: 32), channels: .bgr, mean: [0, 0, 0], scale: [1, 1, 1])
    package static let outputShapes: [String: [Int?]] = Dictionary(
        uniqueKeysWithValues: strides.flatMap { stride in
            parts.map { ("\($0.name)_\(stride)", [1, nil, $0.size]) }
        })

    private static let strides = [8, 16, 32]
    private static let parts: [(name: String, size: Int)] = [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)]

    /// A face counts from this score on.
    package static let threshold: Float = 0.6
    /// From this score on a place is worth doubting that nobody is there.
    private static let doubtful: Float = 0.2
    /// Boxes that overlap more than this are one face.
    private static let overlap = 0.3
    /// Faces reported at most; the surest.
    private static let most = 200

    package let name: String
    private let network: any Network
    private let input: String
    /// The input's size where the file fixes it.
    private let size: (width: Int, height: Int)?

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
        let shape = network.inputs[0].shape ?? []
        size = if shape.count == 4, let height = shape[2], let width = shape[3] { (width, height) } else { nil }
        if let size, size.width % 32 != 0 || size.height % 32 != 0 {
            throw ModelError(
                "\(name): size of the input", expected: "multiples of 32", got: "\(size.width) x \(size.height)")
        }
    }

    /// The faces of a photo.
    package struct Found: Sendable, Equatable {
        /// Largest first; of equal size from left to right.
        package let faces: [Face]
        /// The highest score that fell short of a face, 0...1.
        package let doubt: Float
    }

    /// Finds the faces in a photo.
    package func find(in photo: Image) throws(ModelError) -> Found {
        let prepared =
            if let size {
                InputRule(
                    width: size.width, height: size.height, fit: .letterbox(padding: 0), channels: .bgr,
                    mean: Self.rule.mean, scale: Self.rule.scale
                ).prepare(photo)
            } else { Self.rule.prepare(photo) }
        return try read(try network.run([input: prepared.tensor]), prepared, photo)
    }

    /// Reads the outputs of a run.
    private func read(
        _ outputs: [String: Tensor], _ prepared: InputRule.Prepared, _ photo: Image
    ) throws(ModelError) -> Found {
        var faces: [Face] = []
        var doubt: Float = 0
        for stride in Self.strides {
            let (columns, rows) = (prepared.width / stride, prepared.height / stride)
            var values: [Buffer<Float>] = []
            for part in Self.parts {
                values.append(
                    try Self.floats("\(part.name)_\(stride)", of: outputs, shape: [1, columns * rows, part.size]))
            }
            let (classes, objects, boxes, points) = (values[0], values[1], values[2], values[3])
            for cell in 0..<columns * rows {
                let score = (Self.clamped(classes[cell]) * Self.clamped(objects[cell])).squareRoot()
                guard score >= Self.doubtful else { continue }
                guard score >= Self.threshold else {
                    doubt = max(doubt, score)
                    continue
                }
                let (column, row) = (Float(cell % columns), Float(cell / columns))
                let face = Self.face(
                    score, column, row, Float(stride), boxes[cell * 4..<cell * 4 + 4].array,
                    points[cell * 10..<cell * 10 + 10].array, prepared)
                if let face, face.box.isPlausible(width: photo.width, height: photo.height) { faces.append(face) }
            }
        }
        let kept = Suppression.kept(faces.map(\.box), scores: faces.map(\.score), limit: Self.overlap, most: Self.most)
            .map { Self.voted(faces[$0], among: faces) }
        let sorted = kept.sorted { $0.box.area != $1.box.area ? $0.box.area > $1.box.area : $0.box.x < $1.box.x }
        return Found(faces: sorted, doubt: doubt)
    }

    /// A face whose box and points are the mean of what all cells say that saw it.
    ///
    /// Neighbouring cells score a face almost alike, so that a little noise changes which is best, and with it the box
    /// by several pixels. Their mean, weighted by score and overlap, hardly moves (Gidaris and Komodakis, 2015, "box
    /// voting").
    private static func voted(_ best: Face, among faces: [Face]) -> Face {
        let leastOverlap = 0.5
        var (total, box, points) = (0.0, [0.0, 0, 0, 0], [Double](repeating: 0, count: 10))
        for face in faces {
            let overlap = best.box.intersectionOverUnion(face.box)
            guard overlap > leastOverlap else { continue }
            // Votes begin at nothing, so that a cell that just qualifies changes nothing.
            let weight = (Double(face.score - threshold) + 1e-3) * (overlap - leastOverlap)
            total += weight
            let edges = [face.box.x, face.box.y, face.box.width, face.box.height]
            for index in 0..<4 { box[index] += weight * edges[index] }
            for (index, point) in face.points.all.enumerated() {
                points[2 * index] += weight * point.x
                points[2 * index + 1] += weight * point.y
            }
        }
        let mean = (0..<5).map { Point(x: points[2 * $0] / total, y: points[2 * $0 + 1] / total) }
        return Face(
            box: Box(x: box[0] / total, y: box[1] / total, width: box[2] / total, height: box[3] / total),
            score: best.score,
            points: FacePoints(
                rightEye: mean[0], leftEye: mean[1], nose: mean[2], rightMouthCorner: mean[3],
                leftMouthCorner: mean[4]))
    }

    /// One cell's face, or nil where the numbers are none.
    private static func face(
        _ score: Float, _ column: Float, _ row: Float, _ stride: Float, _ box: [Float], _ points: [Float],
        _ prepared: InputRule.Prepared
    ) -> Face? {
        let (width, height) = (exp(box[2]) * stride, exp(box[3]) * stride)
        let (x, y) = ((column + box[0]) * stride, (row + box[1]) * stride)
        guard (box + points).allSatisfy(\.isFinite), width.isFinite, height.isFinite else { return nil }
        let places = (0..<5).map { index in
            prepared.toPhoto((column + points[2 * index]) * stride, (row + points[2 * index + 1]) * stride)
        }
        return Face(
            box: prepared.toPhoto(
                left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2),
            score: score,
            points: FacePoints(
                rightEye: places[0], leftEye: places[1], nose: places[2], rightMouthCorner: places[3],
                leftMouthCorner: places[4]))
    }

    /// A probability; what is not a number is none.
    private static func clamped(_ value: Float) -> Float { value > 0 ? min(value, 1) : 0 }
}
