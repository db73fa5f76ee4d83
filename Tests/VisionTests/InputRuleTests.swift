import Images
import Tensors
import Testing
import Vision

@Suite struct InputRuleTests {
    /// Red is the column, green the row, blue a constant.
    private func picture(_ width: Int, _ height: Int) -> Image {
        Image(width: width, height: height) { x, y in (Double(x), Double(y), 200) }
    }

    @Test(arguments: [InputRule.Channels.rgb, .bgr])
    func planesInTheOrderOfTheRule(channels: InputRule.Channels) {
        let rule = InputRule(
            width: 8, height: 6, fit: .stretch, channels: channels, mean: [1, 2, 3], scale: [0.5, 2, 1])
        let prepared = rule.prepare(picture(8, 6))
        #expect(prepared.tensor.shape == [1, 3, 6, 8])
        let values = prepared.tensor.floats
        let first: (Int, Int) -> Float = channels == .rgb ? { x, _ in Float(x) } : { _, _ in 200 }
        let last: (Int, Int) -> Float = channels == .rgb ? { _, _ in 200 } : { x, _ in Float(x) }
        for y in 0..<6 {
            for x in 0..<8 {
                #expect(values[y * 8 + x] == (first(x, y) - 1) * 0.5)
                #expect(values[48 + y * 8 + x] == (Float(y) - 2) * 2)
                #expect(values[96 + y * 8 + x] == last(x, y) - 3)
            }
        }
    }

    @Test(arguments: [InputRule.Layout.nchw, .nhwc])
    func greyIsLuma(layout: InputRule.Layout) {
        let rule = InputRule(
            width: 4, height: 4, fit: .stretch, channels: .grey, mean: [127.5], scale: [1 / 127.5], layout: layout)
        let image = picture(4, 4)
        let prepared = rule.prepare(image)
        #expect(prepared.tensor.shape == (layout == .nchw ? [1, 1, 4, 4] : [1, 4, 4, 1]))
        for (value, luma) in zip(prepared.tensor.floats.array, image.luma()) {
            #expect(abs(value - (Float(luma) - 127.5) / 127.5) < 1e-6)
        }
    }

    @Test func interleavedLayoutKeepsPixelsTogether() {
        let rule = InputRule(
            width: 3, height: 2, fit: .stretch, channels: .bgr, mean: [0, 0, 0], scale: [1, 1, 1], layout: .nhwc)
        let prepared = rule.prepare(picture(3, 2))
        #expect(prepared.tensor.shape == [1, 2, 3, 3])
        #expect(prepared.tensor.floats.array == [200, 0, 0, 200, 0, 1, 200, 0, 2, 200, 1, 0, 200, 1, 1, 200, 1, 2])
    }

    /// Photo sizes with a wide, a tall and a square one, smaller and larger than the tensor.
    @Test(arguments: [(100, 50), (50, 100), (33, 77), (640, 480), (64, 64), (1, 500)])
    func letterboxKeepsProportionsAndTellsTheWayBack(width: Int, height: Int) {
        let rule = InputRule(
            width: 64, height: 64, fit: .letterbox(padding: 114), channels: .rgb, mean: [0, 0, 0], scale: [1, 1, 1])
        let prepared = rule.prepare(Image(width: width, height: height, colour: .white))
        #expect(prepared.tensor.shape == [1, 3, 64, 64])
        let scale = 64 / Double(max(width, height))
        let fitted = (max(1, (Double(width) * scale).rounded()), max(1, (Double(height) * scale).rounded()))
        let values = prepared.tensor.floats
        #expect(values[0] == 255)
        #expect(values[(Int(fitted.1) - 1) * 64 + Int(fitted.0) - 1] == 255)
        if fitted.0 < 64 { #expect(values[Int(fitted.0)] == 114) }
        if fitted.1 < 64 { #expect(values[Int(fitted.1) * 64] == 114) }
        let corner = prepared.toPhoto(Float(fitted.0), Float(fitted.1))
        #expect(near(corner.x, Double(width), 1e-6) && near(corner.y, Double(height), 1e-6))
    }

    @Test(arguments: [(640, 480, 640, 480), (641, 480, 640, 480), (100, 30, 128, 32), (3000, 1000, 640, 224)])
    func shrinkingTakesTheLeastMultiple(width: Int, height: Int, tensorWidth: Int, tensorHeight: Int) {
        let prepared = FaceDetector.rule.prepare(Image(width: width, height: height, colour: .white))
        #expect((prepared.width, prepared.height) == (tensorWidth, tensorHeight))
        #expect(prepared.tensor.shape == [1, 3, tensorHeight, tensorWidth])
        // The photo's last row is white, what is left of the tensor black.
        let values = prepared.tensor.floats
        let scale = min(1, 640 / Double(max(width, height)))
        let rows = Int((Double(height) * scale).rounded())
        #expect(values[(rows - 1) * tensorWidth] == 255)
        for row in rows..<tensorHeight { #expect(values[row * tensorWidth] == 0) }
    }

    @Test func partsOutsideThePhotoAreBlack() {
        let rule = InputRule(
            width: 10, height: 10, fit: .stretch, channels: .rgb, mean: [0, 0, 0], scale: [1, 1, 1])
        let white = Image(width: 10, height: 10, colour: .white)
        let prepared = rule.prepare(white, part: Box(x: -5, y: 5, width: 10, height: 10))
        let values = prepared.tensor.floats
        for y in 0..<10 {
            for x in 0..<10 { #expect(values[y * 10 + x] == (x >= 5 && y < 5 ? 255 : 0)) }
        }
        let place = prepared.toPhoto(0, 0)
        #expect(place == Point(x: -5, y: 5))
    }

    @Test func placesInAPartLeadBackToThePhoto() {
        let rule = InputRule(
            width: 50, height: 20, fit: .stretch, channels: .rgb, mean: [0, 0, 0], scale: [1, 1, 1])
        let prepared = rule.prepare(
            Image(width: 400, height: 300, colour: .white), part: Box(x: 100, y: 40, width: 100, height: 80))
        #expect(prepared.toPhoto(25, 10) == Point(x: 150, y: 80))
        #expect(prepared.toPhoto(left: 0, top: 0, right: 50, bottom: 20) == Box(x: 100, y: 40, width: 100, height: 80))
    }

    /// Boxes that only a broken model gives cost no more than the photo does.
    @Test(arguments: [
        Box(x: -1e30, y: -1e30, width: 2e30, height: 2e30), Box(x: .nan, y: 0, width: 10, height: 10),
        Box(x: 1e9, y: 1e9, width: 5, height: 5), Box(x: 3, y: 3, width: -4, height: 0),
    ])
    func absurdPartsAreBounded(part: Box) {
        let rule = InputRule(
            width: 4, height: 4, fit: .stretch, channels: .rgb, mean: [0, 0, 0], scale: [1, 1, 1])
        let prepared = rule.prepare(Image(width: 8, height: 8, colour: .white), part: part)
        #expect(prepared.tensor.count == 48)
    }
}
