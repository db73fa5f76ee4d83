import Foundation
import Language
import Tensors

/// `Benchmarks scores MODEL.gguf`: reads prompts from standard input, a JSON list of lists of tokens, and prints as such a list what
/// a language model says of the token after each, one number for each token of the vocabulary.
enum Scores {
    static func run(_ arguments: some Collection<String>) throws {
        guard let path = arguments.first else {
            FileHandle.standardError.write(Data("usage: Benchmarks scores MODEL.gguf < PROMPTS.json\n".utf8))
            exit(64)
        }
        let model = try LanguageModel(path: path, pool: WorkerPool())
        let prompts = try JSONDecoder().decode([[Int]].self, from: FileHandle.standardInput.readDataToEndOfFile())
        let scores = try prompts.map { try model.makeSequence().append($0).array }
        print(String(decoding: try JSONEncoder().encode(scores), as: UTF8.self))
    }
}
