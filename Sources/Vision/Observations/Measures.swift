/// What plain arithmetic over the pixels says about a photo; needs no model.
///
/// Luma and chroma are those of JPEG (Rec. 601), read on a copy of at most 512 pixels a side, so that the numbers mean
/// the same for photos of any size.
package struct Measures: Sendable, Equatable {
    package var lighting = Lighting()
    package var colour = Colour()
    package var quality = Quality()
    package var background = Background()
    package var scenery = Scenery()
    package var composition = Composition()

    package init() {}

    /// How much light there is and how it is spread.
    package struct Lighting: Sendable, Equatable {
        /// Mean luma, 0 (black) ... 1 (white).
        package var brightness: Float = 0
        /// Luma's 95th percentile less its 5th, 0...1.
        package var contrast: Float = 0
        /// Share of pixels that are nearly black (luma below 0.08), 0...1.
        package var shadows: Float = 0
        /// Share of pixels that are nearly white (luma above 0.97), 0...1.
        package var highlights: Float = 0
        /// Mean luma of the largest face, 0...1; nil without a face.
        package var face: Float?
        /// Mean luma of the people, 0...1; nil without people.
        package var subject: Float?
        /// Mean luma around the people less theirs, -1...1: well above 0 means backlight; nil without people.
        package var backlight: Float?

        package init() {}
    }

    /// Which colours there are.
    package struct Colour: Sendable, Equatable {
        /// Mean distance of pixels from grey in the CbCr plane, 0 (grey) ... 1.
        package var saturation: Float = 0
        /// The distance that only 2 % of pixels exceed, 0...1.
        package var vividness: Float = 0
        /// Mean Cr less Cb, -1 (blue) ... 1 (amber).
        package var warmth: Float = 0
        /// Mean of -Cb-Cr, -1 (magenta) ... 1 (green).
        package var greenness: Float = 0
        /// Share of the pixels neither black nor blown out that lean to amber, to blue and to green, 0...1 each.
        package var warmShare: Float = 0
        package var coolShare: Float = 0
        package var greenShare: Float = 0
        /// Share of pixels neither black nor blown out, 0...1.
        package var litShare: Float = 0

        package init() {}
    }

    /// How well the photo is recorded.
    package struct Quality: Sendable, Equatable {
        /// Edge sharpness of the crispest parts, 0 (blur) ... 1 (as crisp as pixels allow); nil with too few edges to
        /// tell.
        package var sharpness: Float?
        /// The same of edges met going across and going down; far apart under motion blur.
        package var sharpnessAcross: Float?
        package var sharpnessDown: Float?
        /// The same over the largest face; nil without one, or where it is too small to tell.
        package var faceSharpness: Float?
        /// Standard deviation of noise in the flattest fifth of the photo, in levels of 255, at full size.
        package var noise: Float = 0
        /// The same in the median part, which texture raises too.
        package var grain: Float = 0
        /// Width times height of the photo, in millions.
        package var megapixels: Float = 0

        package init() {}
    }

    /// What lies behind the people, or the whole photo where there are none.
    package struct Background: Sendable, Equatable {
        /// Share of its pixels on an edge, 0 (a plain wall) ... 1.
        package var busyness: Float = 0
        /// Mean step of luma from pixel to pixel, 0...1.
        package var detail: Float = 0
        /// Edge sharpness, as ``Quality/sharpness``, over all of it.
        package var sharpness: Float = 0
        /// Edge sharpness of the people; nil without people.
        package var subjectSharpness: Float?
        /// Share of the photo that it is, 0...1.
        package var share: Float = 1

        package init() {}
    }

    /// What of the open air there is to be seen.
    package struct Scenery: Sendable, Equatable {
        /// Share of pixels with the colour and the roughness of leaves and grass, 0...1.
        package var foliage: Float = 0
        /// Share of the uppermost quarter, and of the lowest, that is light blue, 0...1: sky is above only.
        package var skyAbove: Float = 0
        package var skyBelow: Float = 0

        package init() {}
    }

    /// How the picture is laid out.
    package struct Composition: Sendable, Equatable {
        /// People seen by face or body, each once; nil where no detector ran.
        package var people: PeopleCount?
        /// Index of the largest face in ``Analysis/faces``; nil without one.
        package var mainFace: Int?
        /// Its height over the photo's height, 0...1.
        package var faceHeight: Float?
        /// Its centre, 0...1 from the left and from the top.
        package var faceX: Float?
        package var faceY: Float?
        /// How far lines that ought to be level or plumb lean, in degrees, clockwise positive; nil where none tell.
        package var tilt: Float?

        package init() {}
    }
}

/// How many people a photo shows, as far as detectors can tell.
package struct PeopleCount: Sendable, Hashable {
    /// The likeliest number.
    package let count: Int
    /// Those that are beyond doubt.
    package let atLeast: Int
    /// All that were found.
    package let atMost: Int
    /// Highest score of a face or body too weak to be counted, 0...1: what speaks against `count` being all.
    package let doubt: Float

    package init(count: Int, atLeast: Int, atMost: Int, doubt: Float) {
        self.count = count
        self.atLeast = atLeast
        self.atMost = atMost
        self.doubt = doubt
    }
}
