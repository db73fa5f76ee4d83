import Engine

/// How the program ends.
enum ExitStatus: Int32 {
    case failed = 1
    case usage = 2
    case modelMissing = 3
    case badInput = 4
    case interrupted = 130
}

/// Why a command could not do what it was asked.
struct Failure: Error {
    let status: ExitStatus
    /// For people; empty where all has been said already.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// - Parameter subject: what it happened to (a file's name), to begin the message with.
    init(_ error: EngineError, subject: String? = nil) {
        let status: ExitStatus =
            switch error.category {
            case .unsupportedFormat, .tooLarge, .unreadable: .badInput
            case .invalidOption: .usage
            case .model: .modelMissing
            case .queueFull, .cancelled: .failed
            }
        self.init(status, (subject.map { $0 + ": " } ?? "") + "\(error)")
    }
}
