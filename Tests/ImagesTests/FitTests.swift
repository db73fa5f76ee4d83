import Images
import Testing

@Suite("Cropping and fitting")
struct FitTests {
    @Test(
        "A crop shows the picture inside and the padding outside",
        arguments: [
            (0, 0, 5, 4), (2, 1, 3, 2), (-2, -3, 4, 5), (3, 2, 6, 6), (-1, -1, 7, 6), (9, 9, 2, 2), (-9, 0, 3, 3),
            (0, 4, 5, 1),
            (Int.max, 0, 2, 2), (Int.min, Int.min, 2, 2), (Int.max - 1, 1, 3, 3),
        ])
    func crop(left: Int, top: Int, width: Int, height: Int) {
        let image = TestPictures.noise(5, 4)
        let padding = Colour(red: 1, green: 2, blue: 3)
        let cropped = image.cropped(left: left, top: top, width: width, height: height, padding: padding)
        for y in 0..<height {
            for x in 0..<width {
                let (fromX, overX) = left.addingReportingOverflow(x)
                let (fromY, overY) = top.addingReportingOverflow(y)
                let inside = !overX && !overY && (0..<5).contains(fromX) && (0..<4).contains(fromY)
                #expect(cropped[x, y] == (inside ? image[fromX, fromY] : padding))
            }
        }
    }

    /// Canvas, picture, and where the picture must lie when centred.
    static let fits: [(canvas: (Int, Int), old: (Int, Int), fit: (left: Int, top: Int, width: Int, height: Int))] = [
        ((64, 64), (32, 16), (0, 16, 64, 32)), ((64, 64), (16, 32), (16, 0, 32, 64)),
        ((64, 48), (64, 48), (0, 0, 64, 48)),
        ((64, 64), (100, 1), (0, 31, 64, 1)), ((10, 10), (1000, 3), (0, 4, 10, 1)),
        ((33, 20), (10, 10), (6, 0, 20, 20)),
        ((64, 64), (97, 64), (0, 11, 64, 42)),
    ]

    @Test("A letterbox keeps proportions and says where the picture went", arguments: fits.indices)
    func letterbox(index: Int) {
        let (canvas, old, fit) = Self.fits[index]
        let image = TestPictures.noise(old.0, old.1)
        let resized = image.resized(width: fit.width, height: fit.height)
        for placement in Letterbox.Placement.allCases {
            let box = image.letterboxed(
                width: canvas.0, height: canvas.1, placement: placement, padding: .grey114)
            let left = placement == .centred ? fit.left : 0
            let top = placement == .centred ? fit.top : 0
            let expected = resized.cropped(
                left: -left, top: -top, width: canvas.0, height: canvas.1, padding: .grey114)
            #expect(box.image == expected)
            #expect(box.mapping.fromSource(Point(x: 0, y: 0)) == Point(x: Double(left), y: Double(top)))
            let corner = box.mapping.fromSource(Point(x: Double(old.0), y: Double(old.1)))
            #expect(abs(corner.x - Double(left + fit.width)) < 1e-9)
            #expect(abs(corner.y - Double(top + fit.height)) < 1e-9)
            let back = box.mapping.toSource(box.mapping.fromSource(Point(x: 1.25, y: 0.5)))
            #expect(abs(back.x - 1.25) < 1e-9)
            #expect(abs(back.y - 0.5) < 1e-9)
        }
    }

    @Test("A small picture is left small where asked")
    func notEnlarging() {
        let image = TestPictures.noise(10, 6)
        let box = image.letterboxed(width: 32, height: 32, placement: .topLeft, padding: .black, enlarging: false)
        #expect(box.mapping == Mapping(scaleX: 1, scaleY: 1, left: 0, top: 0))
        #expect(box.image == image.cropped(left: 0, top: 0, width: 32, height: 32))
    }
}
