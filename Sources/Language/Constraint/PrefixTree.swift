/// Sequences as a tree of their common beginnings, in flat arrays.
///
/// The sequences are sorted, so that those below a node are neighbours: a node knows them as a range of the order.
struct PrefixTree<Element: Comparable & Sendable>: Sendable {
    struct Node: Sendable {
        /// What leads here from the parent; nil for the root.
        let label: Element?
        /// The sequences that begin as this node does, as positions in ``PrefixTree/order``.
        let sequences: Range<Int>
        /// Those of them that end here: the first ones.
        let endings: Range<Int>
        /// The nodes one element further, in ascending order of their labels.
        fileprivate(set) var children: Range<Int>
    }

    private(set) var nodes: [Node] = []
    /// Indices of the sequences as they were given, sorted; equal ones in the order given.
    let order: [Int]

    static var root: Int { 0 }

    init(_ sequences: [[Element]]) {
        let order = sequences.indices.sorted { first, second in
            let (a, b) = (sequences[first], sequences[second])
            if a.lexicographicallyPrecedes(b) { return true }
            return a == b && first < second
        }
        self.order = order
        nodes = [Self.node(nil, 0..<order.count, depth: 0, order, sequences)]
        // Breadth first, so that the children of a node are neighbours.
        var depths = [0]
        var current = 0
        while current < nodes.count {
            let depth = depths[current]
            let first = nodes.count
            var place = nodes[current].endings.upperBound
            while place < nodes[current].sequences.upperBound {
                let label = sequences[order[place]][depth]
                var end = place + 1
                while end < nodes[current].sequences.upperBound, sequences[order[end]][depth] == label { end += 1 }
                nodes.append(Self.node(label, place..<end, depth: depth + 1, order, sequences))
                depths.append(depth + 1)
                place = end
            }
            nodes[current].children = first..<nodes.count
            current += 1
        }
    }

    private static func node(
        _ label: Element?, _ range: Range<Int>, depth: Int, _ order: [Int], _ sequences: [[Element]]
    ) -> Node {
        let endings = range.prefix { sequences[order[$0]].count == depth }
        return Node(
            label: label, sequences: range, endings: range.lowerBound..<range.lowerBound + endings.count,
            children: 0..<0)
    }

    /// The child of a node by its label, or nil.
    func child(of node: Int, _ label: Element) -> Int? {
        var (low, high) = (nodes[node].children.lowerBound, nodes[node].children.upperBound)
        while low < high {
            let middle = (low + high) / 2
            guard let found = nodes[middle].label else { return nil }
            if found == label { return middle }
            if found < label { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
