import Images
import TestSupport
import Testing

@Suite("Similarity transforms and warping")
struct WarpTests {
    private func points(_ count: Int, seed: UInt64) -> [Point] {
        var random = TestRandom(seed: seed)
        return (0..<count).map { _ in
            Point(x: Double.random(in: -50...150, using: &random), y: Double.random(in: -50...150, using: &random))
        }
    }

    private func near(_ a: Point, _ b: Point, _ tolerance: Double = 1e-9) -> Bool {
        abs(a.x - b.x) <= tolerance && abs(a.y - b.y) <= tolerance
    }

    static let transforms = [
        Similarity.identity, Similarity(a: 2, b: 0, tx: 5, ty: -3), Similarity(a: 0, b: 1, tx: 0, ty: 0),
        Similarity(a: -0.3, b: 0.4, tx: 100, ty: 7), Similarity(a: 0.01, b: -0.02, tx: 1, ty: 1),
    ]

    @Test("A transform is found again from points it moved", arguments: transforms, [2, 3, 5, 20])
    func fitting(transform: Similarity, count: Int) throws {
        let source = points(count, seed: 3)
        let found = try #require(Similarity.fitting(from: source, to: source.map(transform.apply)))
        #expect(abs(found.a - transform.a) < 1e-9)
        #expect(abs(found.b - transform.b) < 1e-9)
        for point in source { #expect(near(found.apply(point), transform.apply(point))) }
    }

    @Test("No transform near the fitted one fits better")
    func leastSquares() throws {
        let source = points(5, seed: 1)
        let target = points(5, seed: 2)
        func error(_ transform: Similarity) -> Double {
            zip(source, target).reduce(0) { sum, pair in
                let moved = transform.apply(pair.0)
                let (x, y) = (moved.x - pair.1.x, moved.y - pair.1.y)
                return sum + x * x + y * y
            }
        }
        let best = try #require(Similarity.fitting(from: source, to: target))
        for step in [-0.001, 0.001] {
            #expect(error(Similarity(a: best.a + step, b: best.b, tx: best.tx, ty: best.ty)) > error(best))
            #expect(error(Similarity(a: best.a, b: best.b + step, tx: best.tx, ty: best.ty)) > error(best))
            #expect(error(Similarity(a: best.a, b: best.b, tx: best.tx + step, ty: best.ty)) > error(best))
            #expect(error(Similarity(a: best.a, b: best.b, tx: best.tx, ty: best.ty + step)) > error(best))
        }
    }

    @Test("Points that say nothing give no transform")
    func degenerate() {
        let one = Point(x: 3, y: 4)
        let other = Point(x: 5, y: 4)
        #expect(Similarity.fitting(from: [], to: []) == nil)
        #expect(Similarity.fitting(from: [one], to: [one]) == nil)
        #expect(Similarity.fitting(from: [one, one], to: [one, other]) == nil)
        #expect(Similarity.fitting(from: [one, other], to: [one, one]) == nil)
        #expect(Similarity.fitting(from: [one, other], to: [one]) == nil)
        #expect(Similarity.fitting(from: [one, Point(x: .nan, y: 0)], to: [one, other]) == nil)
        #expect(Similarity.fitting(from: [one, Point(x: .infinity, y: 0)], to: [one, other]) == nil)
        #expect(Similarity(a: 0, b: 0, tx: 1, ty: 1).inverse == nil)
    }

    @Test("The inverse leads back, and scale and angle are the transform's", arguments: transforms)
    func inverse(transform: Similarity) throws {
        let inverse = try #require(transform.inverse)
        for point in points(4, seed: 9) { #expect(near(inverse.apply(transform.apply(point)), point, 1e-6)) }
        #expect(abs(inverse.scale * transform.scale - 1) < 1e-9)
    }

    @Test("A quarter turn clockwise has the angle π/2")
    func angle() {
        #expect(abs(Similarity(a: 0, b: 2, tx: 0, ty: 0).angle - .pi / 2) < 1e-12)
        #expect(Similarity(a: 0, b: 2, tx: 0, ty: 0).scale == 2)
    }

    @Test("Whole steps move pixels unchanged")
    func moves() {
        let image = TestPictures.noise(7, 5)
        #expect(image.warped(by: .identity, width: 7, height: 5) == image)
        let moved = image.warped(
            by: Similarity(a: 1, b: 0, tx: 2, ty: -1), width: 9, height: 6, padding: .grey114)
        #expect(moved == image.cropped(left: -2, top: 1, width: 9, height: 6, padding: .grey114))
    }

    @Test("A quarter turn is EXIF's orientation 6")
    func quarterTurn() {
        let image = TestPictures.noise(7, 5)
        let turned = image.warped(by: Similarity(a: 0, b: 1, tx: 4, ty: 0), width: 5, height: 7)
        #expect(turned == image.oriented(6))
    }

    @Test("Between pixels lies the mean, and at the border half the padding")
    func between() {
        let image = Image(width: 2, height: 1, pixels: [10, 20, 30, 20, 40, 60])
        let half = image.warped(by: Similarity(a: 1, b: 0, tx: -0.5, ty: 0), width: 2, height: 1, padding: .black)
        #expect(half[0, 0] == Colour(red: 15, green: 30, blue: 45))
        #expect(half[1, 0] == Colour(red: 10, green: 20, blue: 30))
    }

    @Test("Any warp is the bilinear mix of the four pixels around, within one level", arguments: transforms)
    func reference(transform: Similarity) throws {
        let image = TestPictures.noise(23, 19)
        let padding = Colour(red: 200, green: 100, blue: 0)
        let warped = image.warped(by: transform, width: 31, height: 17, padding: padding)
        let back = try #require(transform.inverse)
        func sample(_ x: Int, _ y: Int) -> [Double] {
            let inside = (0..<23).contains(x) && (0..<19).contains(y)
            let colour = inside ? image[x, y] : padding
            return [colour.red, colour.green, colour.blue].map(Double.init)
        }
        for y in 0..<17 {
            for x in 0..<31 {
                let place = back.apply(Point(x: Double(x), y: Double(y)))
                guard abs(place.x) < 100, abs(place.y) < 100 else {
                    #expect(warped[x, y] == padding)
                    continue
                }
                let (left, top) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
                let (fx, fy) = (place.x - Double(left), place.y - Double(top))
                let got = [warped[x, y].red, warped[x, y].green, warped[x, y].blue].map(Double.init)
                for channel in 0..<3 {
                    let upper = sample(left, top)[channel] * (1 - fx) + sample(left + 1, top)[channel] * fx
                    let lower = sample(left, top + 1)[channel] * (1 - fx) + sample(left + 1, top + 1)[channel] * fx
                    #expect(abs(upper * (1 - fy) + lower * fy - got[channel]) <= 1)
                }
            }
        }
    }

    @Test(
        "Transforms that are not numbers give padding",
        arguments: [
            Similarity(a: .nan, b: 0, tx: 0, ty: 0), Similarity(a: 1, b: 0, tx: .infinity, ty: 0),
            Similarity(a: 0, b: 0, tx: 0, ty: 0), Similarity(a: 1e-200, b: 0, tx: 0, ty: 0),
            Similarity(a: 1e300, b: 1e300, tx: 0, ty: .nan),
        ])
    func notNumbers(transform: Similarity) {
        let warped = TestPictures.noise(4, 4).warped(by: transform, width: 3, height: 2, padding: .white)
        #expect(warped == Image(width: 3, height: 2, colour: .white))
    }
}
