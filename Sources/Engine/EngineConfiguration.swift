/// How an ``Engine`` is set up.
package struct EngineConfiguration: Sendable {
    /// The folder of embedded weights and tables; nil to look for it (see `WeightsFolder`).
    package var weights: String?
    /// Folders in which catalogue models are looked for, themselves and below.
    package var models: [String]
    /// Threads to compute with, the caller's included; nil for the number of performance cores.
    package var threads: Int?
    /// Requests that may wait at a time.
    package var maxQueue: Int

    package init(weights: String? = nil, models: [String] = [], threads: Int? = nil, maxQueue: Int = 64) {
        self.weights = weights
        self.models = models
        self.threads = threads
        self.maxQueue = maxQueue
    }
}
