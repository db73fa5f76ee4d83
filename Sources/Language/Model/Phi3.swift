/// Phi 3, 3.5 and 4 mini: LLaMA's layers with fused matrices, a window, and two sets of factors for the angles, one for
/// sequences within the context of the first training and one for longer ones (Abdin et al. 2024, "Phi-3 Technical Report";
/// Ding et al. 2024, "LongRoPE").
enum Phi3 {
    static let architecture = Architecture(transformer: "phi3") { file, vocabulary throws(LanguageError) in
        var model = try TransformerConfiguration(file, vocabulary: vocabulary)
        model.isFused = true
        try model.useWindow(file) { _ in true }
        let key = model.prefix + "rope.scaling.type"
        let scaling = try file.string(key, default: "none")
        guard scaling == "none" || scaling == "longrope" else {
            throw .unsupported(path: file.path, what: "rope scaling", name: scaling, known: ["longrope", "none"])
        }
        let short = try model.ropeFactors(file, "rope_factors_short.weight")
        let long = try model.ropeFactors(file, "rope_factors_long.weight")
        let magnitude = Double(
            try file.float(model.prefix + "rope.scaling.attn_factor", in: 0.01...100, default: 1))
        model.ropes = [short, long].map { factors in
            [
                RotaryEmbedding(
                    rotated: model.rotated, base: model.ropeBase, factors: factors, magnitude: magnitude)
            ]
        }
        model.shortContext = try file.integer(
            model.prefix + "rope.scaling.original_context_length", in: 1...1 << 30, default: model.context)
        return model
    }
}
