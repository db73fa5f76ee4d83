package import Images
package import Tensors

/// How a photo, or a part of one, becomes a model's input tensor.
package struct InputRule: Sendable, Equatable {
    /// How the picture fits the tensor.
    package enum Fit: Sendable, Equatable {
        /// Both sides are resized to the tensor's.
        case stretch
        /// The whole picture with its proportions kept, in the top left corner; grey of this level fills the rest.
        case letterbox(padding: UInt8)
        /// As `letterbox` with black, never enlarged, the tensor no larger than the picture needs: its sides are
        /// rounded up to a multiple of this.
        case shrink(multiple: Int)
    }

    /// Which numbers a pixel gives, in which order.
    package enum Channels: Sendable, Equatable {
        case rgb
        case bgr
        /// Luma alone.
        case grey

        var count: Int { self == .grey ? 1 : 3 }
    }

    /// The order of the tensor's dimensions.
    package enum Layout: Sendable, Equatable {
        /// [1, channels, height, width].
        case nchw
        /// [1, height, width, channels].
        case nhwc
    }

    /// Size of the tensor; the largest where the fit is `shrink`.
    package let width: Int
    package let height: Int
    package let fit: Fit
    package let filter: ResizeFilter
    package let channels: Channels
    /// One a channel, in the order of `channels`: a value is (level - mean) * scale, levels 0...255.
    package let mean: [Float]
    package let scale: [Float]
    package let layout: Layout

    package init(
        width: Int, height: Int, fit: Fit, filter: ResizeFilter = .bilinear, channels: Channels, mean: [Float],
        scale: [Float], layout: Layout = .nchw
    ) {
        precondition(mean.count == channels.count && scale.count == channels.count, "a number a channel")
        self.width = width
        self.height = height
        self.fit = fit
        self.filter = filter
        self.channels = channels
        self.mean = mean
        self.scale = scale
        self.layout = layout
    }

    /// A tensor and the way from its pixels back to the photo's.
    package struct Prepared: Sendable {
        package let tensor: Tensor
        /// Size in pixels.
        package let width: Int
        package let height: Int
        /// Photo pixels a tensor pixel, and where the tensor's corner lies in the photo.
        let scaleX: Double
        let scaleY: Double
        let left: Double
        let top: Double

        /// The place in the photo that a place in the tensor shows; edges of pixels, not centres, at whole numbers.
        package func toPhoto(_ x: Float, _ y: Float) -> Point {
            Point(x: Double(x) * scaleX + left, y: Double(y) * scaleY + top)
        }

        /// The box in the photo between two corners in the tensor.
        package func toPhoto(left x0: Float, top y0: Float, right x1: Float, bottom y1: Float) -> Box {
            let (first, last) = (toPhoto(x0, y0), toPhoto(x1, y1))
            return Box(x: first.x, y: first.y, width: last.x - first.x, height: last.y - first.y)
        }
    }

    /// The input for a photo.
    ///
    /// - Parameters:
    ///   - part: what to take of the photo, rounded to whole pixels; black where it reaches outside. Nil for all of it.
    ///   - size: of the tensor where the model fixes another than the rule's.
    package func prepare(_ photo: Image, part: Box? = nil, size: (width: Int, height: Int)? = nil) -> Prepared {
        var image = photo
        var (left, top) = (0, 0)
        if let part = part.map({ InputRule.bounded($0, photo) }) {
            (left, top) = (InputRule.whole(part.x), InputRule.whole(part.y))
            let (right, bottom) = (InputRule.whole(part.right), InputRule.whole(part.bottom))
            image = photo.cropped(left: left, top: top, width: max(1, right - left), height: max(1, bottom - top))
        }
        let canvas = size ?? (width, height)
        let (fitted, tensorWidth, tensorHeight, padding) = fitting(image, canvas.width, canvas.height)
        let resized = image.resized(width: fitted.width, height: fitted.height, filter: filter)
            .cropped(
                left: 0, top: 0, width: tensorWidth, height: tensorHeight,
                padding: Colour(red: padding, green: padding, blue: padding))
        return Prepared(
            tensor: tensor(resized), width: tensorWidth, height: tensorHeight,
            scaleX: Double(image.width) / Double(fitted.width), scaleY: Double(image.height) / Double(fitted.height),
            left: Double(left), top: Double(top))
    }

    /// A part that is cut to the photo where it is so much larger that a model must have gone wrong.
    private static func bounded(_ part: Box, _ photo: Image) -> Box {
        let limit = 2 * Double(photo.width) * Double(photo.height) + 4e6
        return part.area <= limit ? part : part.clipped(width: photo.width, height: photo.height)
    }

    /// A coordinate as a whole pixel, kept where no arithmetic on it can overflow.
    private static func whole(_ value: Double) -> Int { Int(max(-1e7, min(1e7, value.isNaN ? 0 : value.rounded()))) }

    /// The size the picture is resized to, the tensor's size, and the level of what is left of the tensor.
    private func fitting(
        _ image: Image, _ tensorWidth: Int, _ tensorHeight: Int
    ) -> (fitted: (width: Int, height: Int), width: Int, height: Int, padding: UInt8) {
        if fit == .stretch { return ((tensorWidth, tensorHeight), tensorWidth, tensorHeight, 0) }
        var scale = min(Double(tensorWidth) / Double(image.width), Double(tensorHeight) / Double(image.height))
        if case .shrink = fit { scale = min(scale, 1) }
        let fittedWidth = min(tensorWidth, max(1, Int((Double(image.width) * scale).rounded())))
        let fittedHeight = min(tensorHeight, max(1, Int((Double(image.height) * scale).rounded())))
        switch fit {
        case .stretch, .letterbox:
            let padding: UInt8 = if case .letterbox(let level) = fit { level } else { 0 }
            return ((fittedWidth, fittedHeight), tensorWidth, tensorHeight, padding)
        case .shrink(let multiple):
            func rounded(_ size: Int) -> Int { (size + multiple - 1) / multiple * multiple }
            return ((fittedWidth, fittedHeight), rounded(fittedWidth), rounded(fittedHeight), 0)
        }
    }

    /// The tensor of a picture that has its size.
    private func tensor(_ image: Image) -> Tensor {
        let planes = channels.count
        let isPlanar = layout == .nchw
        let values = Tensor(
            shape: isPlanar ? [1, planes, image.height, image.width] : [1, image.height, image.width, planes],
            type: .float32)
        if isPlanar, planes == 3 {
            Kernel.planes(
                fromInterleaved: Buffer(image.pixels), mean: mean, scale: scale, swapped: channels == .bgr,
                into: values.floats)
            return values
        }
        let levels = channels == .grey ? image.luma() : image.pixels
        values.floats.withMutableSpan { target in
            let source = levels.span
            for channel in 0..<planes {
                let table = (0..<256).map { (Float($0) - mean[channel]) * scale[channel] }
                let lookup = table.span
                var from = channels == .bgr ? 2 - channel : channel
                // Only grey is planar here, whose one plane is as it would be interleaved.
                var to = channel
                while to < target.count {
                    target[to] = lookup[Int(source[from])]
                    from += planes
                    to += planes
                }
            }
        }
        return values
    }
}
