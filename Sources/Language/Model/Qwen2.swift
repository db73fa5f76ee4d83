/// Qwen 2 and 2.5: LLaMA's layers with biases for queries, keys and values (Yang et al. 2024, "Qwen2 Technical Report").
enum Qwen2 {
    static let architecture = Architecture(transformer: "qwen2") { file, vocabulary throws(LanguageError) in
        var model = try TransformerConfiguration(file, vocabulary: vocabulary)
        model.hasBiases = true
        try model.useOneRope(file)
        return model
    }
}
