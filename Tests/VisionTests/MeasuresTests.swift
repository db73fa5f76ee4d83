import Images
import TestSupport
import Testing
import Vision

@Suite struct MeasuresTests {
    private func measures(_ image: Image, faces: [Face] = [], bodies: [Body] = []) -> Measures {
        Measures(of: image, faces: faces, bodies: bodies)
    }

    // MARK: Light

    @Test(arguments: [0, 20, 128, 200, 255])
    func brightnessOfAnEvenPicture(level: Int) {
        let lighting = measures(Image(grey: 40, 30) { _, _ in Double(level) }).lighting
        #expect(abs(lighting.brightness - Float(level) / 255) < 1e-3)
        #expect(lighting.contrast == 0)
        #expect(lighting.shadows == (level < 20 ? 1 : level == 20 ? (20.0 / 255 < 0.08 ? 1 : 0) : 0))
        #expect(lighting.highlights == (level == 255 ? 1 : 0))
        #expect(lighting.face == nil && lighting.subject == nil && lighting.backlight == nil)
    }

    @Test func contrastSpansThePercentiles() {
        // Half dark, half light; then a few extremes that the percentiles leave out.
        let halves = measures(Image(grey: 100, 100) { x, _ in x < 50 ? 51 : 204 }).lighting
        #expect(abs(halves.contrast - 0.6) < 0.01)
        let specks = measures(Image(grey: 100, 100) { x, y in x == 0 && y < 50 ? 255 : x == 1 && y < 50 ? 0 : 128 })
            .lighting
        #expect(specks.contrast == 0)
    }

    @Test func weightsOfTheChannels() {
        for (colour, luma) in [((255.0, 0.0, 0.0), 0.299), ((0, 255, 0), 0.587), ((0, 0, 255), 0.114)] {
            let lighting = measures(Image(width: 20, height: 20) { _, _ in colour }).lighting
            #expect(abs(Double(lighting.brightness) - luma) < 1e-3)
        }
    }

    @Test func backlightIsWhatSurroundsThePersonLessThePerson() {
        let person = body(20, 20, 40, 60)
        let image = Image(grey: 100, 100) { x, y in (20..<60).contains(x) && (20..<80).contains(y) ? 51 : 204 }
        let lighting = measures(image, bodies: [person]).lighting
        #expect(abs((lighting.subject ?? 0) - 0.2) < 0.01)
        #expect(abs((lighting.backlight ?? 0) - 0.6) < 0.01)
    }

    @Test func faceBrightnessIsThatOfTheSureLargestFace() {
        let image = Image(grey: 100, 100) { x, _ in x < 50 ? 51 : 204 }
        let (dark, light) = (face(0, 0, 50, 100, score: 0.65), face(60, 20, 30, 40))
        let measures = measures(image, faces: [dark, light])
        #expect(measures.composition.mainFace == 1)
        #expect(abs((measures.lighting.face ?? 0) - 0.8) < 0.01)
        #expect(self.measures(image, faces: [dark]).composition.mainFace == 0)
    }

    // MARK: Colour

    @Test func greyHasNoColour() {
        let colour = measures(Image(grey: 64, 64) { x, y in Double((x * 7 + y * 13) % 256) }).colour
        #expect(colour.saturation < 1e-3 && colour.vividness < 2e-3)
        #expect(colour.warmShare == 0 && colour.coolShare == 0 && colour.greenShare == 0)
    }

    @Test(arguments: [0.7, 0.85, 1.15, 1.3])
    func castsLeanToTheirSide(factor: Double) {
        // Greys through a coloured glass: red up and blue down for amber.
        let image = Image(width: 64, height: 64) { x, y in
            let level = 60 + Double((x * 5 + y * 3) % 100)
            return (level * factor, level, level / factor)
        }
        let colour = measures(image).colour
        #expect((colour.warmth > 0) == (factor > 1))
        #expect(colour.warmShare > 0.95 || colour.coolShare > 0.95)
        #expect((colour.warmShare > colour.coolShare) == (factor > 1))
        #expect(colour.litShare == 1)
    }

    @Test func greenCast() {
        let colour = measures(Image(width: 32, height: 32) { _, _ in (90, 130, 90) }).colour
        #expect(colour.greenShare == 1 && colour.greenness > 0.025 && colour.warmShare == 0)
    }

    @Test func vividnessIgnoresTwoInAHundred() {
        let image = Image(width: 100, height: 100) { x, y in x == 0 && y < 90 ? (255, 0, 0) : (128, 128, 128) }
        let colour = measures(image).colour
        #expect(colour.vividness < 0.01 && colour.saturation > 0.005)
        let most = measures(Image(width: 100, height: 100) { x, _ in x < 5 ? (255, 0, 0) : (128, 128, 128) }).colour
        #expect(most.vividness > 0.9)
    }

    @Test func blackAndWhitePixelsTellNothingOfColour() {
        let image = Image(width: 10, height: 10) { x, _ in x < 5 ? (0, 0, 20) : (120, 120, 120) }
        let colour = measures(image).colour
        #expect(colour.litShare == 0.5 && colour.coolShare == 0)
    }

    // MARK: Quality

    /// Rectangles of several greys, softened by averaging over `blur` pixels each way.
    private func blocks(blurAcross: Int, blurDown: Int) -> Image {
        func level(_ x: Int, _ y: Int) -> Double { Double(((x / 24) * 7 + (y / 24) * 13) % 9) * 28 }
        return Image(grey: 480, 480) { x, y in
            var sum = 0.0
            for dy in 0..<blurDown {
                for dx in 0..<blurAcross {
                    sum += level(min(max(x + dx - blurAcross / 2, 0), 479), min(max(y + dy - blurDown / 2, 0), 479))
                }
            }
            return sum / Double(blurAcross * blurDown)
        }
    }

    @Test func sharpnessFallsWithBlur() throws {
        let values = try [1, 3, 5, 9].map { blur in
            try #require(measures(blocks(blurAcross: blur, blurDown: blur)).quality.sharpness)
        }
        #expect(values[0] > 0.85)
        for (sharper, softer) in zip(values, values.dropFirst()) { #expect(sharper > softer + 0.1) }
        #expect(values[3] < 0.4)
    }

    @Test func motionBlursOneWay() throws {
        let across = measures(blocks(blurAcross: 9, blurDown: 1)).quality
        #expect(try #require(across.sharpnessDown) > (try #require(across.sharpnessAcross)) + 0.3)
        let down = measures(blocks(blurAcross: 1, blurDown: 9)).quality
        #expect(try #require(down.sharpnessAcross) > (try #require(down.sharpnessDown)) + 0.3)
    }

    @Test func anEvenPictureTellsNothingOfSharpness() {
        #expect(measures(Image(grey: 300, 300) { _, _ in 77 }).quality.sharpness == nil)
    }

    @Test(arguments: [2.0, 5, 12])
    func noiseIsMeasuredInLevels(deviation: Double) {
        var random = TestRandom(seed: 7)
        let image = Image(grey: 400, 400) { _, _ in
            // Twelve evenly spread numbers add up to nearly a normal one.
            let sum = (0..<12).reduce(0.0) { total, _ in total + Double.random(in: 0...1, using: &random) }
            return 128 + (sum - 6) * deviation
        }
        let quality = measures(image).quality
        #expect(abs(Double(quality.noise) - deviation) < 0.2 * deviation)
        #expect(quality.grain >= quality.noise)
    }

    @Test func slopesAreNoNoise() {
        #expect(measures(Image(grey: 400, 400) { x, y in Double(x) / 4 + Double(y) / 4 }).quality.noise < 0.6)
        #expect(measures(Image(grey: 400, 400) { _, _ in 90 }).quality.noise == 0)
    }

    @Test func faceSharpnessNeedsALargeFace() {
        let image = blocks(blurAcross: 1, blurDown: 1)
        #expect(measures(image, faces: [face(100, 100, 100, 100)]).quality.faceSharpness ?? 0 > 0.7)
        #expect(measures(image, faces: [face(100, 100, 30, 40)]).quality.faceSharpness == nil)
        #expect(measures(image, faces: [face(900, 100, 100, 100)]).quality.faceSharpness == nil)
    }

    @Test func megapixels() {
        #expect(measures(Image(width: 400, height: 250, colour: .white)).quality.megapixels == 0.1)
    }

    // MARK: Background

    @Test func backgroundIsWhatPeopleLeave() {
        // A busy person before a plain wall, and the other way round.
        let person = body(100, 50, 100, 150)
        func isPerson(_ x: Int, _ y: Int) -> Bool { (100..<200).contains(x) && (50..<200).contains(y) }
        func busy(_ x: Int, _ y: Int) -> Double { (x / 2 + y / 2) % 2 == 0 ? 20 : 220 }
        let plain = measures(Image(grey: 300, 200) { x, y in isPerson(x, y) ? busy(x, y) : 128 }, bodies: [person])
        #expect(plain.background.busyness < 0.01 && plain.background.detail < 0.01)
        #expect(abs(plain.background.share - 0.75) < 0.01)
        let cluttered = measures(Image(grey: 300, 200) { x, y in isPerson(x, y) ? 128 : busy(x, y) }, bodies: [person])
        #expect(cluttered.background.busyness > 0.6)
        #expect(cluttered.background.subjectSharpness ?? 1 < cluttered.background.sharpness)
    }

    @Test func withoutPeopleTheBackgroundIsAll() {
        let background = measures(Image(grey: 60, 60) { _, _ in 10 }).background
        #expect(background.share == 1 && background.subjectSharpness == nil && background.busyness == 0)
    }

    @Test func aPersonWhoFillsThePhotoLeavesNone() {
        let measures = measures(Image(grey: 60, 60) { _, _ in 10 }, bodies: [body(-5, -5, 100, 100)])
        #expect(measures.background.share == 0 && measures.lighting.backlight == nil)
        #expect(measures.lighting.subject != nil)
    }

    // MARK: Scenery

    @Test func foliageIsGreenAndRough() {
        func green(_ level: Double) -> (Double, Double, Double) { (level * 0.6, level, level * 0.4) }
        let rough = measures(Image(width: 100, height: 100) { x, y in green((x * 7 + y * 3) % 5 < 2 ? 80 : 140) })
        #expect(rough.scenery.foliage > 0.9)
        let wall = measures(Image(width: 100, height: 100) { _, _ in green(110) })
        #expect(wall.scenery.foliage == 0)
        let grey = measures(Image(grey: 100, 100) { x, y in (x * 7 + y * 3) % 5 < 2 ? 80 : 140 })
        #expect(grey.scenery.foliage == 0)
    }

    @Test func skyIsBlueAndAbove() {
        let scenery = measures(Image(width: 100, height: 80) { _, y in y < 40 ? (110, 170, 240) : (90, 80, 60) })
            .scenery
        #expect(scenery.skyAbove == 1 && scenery.skyBelow == 0 && scenery.foliage == 0)
        let night = measures(Image(width: 100, height: 80) { _, _ in (10, 20, 60) }).scenery
        #expect(night.skyAbove == 0)
    }

    // MARK: Composition

    /// A chequered floor turned clockwise by `degrees`, with the soft edges that a camera gives.
    private func floor(_ degrees: Double) -> Image {
        let (c, s) = (cosine(degrees), sine(degrees))
        return Image(grey: 400, 300) { x, y in
            var light = 0.0
            for part in 0..<16 {
                let (px, py) = (Double(x) + Double(part % 4) / 4, Double(y) + Double(part / 4) / 4)
                let (u, v) = ((px * c + py * s) / 25, (-px * s + py * c) / 25)
                light += (Int(u.rounded(.down)) + Int(v.rounded(.down))) % 2 == 0 ? 60 : 190
            }
            return light / 16
        }
    }

    @Test(arguments: [-12.0, -6, 0, 8, 15])
    func tiltOfAFloor(degrees: Double) throws {
        let tilt = try #require(measures(floor(degrees)).composition.tilt)
        #expect(abs(Double(tilt) - degrees) < 1.2)
    }

    @Test func tiltNeedsLinesBothWays() {
        #expect(measures(Image(grey: 200, 200) { _, _ in 50 }).composition.tilt == nil)
        // Stripes alone may lean by perspective.
        let stripes = Image(grey: 200, 200) { x, y in (y + x / 10) / 20 % 2 == 0 ? 50 : 200 }
        #expect(measures(stripes).composition.tilt == nil)
    }

    @Test func placeOfTheFace() {
        let composition = measures(Image(width: 200, height: 100, colour: .white), faces: [face(140, 10, 20, 40)])
            .composition
        #expect(composition.mainFace == 0)
        #expect(composition.faceHeight == 0.4 && composition.faceX == 0.75 && composition.faceY == 0.3)
        #expect(composition.people == nil)
    }

    /// Pictures of awkward sizes are measured without a crash, and give numbers.
    @Test(arguments: [(1, 1), (2, 1), (1, 2), (3, 3), (1, 700), (700, 1), (17, 5), (513, 2)])
    func anySize(width: Int, height: Int) {
        let image = Image(grey: width, height) { x, y in Double((x * 31 + y * 17) % 256) }
        let measures = measures(image, faces: [face(0, 0, 3, 3)], bodies: [body(-3, -3, 900, 900)])
        #expect(measures.lighting.brightness.isFinite && measures.colour.saturation.isFinite)
        #expect(measures.quality.noise.isFinite && measures.background.sharpness.isFinite)
    }
}
