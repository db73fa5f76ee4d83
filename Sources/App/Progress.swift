import Engine
import Foundation
import Synchronization

/// Tells on standard error what the engine is doing: on a terminal in one line that changes, with `--verbose` a line a stage.
final class Progress: Sendable {
    private let file: String
    private let isVerbose: Bool

    init(file: String, isVerbose: Bool) {
        self.file = file
        self.isVerbose = isVerbose
    }

    /// To be handed to the engine.
    func note(_ event: EngineEvent) {
        switch event {
        case .stageStarted(let stage) where !isVerbose && Terminal.errorsAreTerminal:
            Terminal.writeError("\r\u{1B}[K\(file): \(stage) ...")
        case .stageCompleted(let stage, let milliseconds) where isVerbose:
            Terminal.writeError("\(file): \(stage) \(String(format: "%.1f", milliseconds)) ms\n")
        default: break
        }
    }

    /// Takes the changing line away.
    func clear() {
        if !isVerbose, Terminal.errorsAreTerminal { Terminal.writeError("\r\u{1B}[K") }
    }
}
