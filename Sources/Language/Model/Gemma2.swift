/// Gemma 2: norms after each half of a layer as well, capped scores, a window in every other layer (Gemma Team 2024, "Gemma 2:
/// Improving Open Language Models at a Practical Size").
enum Gemma2 {
    static let architecture = Architecture(transformer: "gemma2") { file, vocabulary throws(LanguageError) in
        var model = try Gemma.configuration(file, vocabulary)
        model.hasPostNorms = true
        model.queryScale = Gemma.queryScale(model, largest: 46)
        model.attentionCap = try file.float(model.prefix + "attn_logit_softcapping", in: 0...1e6, default: 50)
        model.outputCap = try file.float(model.prefix + "final_logit_softcapping", in: 0...1e6, default: 30)
        try model.useWindow(file, default: 4096) { $0 % 2 == 0 }
        try model.useOneRope(file)
        return model
    }
}
