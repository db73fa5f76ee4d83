/// Gemma 3, text: norms after each half of a layer, normalised queries and keys, and five layers with a window to one
/// without, each kind with angles of its own (Gemma Team 2025, "Gemma 3 Technical Report").
enum Gemma3 {
    static let architecture = Architecture(transformer: "gemma3") { file, vocabulary throws(LanguageError) in
        var model = try Gemma.configuration(file, vocabulary)
        model.hasPostNorms = true
        model.hasHeadNorms = true
        model.queryScale = Gemma.queryScale(model, largest: 62)
        model.outputCap = try file.float(model.prefix + "final_logit_softcapping", in: 0...1e6, default: 0)
        try model.useWindow(file) { $0 % 6 < 5 }
        for layer in 0..<model.layers where model.windows[layer] > 0 { model.ropeOfLayer[layer] = 1 }
        let base = Double(try file.float(model.prefix + "rope.freq_base_swa", in: 1...1e12, default: 10_000))
        let scale = try model.linearScale(file)
        model.ropes = [
            [
                RotaryEmbedding(rotated: model.rotated, base: model.ropeBase, scale: scale),
                RotaryEmbedding(rotated: model.rotated, base: base),
            ]
        ]
        return model
    }
}
