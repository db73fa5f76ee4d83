import Foundation
import Language
import Tensors

/// The forward pass of a ``TinyModel`` as the papers write it: naive loops in double precision, no cache.
struct ReferenceLLaMA {
    let model: TinyModel
    /// Values by tensor name.
    let weights: [String: [Double]]

    /// - Parameter type: the format that matrices go through, so that only the arithmetic differs.
    init(_ model: TinyModel, _ type: any QuantizedType = F32()) {
        self.model = model
        var weights: [String: [Double]] = [:]
        for tensor in model.tensors {
            let fits = tensor.shape.count > 1 && tensor.shape[0] % type.blockSize == 0
            let values = fits ? encoded(tensor.values, as: type).map { decoded($0, as: type) } : tensor.values
            weights[tensor.name] = (values ?? []).map(Double.init)
        }
        self.weights = weights
    }

    private func weight(_ name: String) -> [Double] { weights[name] ?? [] }

    private func product(_ name: String, _ x: [Double]) -> [Double] {
        let matrix = weight(name + ".weight")
        let bias = weights[name + ".bias"]
        return (0..<matrix.count / x.count).map { row in
            var sum = bias?[row] ?? 0
            for column in x.indices { sum += matrix[row * x.count + column] * x[column] }
            return sum
        }
    }

    private func norm(_ name: String, _ x: [Double]) -> [Double] {
        let squares = x.map { $0 * $0 }.reduce(0, +)
        let root = (squares / Double(x.count) + Double(Float(1e-5))).squareRoot()
        return zip(x, weight(name)).map { $0 / root * $1 }
    }

    private func rotate(_ x: [Double], position: Int) -> [Double] {
        var x = x
        let rotated = model.rotated ?? model.headSize
        for head in 0..<x.count / model.headSize {
            for pair in 0..<rotated / 2 {
                let factor = weights["rope_freqs.weight"]?[pair] ?? 1
                let frequency = pow(Double(model.ropeBase), -Double(2 * pair) / Double(rotated))
                let angle = Double(position) * frequency / factor
                let start = head * model.headSize
                let halves = model.architecture == "qwen2"
                let (i, j) =
                    halves ? (start + pair, start + pair + rotated / 2) : (start + 2 * pair, start + 2 * pair + 1)
                let (a, b) = (x[i], x[j])
                x[i] = a * cos(angle) - b * sin(angle)
                x[j] = a * sin(angle) + b * cos(angle)
            }
        }
        return x
    }

    /// Scores after the last of the tokens.
    func logits(_ tokens: [Token]) -> [Double] {
        let width = model.embedding
        let table = weight("token_embd.weight")
        var hidden = tokens.map { Array(table[$0 * width..<($0 + 1) * width]) }
        for layer in 0..<model.layers { hidden = self.layer("blk.\(layer).", hidden) }
        let last = norm("output_norm.weight", hidden[hidden.count - 1])
        return product(model.tied ? "token_embd" : "output", last)
    }

    private func layer(_ prefix: String, _ input: [[Double]]) -> [[Double]] {
        let normed = input.map { norm(prefix + "attn_norm.weight", $0) }
        let queries = normed.enumerated().map { rotate(product(prefix + "attn_q", $1), position: $0) }
        let keys = normed.enumerated().map { rotate(product(prefix + "attn_k", $1), position: $0) }
        let values = normed.map { product(prefix + "attn_v", $0) }
        return input.indices.map { (place: Int) -> [Double] in
            let attended = attend(queries[place], Array(keys[...place]), Array(values[...place]))
            let middle = zip(input[place], product(prefix + "attn_output", attended)).map(+)
            let normed = norm(prefix + "ffn_norm.weight", middle)
            let gate = product(prefix + "ffn_gate", normed).map { $0 / (1 + exp(-$0)) }
            let gated = zip(gate, product(prefix + "ffn_up", normed)).map(*)
            return zip(middle, product(prefix + "ffn_down", gated)).map(+)
        }
    }

    private func attend(_ query: [Double], _ keys: [[Double]], _ values: [[Double]]) -> [Double] {
        var attended = [Double](repeating: 0, count: query.count)
        for head in 0..<model.heads {
            let shared = head / (model.heads / model.keyValueHeads) * model.headSize
            let own = head * model.headSize
            let scores = keys.map { (key: [Double]) -> Double in
                var sum = 0.0
                for index in 0..<model.headSize { sum += query[own + index] * key[shared + index] }
                return sum / Double(model.headSize).squareRoot()
            }
            let largest = scores.max() ?? 0
            let powers = scores.map { exp($0 - largest) }
            let sum = powers.reduce(0, +)
            for (power, value) in zip(powers, values) {
                for index in 0..<model.headSize { attended[own + index] += power / sum * value[shared + index] }
            }
        }
        return attended
    }
}

/// Root mean square of the difference over the reference's own standard deviation.
func relativeError(_ got: [Float], _ expected: [Double]) -> Double {
    let mean = expected.reduce(0, +) / Double(expected.count)
    var (spread, error) = (0.0, 0.0)
    for (value, exact) in zip(got, expected) {
        spread += (exact - mean) * (exact - mean)
        error += (Double(value) - exact) * (Double(value) - exact)
    }
    return (error / spread).squareRoot()
}

/// Kullback-Leibler divergence of the distributions that scores stand for, in nats.
func divergence(_ expected: [Float], _ got: [Float]) -> Double {
    func logarithms(_ scores: [Float]) -> [Double] {
        let largest = Double(scores.max() ?? 0)
        let sum = scores.reduce(0) { $0 + exp(Double($1) - largest) }
        return scores.map { Double($0) - largest - log(sum) }
    }
    return zip(logarithms(expected), logarithms(got)).map { exp($0) * ($0 - $1) }.reduce(0, +)
}
