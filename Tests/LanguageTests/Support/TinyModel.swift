import Language
import Tensors
import TestSupport
import Testing

/// A random LLaMA-like model and what it should compute, in double precision.
struct TinyModel: Sendable, CustomTestStringConvertible {
    var architecture = "llama"
    var layers = 2
    var embedding = 32
    var feedForward = 64
    var heads = 4
    var keyValueHeads = 2
    var headSize = 8
    var rotated: Int?
    var context = 512
    var tied = false
    var ropeFactors = false
    var ropeBase: Float = 10_000
    var merges: [(String, String)] = []
    var seed: UInt64 = 1

    var testDescription: String {
        "\(architecture) L\(layers) d\(embedding) ff\(feedForward) h\(heads)/\(keyValueHeads)x\(headSize) tied \(tied) factors \(ropeFactors)"
    }

    var vocabulary: TinyVocabulary { TinyVocabulary(merges: merges) }
    var hasBiases: Bool { architecture == "qwen2" }

    /// Each tensor's sizes, columns first, and values.
    var tensors: [(name: String, shape: [Int], values: [Float])] {
        var random = TestRandom(seed: seed)
        func matrix(_ name: String, _ rows: Int, _ columns: Int) -> (name: String, shape: [Int], values: [Float]) {
            let scale = 1.5 / Float(columns).squareRoot()
            return (name, [columns, rows], random.floats(rows * columns).map { $0 * scale })
        }
        func vector(_ name: String, _ count: Int, around centre: Float, _ spread: Float) -> (
            name: String, shape: [Int], values: [Float]
        ) {
            (name, [count], random.floats(count).map { centre + spread * $0 })
        }
        let (wide, narrow) = (heads * headSize, keyValueHeads * headSize)
        var all = [matrix("token_embd.weight", vocabulary.count, embedding)]
        for layer in 0..<layers {
            let prefix = "blk.\(layer)."
            all.append(vector(prefix + "attn_norm.weight", embedding, around: 1, 0.3))
            all.append(matrix(prefix + "attn_q.weight", wide, embedding))
            all.append(matrix(prefix + "attn_k.weight", narrow, embedding))
            all.append(matrix(prefix + "attn_v.weight", narrow, embedding))
            all.append(matrix(prefix + "attn_output.weight", embedding, wide))
            all.append(vector(prefix + "ffn_norm.weight", embedding, around: 1, 0.3))
            all.append(matrix(prefix + "ffn_gate.weight", feedForward, embedding))
            all.append(matrix(prefix + "ffn_up.weight", feedForward, embedding))
            all.append(matrix(prefix + "ffn_down.weight", embedding, feedForward))
            if hasBiases {
                all.append(vector(prefix + "attn_q.bias", wide, around: 0, 0.5))
                all.append(vector(prefix + "attn_k.bias", narrow, around: 0, 0.5))
                all.append(vector(prefix + "attn_v.bias", narrow, around: 0, 0.5))
            }
        }
        all.append(vector("output_norm.weight", embedding, around: 1, 0.3))
        if !tied { all.append(matrix("output.weight", vocabulary.count, embedding)) }
        if ropeFactors { all.append(vector("rope_freqs.weight", (rotated ?? headSize) / 2, around: 3, 2)) }
        return all
    }

    /// The head of the file, without tensors.
    var head: GGUFBytes {
        var file = GGUFBytes()
        file.add("general.architecture", architecture)
        file.add("general.name", "tiny")
        file.add("\(architecture).block_count", UInt32(layers))
        file.add("\(architecture).context_length", UInt32(context))
        file.add("\(architecture).embedding_length", UInt32(embedding))
        file.add("\(architecture).feed_forward_length", UInt32(feedForward))
        file.add("\(architecture).attention.head_count", UInt32(heads))
        file.add("\(architecture).attention.head_count_kv", UInt32(keyValueHeads))
        file.add("\(architecture).attention.layer_norm_rms_epsilon", Float(1e-5))
        file.add("\(architecture).rope.freq_base", ropeBase)
        if headSize != embedding / heads {
            file.add("\(architecture).attention.key_length", UInt32(headSize))
            file.add("\(architecture).attention.value_length", UInt32(headSize))
        }
        if let rotated { file.add("\(architecture).rope.dimension_count", UInt32(rotated)) }
        vocabulary.add(to: &file)
        return file
    }

    /// The file, matrices in a format where their rows are whole blocks of it, F32 elsewhere.
    func file(_ type: any QuantizedType = F32()) -> GGUFBytes {
        var file = head
        for tensor in tensors {
            let fits = tensor.shape.count > 1 && tensor.shape[0] % type.blockSize == 0
            let used: any QuantizedType = fits ? type : F32()
            file.add(tensor: tensor.name, tensor.shape, used.code, encoded(tensor.values, as: used) ?? [])
        }
        return file
    }

    func model(_ type: any QuantizedType = F32(), threads: Int = 1) throws -> LanguageModel {
        try LanguageModel(file(type).file(), pool: WorkerPool(threads: threads))
    }
}
