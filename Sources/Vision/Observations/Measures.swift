/// What plain arithmetic over the pixels says about a photo; needs no model. Luma and chroma are those of JPEG (Rec. 601).
package struct Measures: Sendable, Equatable {
    package var lighting: Lighting
    package var colour: Colour
    package var quality: Quality
    package var background: Background
    package var composition: Composition

    package init(
        lighting: Lighting = Lighting(), colour: Colour = Colour(), quality: Quality = Quality(),
        background: Background = Background(), composition: Composition = Composition()
    ) {
        self.lighting = lighting
        self.colour = colour
        self.quality = quality
        self.background = background
        self.composition = composition
    }

    /// How much light there is and how it is spread.
    package struct Lighting: Sendable, Equatable {
        /// Mean luma, 0 (black) ... 1 (white).
        package var brightness: Float = 0
        /// Median luma, 0...1.
        package var median: Float = 0
        /// Luma's 95th percentile less its 5th, 0...1.
        package var contrast: Float = 0
        /// Share of pixels that are nearly black (luma below 0.08), 0...1.
        package var shadows: Float = 0
        /// Share of pixels that are nearly white (luma above 0.97), 0...1.
        package var highlights: Float = 0
        /// Mean luma of the largest face, 0...1; nil without a face.
        package var face: Float?
        /// Mean luma around the people less theirs, -1...1: well above 0 means backlight; nil without people.
        package var backlight: Float?

        package init() {}
    }

    /// Which colours there are.
    package struct Colour: Sendable, Equatable {
        /// Mean distance of pixels from grey in the CbCr plane, 0 (grey) ... 1.
        package var saturation: Float = 0
        /// Blue to amber in what ought to be grey, -1 (blue) ... 1 (amber).
        package var warmth: Float = 0
        /// Magenta to green in what ought to be grey, -1 (magenta) ... 1 (green).
        package var greenness: Float = 0

        package init() {}
    }

    /// How well the photo is recorded.
    package struct Quality: Sendable, Equatable {
        /// Edge sharpness of the crispest parts, 0 (blur) ... 1 (as crisp as pixels allow).
        package var sharpness: Float = 0
        /// The same over the largest face; nil without one, or where it is too small to tell.
        package var faceSharpness: Float?
        /// Standard deviation of noise in flat parts, in levels of 255.
        package var noise: Float = 0
        /// Width times height of the photo, in millions.
        package var megapixels: Float = 0

        package init() {}
    }

    /// What lies behind the people, or the whole photo where there are none.
    package struct Background: Sendable, Equatable {
        /// Share of its area with edges, 0 (a plain wall) ... 1.
        package var busyness: Float = 0
        /// Edge sharpness, as ``Quality/sharpness``.
        package var sharpness: Float = 0
        /// Share of the photo that it is, 0...1.
        package var share: Float = 1

        package init() {}
    }

    /// How the picture is laid out.
    package struct Composition: Sendable, Equatable {
        /// People seen by face or body, each once; nil where no detector ran.
        package var people: Int?
        /// Index of the largest face in ``Analysis/faces``; nil without one.
        package var mainFace: Int?
        /// Its height over the photo's height, 0...1.
        package var faceHeight: Float?
        /// Its centre, 0...1 from the left and from the top.
        package var faceX: Float?
        package var faceY: Float?
        /// How far lines that ought to be level lean, in degrees, clockwise positive; nil where no lines tell.
        package var tilt: Float?
        /// Likeness of the left half to the mirrored right half, 0...1.
        package var symmetry: Float = 0

        package init() {}
    }
}
