/// Writes small baseline JPEGs of any component count and sampling, for cases that no photo library writes: every 8 x 8 block is
/// flat, so the decoded samples are known exactly.
struct JPEGWriter {
    var width: Int
    var height: Int
    /// One flat value a component.
    var values: [UInt8]
    /// Horizontal and vertical sampling factors, one pair a component.
    var sampling: [(h: Int, v: Int)]
    /// Adobe's transform code (0 none, 1 YCbCr, 2 YCCK), or nil for no Adobe segment.
    var adobe: UInt8?
    var frameMarker: UInt8 = 0xC0
    var precision: UInt8 = 8
    /// One scan a component rather than one for all.
    var separateScans = false
    /// Writes all scans this many times over.
    var repeats = 1

    init(width: Int, height: Int, values: [UInt8], sampling: [(h: Int, v: Int)]? = nil, adobe: UInt8? = nil) {
        self.width = width
        self.height = height
        self.values = values
        self.sampling = sampling ?? values.map { _ in (1, 1) }
        self.adobe = adobe
    }

    /// The whole file.
    func file() -> [UInt8] {
        var bytes = tables()
        let all = Array(values.indices)
        for _ in 0..<repeats {
            for components in separateScans ? all.map({ [$0] }) : [all] { bytes += scan(components) }
        }
        return bytes + [0xFF, 0xD9]
    }

    /// The file up to its first scan's data.
    func header() -> [UInt8] { tables() + scanHeader(Array(values.indices)) }

    private func tables() -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        if let adobe { bytes += Self.segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, adobe]) }
        // A step of 8 makes a block's first coefficient its value less 128.
        bytes += Self.segment(0xDB, [0] + [UInt8](repeating: 8, count: 64))
        bytes += Self.segment(frameMarker, frame())
        // Twelve codes of four bits: the number of bits of a difference.
        bytes += Self.segment(0xC4, [0x00] + Self.lengths(4, count: 12) + (0..<12).map { UInt8($0) })
        // One code of one bit: no more coefficients.
        return bytes + Self.segment(0xC4, [0x10] + Self.lengths(1, count: 1) + [0x00])
    }

    static func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
    }

    private static func lengths(_ length: Int, count: UInt8) -> [UInt8] {
        (1...16).map { $0 == length ? count : 0 }
    }

    private func frame() -> [UInt8] {
        var body: [UInt8] = [precision]
        for number in [height, width] { body += [UInt8(number >> 8), UInt8(number & 255)] }
        body.append(UInt8(values.count))
        for (index, factors) in sampling.enumerated() {
            body += [UInt8(index + 1), UInt8(factors.h << 4 | factors.v), 0]
        }
        return body
    }

    private func scanHeader(_ components: [Int]) -> [UInt8] {
        var header: [UInt8] = [UInt8(components.count)]
        for component in components { header += [UInt8(component + 1), 0x00] }
        return Self.segment(0xDA, header + [0, 63, 0])
    }

    private func scan(_ components: [Int]) -> [UInt8] {
        let most = (h: sampling.map(\.h).max() ?? 1, v: sampling.map(\.v).max() ?? 1)
        var bits = BitWriter()
        var isFirst = Set(components)
        func blocks(_ component: Int, _ count: Int) {
            for _ in 0..<count {
                // A flat picture: the first block's difference is its value, all others' is none.
                bits.block(difference: isFirst.remove(component) == nil ? 0 : Int(values[component]) - 128)
            }
        }
        func ceiling(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }
        if components.count == 1, let only = components.first {
            let across = ceiling(ceiling(width * sampling[only].h, most.h), 8)
            let down = ceiling(ceiling(height * sampling[only].v, most.v), 8)
            blocks(only, across * down)
        } else {
            for _ in 0..<ceiling(width, 8 * most.h) * ceiling(height, 8 * most.v) {
                for component in components { blocks(component, sampling[component].h * sampling[component].v) }
            }
        }
        return scanHeader(components) + bits.finish()
    }
}

/// Bits, most significant first, with a zero after each 0xFF.
private struct BitWriter {
    private var bytes: [UInt8] = []
    private var held = 0
    private var count = 0

    mutating func block(difference: Int) {
        let size = Int.bitWidth - abs(difference).leadingZeroBitCount
        put(size, bits: 4)
        if size > 0 { put(difference > 0 ? difference : difference + (1 << size) - 1, bits: size) }
        put(0, bits: 1)
    }

    private mutating func put(_ value: Int, bits: Int) {
        for bit in (0..<bits).reversed() {
            held = held << 1 | (value >> bit & 1)
            count += 1
            if count == 8 { flush() }
        }
    }

    private mutating func flush() {
        bytes.append(UInt8(held))
        if held == 0xFF { bytes.append(0) }
        (held, count) = (0, 0)
    }

    mutating func finish() -> [UInt8] {
        while count > 0 { put(1, bits: 1) }
        return bytes
    }
}
