/// The stacks of a network's calls, shared as far as they are the same: a graph-structured stack (Tomita 1985), each frame and
/// each set of frames once.
struct GrammarStacks: Sendable {
    struct Frame: Sendable {
        /// The state of the network that a rule's end returns to.
        let target: Int32
        /// The set of frames below.
        let parents: Int32
        /// More than that of any frame below.
        let height: Int32
        /// Depends on what the frame is, not on when it was met.
        let hash: UInt64
    }

    private struct Key: Hashable {
        let target: Int32
        let parents: Int32
    }

    /// Below the root: when it is popped the text is whole.
    static let bottom: Int32 = 0
    /// Stands for whatever a rule was called from, where that is left open.
    static let open: Int32 = 1

    private(set) var frames: [Frame] = [
        Frame(target: -1, parents: 0, height: 0, hash: 1), Frame(target: -2, parents: 0, height: 0, hash: 2),
    ]
    /// Sorted numbers of frames.
    private(set) var sets: [[Int32]] = [[]]
    private var frameNumbers: [Key: Int32] = [:]
    private var setNumbers: [[Int32]: Int32] = [[]: 0]
    /// Roughly, what all of it takes.
    private(set) var bytes = 0

    /// The number of a set.
    mutating func set(_ frames: [Int32]) -> Int32 {
        let sorted = frames.count > 1 ? frames.sorted() : frames
        if let number = setNumbers[sorted] { return number }
        let number = Int32(sets.count)
        sets.append(sorted)
        setNumbers[sorted] = number
        bytes += 160 + 4 * sorted.count
        return number
    }

    /// The number of a frame that returns to a state of the network above a set of frames.
    mutating func frame(target: Int32, parents: Int32) -> Int32 {
        let key = Key(target: target, parents: parents)
        if let number = frameNumbers[key] { return number }
        let number = Int32(frames.count)
        var height: Int32 = 0
        var sum: UInt64 = 0
        for parent in sets[Int(parents)] {
            height = max(height, frames[Int(parent)].height + 1)
            sum &+= Self.mixed(frames[Int(parent)].hash)
        }
        let hash = Self.mixed(sum ^ UInt64(UInt32(bitPattern: target)) << 16)
        frames.append(Frame(target: target, parents: parents, height: height, hash: hash))
        frameNumbers[key] = number
        bytes += 96
        return number
    }

    /// The frames below one.
    func parents(of frame: Int32) -> [Int32] { sets[Int(frames[Int(frame)].parents)] }

    /// Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators".
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The highest frame that all stacks with these frames on top pass through.
    func base(of tops: Set<Int32>) -> Int32 {
        var tops = tops
        while tops.count > 1 {
            let height = tops.reduce(0) { max($0, frames[Int($1)].height) }
            for frame in tops where frames[Int(frame)].height == height {
                tops.remove(frame)
                tops.formUnion(parents(of: frame))
            }
        }
        return tops.first ?? Self.bottom
    }
}
