/// The small rules that make a sentence of pieces: articles, spaces, commas, capitals.
enum Sentence {
    /// Whether a word that begins with `character` takes "an".
    static func takesAn(_ character: Character) -> Bool { "aeiouAEIOU".contains(character) }

    /// `text` with `word` after it; an "a" or "an" that ends `text` is the one that `word` needs.
    static func append(_ word: String, to text: inout String) {
        guard let first = word.first else { return }
        for article in ["a ", "an "] where text.lowercased().hasSuffix(article) {
            let start = text.index(text.endIndex, offsetBy: -article.count)
            if start > text.startIndex, text[text.index(before: start)].isLetter { continue }
            let letter = text[start]
            text = text[..<start] + "\(letter)\(takesAn(first) ? "n" : "") "
            break
        }
        text += word
    }

    /// `text` with a capital first.
    static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// A derived text as it is printed: single spaces, none before a comma or full stop, no comma before another or
    /// before a full stop, "a(n)" as "a" or "an", a capital after each full stop.
    static func tidy(_ text: String) -> String {
        var result = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            var word = word
            // Punctuation that an empty piece left alone belongs to the word before.
            while let mark = word.first, mark == "," || mark == "." {
                append(mark: mark, to: &result)
                word = word.dropFirst()
            }
            guard !word.isEmpty else { continue }
            if !result.isEmpty { result += " " }
            let starts = result.isEmpty || result.hasSuffix(". ")
            let marks = word.reversed().prefix { $0 == "," || $0 == "." }.count
            let body = String(word.dropLast(marks))
            result += starts ? capitalised(body) : body
            for mark in word.suffix(marks) { append(mark: mark, to: &result) }
        }
        return resolvingArticles(result)
    }

    /// Of several marks in a row one stays: a full stop if there is one.
    private static func append(mark: Character, to text: inout String) {
        guard let last = text.last, last == "," || last == "." else { return text.append(mark) }
        if mark == ".", last == "," {
            text.removeLast()
            text.append(mark)
        }
    }

    private static func resolvingArticles(_ text: String) -> String {
        var words = text.split(separator: " ").map(String.init)
        for index in words.indices where words[index].lowercased() == "a(n)" {
            let article = String(words[index].prefix(1))
            let next = words.indices.contains(index + 1) ? words[index + 1].first : nil
            words[index] = next.map(takesAn) == true ? article + "n" : article
        }
        return words.joined(separator: " ")
    }
}
