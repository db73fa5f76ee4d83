import Images

extension Image {
    /// The JPEG a camera held in this EXIF orientation (1 to 8) writes of the picture.
    func jpeg(orientation: Int) throws -> [UInt8] {
        let file = try stored(orientation).jpeg(quality: 95)
        // One field: tag 0x0112, a SHORT.
        let tiff: [UInt8] = [
            0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0, 0,
        ]
        let content = Array("Exif\0\0".utf8) + tiff
        return file[..<2] + [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content + file[2...]
    }

    /// The pixels as they lie in the file: where turning them as the orientation says gives this picture.
    private func stored(_ orientation: Int) -> Image {
        let isTurned = orientation >= 5
        return Image(width: isTurned ? height : width, height: isTurned ? width : height) { x, y in
            let (column, row): (Int, Int) =
                switch orientation {
                case 2: (width - 1 - x, y)
                case 3: (width - 1 - x, height - 1 - y)
                case 4: (x, height - 1 - y)
                case 5: (y, x)
                case 6: (width - 1 - y, x)
                case 7: (width - 1 - y, height - 1 - x)
                case 8: (y, height - 1 - x)
                default: (x, y)
                }
            let colour = self[column, row]
            return (Double(colour.red), Double(colour.green), Double(colour.blue))
        }
    }
}
