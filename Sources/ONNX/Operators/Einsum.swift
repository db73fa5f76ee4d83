import Tensors

/// `Einsum`: products of elements of any number of tensors, summed as an equation of index letters says:
/// `bij,bjk->bik`. `...` stands for dimensions that are broadcast.
struct Einsum: Operator {
    static let signatures = [Signature(name: "Einsum", opsets: 12...28, inputs: 1...Signature.many)]

    /// A letter, or one of the dimensions of `...`, counted from the last.
    private enum Label: Hashable, Sendable {
        case letter(Character)
        case rest(Int)
    }

    /// Labels of one operand; nil stands for `...`.
    private typealias Term = [Character?]

    private let terms: [Term]
    /// nil where the equation names no result: letters that come once, sorted.
    private let result: Term?

    /// Products in all: minutes of the plainest loop.
    private static let work = 1 << 36

    init(_ attributes: inout Attributes) throws(ModelError) {
        guard let text = try attributes.text("equation") else { throw ModelError("attribute `equation` is missing") }
        let equation = text.filter { $0 != " " }
        guard equation.count <= 4096 else { throw ModelError("attribute `equation` is too long") }
        var sides: [Substring] = [equation[...]]
        if let arrow = equation.firstRange(of: "->") {
            sides = [equation[..<arrow.lowerBound], equation[arrow.upperBound...]]
        }
        func parse(_ side: Substring) throws(ModelError) -> Term {
            var term: Term = []
            var rest = side
            while let first = rest.first {
                if rest.hasPrefix("..."), !term.contains(nil) {
                    term.append(nil)
                    rest = rest.dropFirst(3)
                } else if first.isASCII, first.isLetter {
                    term.append(first)
                    rest = rest.dropFirst()
                } else {
                    throw ModelError("attribute `equation` is no equation", got: "\"\(text)\"")
                }
            }
            return term
        }
        var terms: [Term] = []
        for part in sides[0].split(separator: ",", omittingEmptySubsequences: false) { terms.append(try parse(part)) }
        self.terms = terms
        result = sides.count > 1 ? try parse(sides[1]) : nil
        guard terms.count == attributes.inputCount else {
            throw ModelError(
                "attribute `equation` does not fit the inputs", expected: "\(attributes.inputCount) terms",
                got: "\(terms.count)")
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        var sizes: [Label: Int] = [:]
        var operands: [[Label]] = []
        for (index, term) in terms.enumerated() {
            guard inputs.optional(index) != nil else { throw ModelError("input \(index) is missing") }
            try inputs.require(index, index == 0 ? ElementType.numbers : [inputs[0].type])
            let labels = try labels(term, rank: inputs[index].rank, input: index)
            for (label, size) in zip(labels, inputs[index].shape) {
                let known = sizes[label] ?? 1
                guard known == size || known == 1 || size == 1 else {
                    throw ModelError(
                        "sizes of one label differ, in input \(index)", expected: "\(known)", got: "\(size)")
                }
                sizes[label] = known == 1 ? size : known
            }
            operands.append(labels)
        }
        let kept = try resultLabels(operands, sizes)
        let summed = Set(operands.joined()).subtracting(kept)
        // The order of summing decides the last digits: always the same.
        let order =
            kept
            + operands.joined().reduce(into: [Label]()) { list, label in
                if summed.contains(label), !list.contains(label) { list.append(label) }
            }
        let shape = kept.map { sizes[$0] ?? 1 }
        let walk = order.map { sizes[$0] ?? 1 }
        try Limits.check(shape: walk)
        guard walk.reduce(1, *) <= Einsum.work else { throw ModelError("too many products", got: "\(walk)") }
        let strides = operands.enumerated().map { index, labels in
            Einsum.strides(labels, inputs[index].shape, order)
        }
        let type = TensorType(type: inputs[0].type, shape: shape)
        guard let element = type.type.arithmetic else { preconditionFailure("a type that was refused") }
        let inner = Array(walk[shape.count...])
        return Step(outputs: [type]) { frame in
            if type.type == .float32 {
                Einsum.run(Float.self, shape, inner, strides, frame)
            } else {
                Einsum.run(element, shape, inner, strides, frame)
            }
        }
    }

    /// The labels of each dimension of an operand.
    private func labels(_ term: Term, rank: Int, input: Int) throws(ModelError) -> [Label] {
        let rest = rank - term.count { $0 != nil }
        guard rest == 0 || (rest > 0 && term.contains(nil)) else {
            throw ModelError(
                "input \(input) does not fit the equation", expected: "\(term.count { $0 != nil }) dimensions",
                got: "\(rank)")
        }
        return term.flatMap { letter in
            letter.map { [Label.letter($0)] } ?? (0..<rest).reversed().map { Label.rest($0) }
        }
    }

    private func resultLabels(_ operands: [[Label]], _ sizes: [Label: Int]) throws(ModelError) -> [Label] {
        let all = operands.flatMap { $0 }
        let rest = sizes.keys.count { if case .rest = $0 { true } else { false } }
        let broadcast = (0..<rest).reversed().map { Label.rest($0) }
        guard let result else {
            let letters = terms.joined().compactMap { $0 }
            let once = letters.filter { letter in letters.count { $0 == letter } == 1 }
            return broadcast + once.sorted().map { .letter($0) }
        }
        var kept: [Label] = []
        for letter in result {
            guard let letter else {
                kept += broadcast
                continue
            }
            guard all.contains(.letter(letter)), !kept.contains(.letter(letter)) else {
                throw ModelError("the equation's result names `\(letter)` twice, or no input does")
            }
            kept.append(.letter(letter))
        }
        return kept
    }

    /// Steps of an operand along each of `order`; a label that comes twice walks its diagonal.
    private static func strides(_ labels: [Label], _ shape: [Int], _ order: [Label]) -> [Int] {
        let own = StridedRead.rowMajor(shape)
        return order.map { label in
            labels.indices.reduce(0) { $0 + (labels[$1] == label && shape[$1] != 1 ? own[$1] : 0) }
        }
    }

    private static func run<Element: Arithmetic & Numeric>(
        _: Element.Type, _ shape: [Int], _ inner: [Int], _ strides: [[Int]], _ frame: Frame
    ) {
        let x = strides.indices.map { frame.input($0).elements(as: Element.self) }
        let y = frame.output.elements(as: Element.self)
        let terms = inner.reduce(1, *)
        frame.pool.split(y.count, chunk: max(1, elementwiseChunk / max(terms, 1))) { range in
            var index = [Int](repeating: 0, count: inner.count)
            for place in range {
                var offsets = [Int](repeating: 0, count: x.count)
                var rest = place
                for axis in shape.indices.reversed() {
                    for operand in x.indices { offsets[operand] += rest % shape[axis] * strides[operand][axis] }
                    rest /= shape[axis]
                }
                var sum: Element = 0
                for _ in 0..<terms {
                    var product = x[0][offsets[0]]
                    for operand in 1..<max(x.count, 1) {
                        product = Element.times(product, x[operand][offsets[operand]])
                    }
                    sum = Element.plus(sum, product)
                    // On to the next place among those summed over; after the last one back to the first.
                    for axis in inner.indices.reversed() {
                        index[axis] += 1
                        let isLast = index[axis] == inner[axis]
                        for operand in x.indices {
                            let step = strides[operand][shape.count + axis]
                            offsets[operand] += isLast ? -step * (inner[axis] - 1) : step
                        }
                        guard isLast else { break }
                        index[axis] = 0
                    }
                }
                y[place] = sum
            }
        }
    }
}
