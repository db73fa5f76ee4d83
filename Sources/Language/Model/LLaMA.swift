import Tensors

/// LLaMA 1 to 3 and what is built like them, Mistral and SmolLM2 among others: RMS norm before each half of a layer, rotary
/// positions, grouped-query attention, SwiGLU (Touvron et al. 2023, "LLaMA"; Ainslie et al. 2023, "GQA"; Jiang et al. 2023,
/// "Mistral 7B", whose window is the metadata's).
enum LLaMA {
    static let architecture = Architecture(transformer: "llama") { file, vocabulary throws(LanguageError) in
        var model = try TransformerConfiguration(file, vocabulary: vocabulary)
        model.pairing = .interleaved
        let factors = try model.ropeFactors(file, "rope_freqs.weight")
        let scale = try model.linearScale(file)
        model.ropes = [
            [RotaryEmbedding(rotated: model.rotated, base: model.ropeBase, factors: factors, scale: scale)]
        ]
        try model.useWindow(file) { _ in true }
        return model
    }
}
