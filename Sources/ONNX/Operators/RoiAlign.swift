import Tensors

/// `RoiAlign`: regions of images cut into bins, each the mean or the maximum of some samples (He et al., 2017).
struct RoiAlign: Operator {
    static let signatures = [Signature(name: "RoiAlign", opsets: 10...28, inputs: 3...3)]

    private enum Mode: String, CaseIterable { case avg, max }
    private enum Coordinates: String, CaseIterable {
        case halfPixel = "half_pixel"
        case outputHalfPixel = "output_half_pixel"
    }

    private let mode: Mode
    private let isShifted: Bool
    private let height: Int
    private let width: Int
    /// Samples along each side of a bin; 0 for as many as it has elements.
    private let sampling: Int
    private let scale: Float

    /// Samples of all regions together.
    private static let work = 1 << 33
    private static let samplesPerBin = 1 << 20

    init(_ attributes: inout Attributes) throws(ModelError) {
        mode = try attributes.choice("mode", default: .avg)
        // Before operator set 16, places were not shifted by half an element.
        isShifted =
            attributes.opset >= 16
            ? try attributes.choice("coordinate_transformation_mode", default: Coordinates.halfPixel) == .halfPixel
            : false
        height = try attributes.int("output_height", default: 1, in: 1...1 << 16)
        width = try attributes.int("output_width", default: 1, in: 1...1 << 16)
        sampling = try attributes.int("sampling_ratio", default: 0, in: 0...1 << 10)
        scale = try attributes.float("spatial_scale", default: 1)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 4...4)
        try inputs.requireFloats(1, ranks: 2...2)
        try inputs.require(2, [.int64])
        let shape = inputs[0].shape
        let count = inputs[1].shape[0]
        try inputs.requireShape(1, [count, 4])
        try inputs.requireShape(2, [count])
        guard shape[2] > 0, shape[3] > 0, shape[2] < 1 << 24, shape[3] < 1 << 24 else {
            throw ModelError("an image of \(shape)")
        }
        let type = TensorType(type: .float32, shape: [count, shape[1], height, width])
        let area = shape[2] * shape[3]
        return Step(outputs: [type]) { frame throws(ModelError) in
            let images = try Gather.resolve(frame.input(2), size: shape[0])
            let (x, rois, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
            var left = RoiAlign.work
            for (number, image) in images.enumerated() {
                let region = try region(rois[number * 4..<(number + 1) * 4])
                left -= region.samples * height * width * max(shape[1], 1)
                guard left > 0 else { throw ModelError("regions of too many samples") }
                let target = y[number * shape[1] * height * width..<(number + 1) * shape[1] * height * width]
                let source = x[image * shape[1] * area..<(image + 1) * shape[1] * area]
                run(region, source, channels: shape[1], height: shape[2], width: shape[3], into: target)
            }
        }
    }

    /// A region in elements of the image.
    private struct Region {
        let x: Float
        let y: Float
        /// Sizes of a bin.
        let binWidth: Float
        let binHeight: Float
        /// Samples along each side of a bin.
        let columns: Int
        let rows: Int

        var samples: Int { columns * rows }
    }

    private func region(_ box: Buffer<Float>) throws(ModelError) -> Region {
        let shift: Float = isShifted ? 0.5 : 0
        let corners = (0..<4).map { box[$0] * scale - shift }
        guard corners.allSatisfy({ abs($0) < 0x1p24 }) else {
            throw ModelError("a region is out of range", got: "\(box.array)")
        }
        // Without the shift, regions are at least one element large.
        let least: Float = isShifted ? -.infinity : 1
        let binWidth = Swift.max(corners[2] - corners[0], least) / Float(width)
        let binHeight = Swift.max(corners[3] - corners[1], least) / Float(height)
        func samples(_ size: Float) -> Int { sampling > 0 ? sampling : Swift.max(Int(size.rounded(.up)), 0) }
        let region = Region(
            x: corners[0], y: corners[1], binWidth: binWidth, binHeight: binHeight, columns: samples(binWidth),
            rows: samples(binHeight))
        guard region.samples <= RoiAlign.samplesPerBin else {
            throw ModelError("a region is too large for its bins", got: "\(box.array)")
        }
        return region
    }

    private func run(
        _ region: Region, _ x: Buffer<Float>, channels: Int, height imageHeight: Int, width imageWidth: Int,
        into y: Buffer<Float>
    ) {
        let area = imageHeight * imageWidth
        for bin in 0..<height * width {
            let (row, column) = (bin / width, bin % width)
            var samples: [[(offset: Int, weight: Float)]] = []
            for sample in 0..<region.samples {
                let (line, place) = (sample / region.columns, sample % region.columns)
                let rowTaps = RoiAlign.taps(
                    region.y + (Float(row) + (Float(line) + 0.5) / Float(region.rows)) * region.binHeight,
                    size: imageHeight)
                let columnTaps = RoiAlign.taps(
                    region.x + (Float(column) + (Float(place) + 0.5) / Float(region.columns)) * region.binWidth,
                    size: imageWidth)
                samples.append(
                    rowTaps.flatMap { tap in
                        columnTaps.map { (tap.offset * imageWidth + $0.offset, tap.weight * $0.weight) }
                    })
            }
            for channel in 0..<channels {
                let plane = x[channel * area..<(channel + 1) * area]
                y[channel * height * width + bin] = value(samples, plane)
            }
        }
    }

    private func value(_ samples: [[(offset: Int, weight: Float)]], _ plane: Buffer<Float>) -> Float {
        var result: Float?
        for taps in samples {
            switch mode {
            case .avg: result = (result ?? 0) + taps.reduce(0) { $0 + $1.weight * plane[$1.offset] }
            case .max:
                // As ONNX defines it, of the weighted neighbours rather than of their sums.
                let largest = taps.map { $0.weight * plane[$0.offset] }.max() ?? 0
                result = Swift.max(result ?? largest, largest)
            }
        }
        guard let result else { return 0 }
        return mode == .avg ? result / Float(samples.count) : result
    }

    /// The two neighbours of a place along one side of an image; none where it lies outside.
    private static func taps(_ place: Float, size: Int) -> [(offset: Int, weight: Float)] {
        guard place >= -1, place <= Float(size) else { return [] }
        let x = Swift.max(place, 0)
        let low = Int(x)
        guard low < size - 1 else { return [(size - 1, 1), (size - 1, 0)] }
        return [(low, 1 - (x - Float(low))), (low + 1, x - Float(low))]
    }
}
