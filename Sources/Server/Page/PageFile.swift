/// A file of the page, as it is sent.
struct PageFile: Sendable {
    let path: String
    /// Its media type.
    let type: String
    let text: String
    /// Changes whenever the text does (FNV-1a, 64 bits).
    let tag: String

    init(path: String, type: String, text: String) {
        self.path = path
        self.type = type
        self.text = text
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        tag = String(hash, radix: 16)
    }
}

/// The files of the page. They are constants of the code, so that the program is one file and finds them anywhere.
enum PageFiles {}
