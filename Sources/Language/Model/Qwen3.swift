/// Qwen 3, dense: LLaMA's layers with each head's query and key normalised (Yang et al. 2025, "Qwen3 Technical Report").
enum Qwen3 {
    static let architecture = Architecture(transformer: "qwen3") { file, vocabulary throws(LanguageError) in
        var model = try TransformerConfiguration(file, vocabulary: vocabulary)
        model.hasHeadNorms = true
        try model.useOneRope(file)
        return model
    }
}
