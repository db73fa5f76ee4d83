/// Gemma: LLaMA's layers with scaled embeddings and GeGLU (Gemma Team 2024, "Gemma: Open Models Based on Gemini Research and
/// Technology"). Weights of norms are stored with the 1 that the model adds to them.
enum Gemma {
    static let architecture = Architecture(transformer: "gemma") { file, vocabulary throws(LanguageError) in
        var model = try configuration(file, vocabulary)
        try model.useOneRope(file)
        return model
    }

    /// What the generations have in common.
    static func configuration(
        _ file: GGUFFile, _ vocabulary: Int
    ) throws(LanguageError) -> TransformerConfiguration {
        var model = try TransformerConfiguration(file, vocabulary: vocabulary)
        model.embeddingScale = Float(model.embedding).squareRoot()
        model.activation = .gelu
        return model
    }

    /// The scale of queries in the largest model of a generation, known by its number of layers: by the embedding's share of a
    /// head rather than by the head.
    static func queryScale(_ model: TransformerConfiguration, largest layers: Int) -> Float {
        let width = model.layers == layers ? model.embedding / model.heads : model.headSize
        return 1 / Float(width).squareRoot()
    }
}
