/// One pixel, 8 bits a channel, sRGB as the file gave it.
package struct Colour: Sendable, Hashable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The grey with this value in all channels.
    package init(grey: UInt8) { self.init(red: grey, green: grey, blue: grey) }

    package static let black = Colour(grey: 0)
    package static let white = Colour(grey: 255)
    /// The padding that the YOLO family of detectors was trained with.
    package static let grey114 = Colour(grey: 114)
}
