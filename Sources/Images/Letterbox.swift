/// A picture fitted whole into a canvas, and the way back.
package struct Letterbox: Sendable, Hashable {
    package enum Placement: Sendable, Hashable, CaseIterable {
        /// In the top left corner, as YOLOX and YuNet pad.
        case topLeft
        /// In the middle (an odd pixel goes right and below), as YOLOv5 and later pad.
        case centred
    }

    package let image: Image
    /// From the original picture (source) to ``image`` (destination).
    package let mapping: Mapping
}

extension Image {
    /// The picture resized to fit into a canvas with its proportions kept, the rest of the canvas filled.
    ///
    /// - Parameters:
    ///   - enlarging: whether a picture smaller than the canvas grows.
    package func letterboxed(
        width newWidth: Int, height newHeight: Int, placement: Letterbox.Placement, filter: ResizeFilter = .bilinear,
        padding: Colour = .black, enlarging: Bool = true
    ) -> Letterbox {
        precondition(newWidth > 0 && newHeight > 0, "a canvas of \(newWidth) x \(newHeight)")
        var scale = min(Double(newWidth) / Double(width), Double(newHeight) / Double(height))
        if !enlarging { scale = min(scale, 1) }
        let fitWidth = min(newWidth, max(1, Int((Double(width) * scale).rounded())))
        let fitHeight = min(newHeight, max(1, Int((Double(height) * scale).rounded())))
        let left = placement == .centred ? (newWidth - fitWidth) / 2 : 0
        let top = placement == .centred ? (newHeight - fitHeight) / 2 : 0
        let fitted = resized(width: fitWidth, height: fitHeight, filter: filter)
        let mapping = Mapping(
            scaleX: Double(fitWidth) / Double(width), scaleY: Double(fitHeight) / Double(height),
            left: Double(left), top: Double(top))
        let canvas = fitted.cropped(left: -left, top: -top, width: newWidth, height: newHeight, padding: padding)
        return Letterbox(image: canvas, mapping: mapping)
    }
}
