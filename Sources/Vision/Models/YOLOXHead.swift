import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The raw output of a YOLOX network (Ge, Liu, Wang, Li and Sun, 2021), [1, cells, 5 + classes].
///
/// Each cell of the strides 8, 16 and 32, row by row, gives a centre and a size relative to it, the odds that it holds
/// anything, and a probability a class.
struct YOLOXHead {
    /// The side of the square input, in pixels; a multiple of 32.
    let side: Int
    let classes: Int

    private static let strides = [8, 16, 32]

    var cells: Int { Self.strides.reduce(0) { $0 + (side / $1) * (side / $1) } }
    /// The numbers of one cell.
    var width: Int { 5 + classes }

    /// BGR levels of the photo, at the top left of a grey square.
    var rule: InputRule {
        InputRule(
            width: side, height: side, fit: .letterbox(padding: 114), channels: .bgr, mean: [0, 0, 0], scale: [1, 1, 1])
    }
    var outputShapes: [String: [Int?]] { ["output": [1, cells, width]] }

    /// A cell that may show something of a class.
    struct Candidate {
        let label: Int
        /// Odds times probability, 0...1.
        let score: Float
        let box: Box
    }

    /// What the cells show.
    ///
    /// - Parameters:
    ///   - threshold: the least score of a class.
    ///   - doubted: the class whose scores below its threshold are reported as doubt, from `doubtful` on.
    /// - Returns: candidates by cell, and the highest score of `doubted` that fell short.
    func read(
        _ values: Buffer<Float>, _ prepared: InputRule.Prepared, width photoWidth: Int, height photoHeight: Int,
        doubted: Int, doubtful: Float, threshold: (Int) -> Float
    ) -> (candidates: [Candidate], doubt: Float) {
        precondition(values.count == cells * width, "not the output of this head")
        var candidates: [Candidate] = []
        var doubt: Float = 0
        var cell = 0
        for stride in Self.strides {
            let columns = side / stride
            for place in 0..<columns * columns {
                let start = cell * width
                cell += 1
                guard values[start + 4] >= doubtful else { continue }
                let row = values[start..<start + width].array
                guard let (label, score) = likeliest(row) else { continue }
                let least = threshold(label)
                if label == doubted, score < least, score >= doubtful { doubt = max(doubt, score) }
                guard score >= least else { continue }
                let step = Float(stride)
                let (x, y) = ((row[0] + Float(place % columns)) * step, (row[1] + Float(place / columns)) * step)
                let (across, down) = (exp(row[2]) * step / 2, exp(row[3]) * step / 2)
                guard [x, y, across, down].allSatisfy(\.isFinite) else { continue }
                let box = prepared.toPhoto(left: x - across, top: y - down, right: x + across, bottom: y + down)
                guard box.isPlausible(width: photoWidth, height: photoHeight) else { continue }
                candidates.append(Candidate(label: label, score: score, box: box))
            }
        }
        return (candidates, doubt)
    }

    /// The likeliest class of a cell and its score; nil where the numbers are none.
    private func likeliest(_ row: [Float]) -> (label: Int, score: Float)? {
        var label = 0
        for index in 0..<classes where row[5 + index] > row[5 + label] { label = index }
        let score = row[4] * row[5 + label]
        return score.isFinite ? (label, min(max(score, 0), 1)) : nil
    }
}
