/// Where texts can be in a grammar, gathered into deterministic places as they are met: a set of the network's states, each with
/// the stacks that it was reached with.
struct GrammarPlaces: Sendable {
    struct Member: Sendable {
        /// A state of the network that a byte or token leads on from.
        let state: Int32
        /// The set of frames on top of its stacks.
        let frames: Int32
    }

    struct Place: Sendable {
        let members: [Member]
        /// Whether the text may end here.
        let accepts: Bool
        /// Whether the rule that ``GrammarStacks/open`` stands below may end here.
        let escapes: Bool
    }

    /// Most pairs of a state and a frame in a place: what would need more leads nowhere.
    static let mostPairs = 16_384
    /// Most calls within one another.
    static let deepest = 1024
    /// Work of one question; past it new steps lead nowhere.
    static let mostWork = 20_000_000

    let network: GrammarNetwork
    private(set) var stacks = GrammarStacks()
    private(set) var places: [Place] = []
    private var numbers: [[Int32]: Int32] = [:]
    /// ``Place/escapes`` of each.
    private(set) var escapes: [Bool] = []
    /// Where the row of each place begins in ``steps``; -1 while nothing was asked.
    private var rows: [Int] = []
    /// Where each class of bytes leads: -1 nowhere, -2 not known yet.
    private var steps: [Int32] = []
    /// Each place without the frames that all its stacks share, and the highest of those; nil where nothing was asked.
    private var locals: [(place: Int32, base: Int32)?] = []
    private var returns: [Int32: Int32] = [:]
    private var scratch: Scratch
    private var placeBytes = 0
    /// What was done since the question began.
    var work = 0

    /// Memory for ``place(of:)``.
    private struct Scratch: Sendable {
        /// The place of each state of the network in `found`, where its mark is the current one.
        var indices: [Int32]
        var marks: [Int32]
        var mark: Int32 = 0
        var found: [(state: Int32, frames: [Int32])] = []
        var waiting: [(state: Int32, frame: Int32)] = []
        /// Calls still to be gone into, the rule of the lowest rank last.
        var calls: [(rank: Int32, rule: Int32, state: Int32, target: Int32)] = []
        var pairs = 0
    }

    init(_ network: GrammarNetwork) {
        self.network = network
        let count = network.states.count
        scratch = Scratch(indices: [Int32](repeating: 0, count: count), marks: [Int32](repeating: 0, count: count))
        _ = place(of: [(network.rules[0].start, GrammarStacks.bottom)])
    }

    /// Roughly, what all of it takes beyond what it began with.
    var bytes: Int { placeBytes + stacks.bytes }

    static var start: Int32 { 0 }

    /// Where a byte leads from a place, or a number below 0.
    @inline(__always)
    mutating func step(_ place: Int32, _ byteClass: Int) -> Int32 {
        let row = rows[Int(place)]
        if row >= 0 {
            let known = steps[row + byteClass]
            if known != -2 { return known }
        }
        return newStep(place, byteClass)
    }

    @inline(never)
    private mutating func newStep(_ place: Int32, _ byteClass: Int) -> Int32 {
        var row = rows[Int(place)]
        if row < 0 {
            row = steps.count
            rows[Int(place)] = row
            steps += repeatElement(-2, count: network.byteClasses.count)
            placeBytes += 4 * network.byteClasses.count
        }
        guard work < Self.mostWork else { return -1 }
        let byte = network.byteClasses.examples[byteClass]
        var seeds: [(state: Int32, frame: Int32)] = []
        for member in places[Int(place)].members {
            for edge in network.states[Int(member.state)].edges {
                guard case .bytes(let set) = edge.label, set.contains(byte) else { continue }
                for frame in stacks.sets[Int(member.frames)] { seeds.append((edge.target, frame)) }
            }
        }
        let target = self.place(of: seeds) ?? -1
        steps[row + byteClass] = target
        return target
    }

    /// Where a token that the grammar names leads, as the beginning of ``place(of:)``.
    func seeds(from place: Int32, token: Token) -> [(state: Int32, frame: Int32)] {
        places[Int(place)].members.flatMap { member in
            network.states[Int(member.state)].edges.flatMap { edge -> [(state: Int32, frame: Int32)] in
                guard case .token(token) = edge.label else { return [] }
                return stacks.sets[Int(member.frames)].map { (edge.target, $0) }
            }
        }
    }

    /// The place itself, as the beginning of ``place(of:)``.
    func seeds(of place: Int32) -> [(state: Int32, frame: Int32)] {
        places[Int(place)].members.flatMap { member in stacks.sets[Int(member.frames)].map { (member.state, $0) } }
    }

    /// The place of these states, each with the frame on top of a stack, and of those that nothing leads to from them; nil for
    /// none, or for more than ``mostPairs``.
    mutating func place(of seeds: [(state: Int32, frame: Int32)], accepts: Bool = false) -> Int32? {
        var (accepts, escapes) = (accepts, false)
        begin()
        for seed in seeds { reach(seed.state, seed.frame) }
        // First what ends and returns: it only goes down the stacks that are there.
        while let (state, frame) = scratch.waiting.popLast() {
            for target in network.states[Int(state)].free { reach(target, frame) }
            guard network.states[Int(state)].isEnd else { continue }
            switch frame {
            case GrammarStacks.bottom: accepts = true
            case GrammarStacks.open: escapes = true
            default:
                let target = stacks.frames[Int(frame)].target
                for parent in stacks.parents(of: frame) { reach(target, parent) }
            }
        }
        enterCalls()
        guard scratch.pairs <= Self.mostPairs else { return nil }
        let members = scratch.found.filter { !network.states[Int($0.state)].edges.isEmpty }
            .sorted { $0.state < $1.state }
            .map { Member(state: $0.state, frames: stacks.set($0.frames)) }
        guard !members.isEmpty || accepts || escapes else { return nil }
        return number(of: Place(members: members, accepts: accepts, escapes: escapes))
    }

    /// Then what is called, a rule only after all that may begin with it, so that its callers are all known.
    private mutating func enterCalls() {
        while let next = scratch.calls.last, scratch.pairs <= Self.mostPairs {
            var frames: [Int32] = []
            while let call = scratch.calls.last, call.rule == next.rule {
                scratch.calls.removeLast()
                let callers = scratch.found[Int(scratch.indices[Int(call.state)])].frames
                // From a call at a rule's end nothing needs to be returned to but what the rule itself returns to.
                if network.states[Int(call.target)].isFinal {
                    frames += callers
                } else {
                    let frame = stacks.frame(target: call.target, parents: stacks.set(callers))
                    if stacks.frames[Int(frame)].height <= Self.deepest { frames.append(frame) }
                }
            }
            for frame in frames { reach(network.rules[Int(next.rule)].start, frame) }
            while let (state, frame) = scratch.waiting.popLast() {
                for target in network.states[Int(state)].free { reach(target, frame) }
            }
        }
    }

    private mutating func begin() {
        scratch.mark += 1
        scratch.found.removeAll(keepingCapacity: true)
        scratch.waiting.removeAll(keepingCapacity: true)
        scratch.calls.removeAll(keepingCapacity: true)
        scratch.pairs = 0
    }

    private mutating func reach(_ state: Int32, _ frame: Int32) {
        guard scratch.pairs <= Self.mostPairs else { return }
        work += 1
        if scratch.marks[Int(state)] == scratch.mark {
            let index = Int(scratch.indices[Int(state)])
            work += scratch.found[index].frames.count
            guard !scratch.found[index].frames.contains(frame) else { return }
            scratch.found[index].frames.append(frame)
        } else {
            scratch.marks[Int(state)] = scratch.mark
            scratch.indices[Int(state)] = Int32(scratch.found.count)
            scratch.found.append((state, [frame]))
            for call in network.states[Int(state)].calls { enqueue(call, from: state) }
        }
        scratch.pairs += 1
        scratch.waiting.append((state, frame))
    }

    /// Takes note of a call, in the order of ranks.
    private mutating func enqueue(_ call: GrammarNetwork.Call, from state: Int32) {
        let rank = network.rules[Int(call.rule)].rank
        var (low, high) = (0, scratch.calls.count)
        while low < high {
            let middle = (low + high) / 2
            if scratch.calls[middle].rank > rank { low = middle + 1 } else { high = middle }
        }
        scratch.calls.insert((rank, call.rule, state, call.target), at: low)
    }

    private mutating func number(of place: Place) -> Int32 {
        var key: [Int32] = [(place.accepts ? 1 : 0) + (place.escapes ? 2 : 0)]
        for member in place.members {
            key.append(member.state)
            key.append(member.frames)
        }
        if let number = numbers[key] { return number }
        let number = Int32(places.count)
        places.append(place)
        numbers[key] = number
        escapes.append(place.escapes)
        rows.append(-1)
        locals.append(nil)
        placeBytes += 256 + 16 * place.members.count
        return number
    }
}

// What of a place depends on what its rule was called from, and what does not.
extension GrammarPlaces {
    /// The place with ``GrammarStacks/open`` instead of the frames that all its stacks share, and the highest of these frames.
    ///
    /// What can follow until that frame is popped is the same wherever the rule was called from.
    mutating func local(of place: Int32) -> (place: Int32, base: Int32) {
        if let known = locals[Int(place)] { return known }
        let members = places[Int(place)].members
        let base = stacks.base(of: Set(members.flatMap { stacks.sets[Int($0.frames)] }))
        var local = (place: place, base: base)
        // Near the limit of calls what can follow does depend on how many there are already.
        let isLow = stacks.frames[Int(base)].height < Self.deepest / 2
        if base != GrammarStacks.bottom, base != GrammarStacks.open, isLow {
            var renamed: [Int32: Int32] = [base: GrammarStacks.open]
            let moved = members.map { Member(state: $0.state, frames: rename($0.frames, &renamed)) }
            local.place = number(of: Place(members: moved, accepts: false, escapes: false))
        } else {
            local.base = GrammarStacks.bottom
        }
        locals[Int(place)] = local
        return local
    }

    /// A set of frames above a frame that is renamed.
    private mutating func rename(_ set: Int32, _ renamed: inout [Int32: Int32]) -> Int32 {
        // Lower frames first.
        var above: Set<Int32> = []
        var waiting = stacks.sets[Int(set)]
        while let frame = waiting.popLast() {
            guard renamed[frame] == nil, above.insert(frame).inserted else { continue }
            waiting += stacks.parents(of: frame)
        }
        for frame in above.sorted(by: { stacks.frames[Int($0)].height < stacks.frames[Int($1)].height }) {
            let parents = stacks.set(stacks.parents(of: frame).compactMap { renamed[$0] })
            renamed[frame] = stacks.frame(target: stacks.frames[Int(frame)].target, parents: parents)
        }
        return stacks.set(stacks.sets[Int(set)].compactMap { renamed[$0] })
    }

    /// Where the end of the rule above a frame leads, or nil.
    mutating func placeAfterReturn(to frame: Int32) -> Int32? {
        if let known = returns[frame] { return known < 0 ? nil : known }
        let target = stacks.frames[Int(frame)].target
        let place = place(of: stacks.parents(of: frame).map { (target, $0) })
        returns[frame] = place ?? -1
        return place
    }
}

// A place as a value of its own, which outlives these tables.
extension GrammarPlaces {
    /// Flags, then each frame of the stacks (target, number of frames below, those), lower ones first, then each member (state,
    /// number of frames, those). Frames are numbered in this order, from 1; 0 is the bottom.
    func content(of place: Int32) -> [Int32] {
        let members = places[Int(place)].members
        var all: Set<Int32> = []
        var waiting = members.flatMap { stacks.sets[Int($0.frames)] }
        while let frame = waiting.popLast() {
            guard frame != GrammarStacks.bottom, all.insert(frame).inserted else { continue }
            waiting += stacks.parents(of: frame)
        }
        let order = all.sorted { first, second in
            let (a, b) = (stacks.frames[Int(first)], stacks.frames[Int(second)])
            return (a.height, a.hash) < (b.height, b.hash)
        }
        var names: [Int32: Int32] = [GrammarStacks.bottom: 0]
        var content: [Int32] = [places[Int(place)].accepts ? 1 : 0, Int32(order.count)]
        func add(_ frames: [Int32]) {
            content.append(Int32(frames.count))
            content += frames.compactMap { names[$0] }.sorted()
        }
        for (index, frame) in order.enumerated() {
            names[frame] = Int32(index + 1)
            content.append(stacks.frames[Int(frame)].target)
            add(stacks.parents(of: frame))
        }
        for member in members {
            content.append(member.state)
            add(stacks.sets[Int(member.frames)])
        }
        return content
    }

    /// The place that ``content(of:)`` gave these numbers for, perhaps in other tables of the same network.
    mutating func place(content: [Int32]) -> Int32 {
        var index = 2
        var frames: [Int32] = [GrammarStacks.bottom]
        func takeFrames() -> [Int32] {
            let count = Int(content[index])
            index += 1 + count
            return content[index - count..<index].map { frames[Int($0)] }
        }
        while frames.count <= Int(content[1]) {
            let target = content[index]
            index += 1
            frames.append(stacks.frame(target: target, parents: stacks.set(takeFrames())))
        }
        var members: [Member] = []
        while index < content.count {
            let state = content[index]
            index += 1
            members.append(Member(state: state, frames: stacks.set(takeFrames())))
        }
        return number(of: Place(members: members, accepts: content[0] == 1, escapes: false))
    }
}
