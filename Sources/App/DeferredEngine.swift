import Engine
import Synchronization

/// An engine that is being loaded: says that it is not ready, and lets requests wait until it is.
final class DeferredEngine: PhotoEngine {
    private let loading: Task<Result<Engine, EngineError>, Never>
    private let loaded = Mutex<Engine?>(nil)

    /// Begins to load.
    init(_ configuration: EngineConfiguration) {
        loading = Task.detached {
            do throws(EngineError) { return .success(try Engine(configuration: configuration)) } catch {
                return .failure(error)
            }
        }
    }

    /// Returns once the engine is loaded.
    func load() async throws(EngineError) { _ = try await engine() }

    private func engine() async throws(EngineError) -> Engine {
        let engine = try await loading.value.get()
        loaded.withLock { $0 = engine }
        return engine
    }

    func status() async -> EngineStatus {
        guard let engine = loaded.withLock({ $0 }) else { return EngineStatus(isReady: false, models: [], skipped: []) }
        return await engine.status()
    }

    func analyze(
        _ photo: [UInt8], options: AnalysisOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> AnalysisResult {
        try await engine().analyze(photo, options: options, events: events)
    }

    func comment(
        on photo: [UInt8], options: CommentOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> CommentResult {
        try await engine().comment(on: photo, options: options, events: events)
    }
}
