package import Images

/// Why a request could not be served.
package enum EngineError: Error, Sendable, CustomStringConvertible {
    /// The photo could not be read.
    case photo(ImageError)
    /// A request's value is out of range.
    case invalidOption(name: String, reason: String)
    /// Too many requests wait already.
    case queueFull(limit: Int)
    /// A model file was found and could not be used.
    case model(path: String, reason: String)
    /// A file of `Weights/` is missing or damaged.
    case weights(path: String, reason: String)
    /// The request was cancelled.
    case cancelled

    package var description: String {
        switch self {
        case .photo(let error): "the photo cannot be read: \(error)"
        case .invalidOption(let name, let reason): "\(name): \(reason)"
        case .queueFull(let limit): "\(limit) requests wait already"
        case .model(let path, let reason): "the model \(path) cannot be used: \(reason)"
        case .weights(let path, let reason): "\(path): \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
