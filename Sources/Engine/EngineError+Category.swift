import Images

extension EngineError {
    /// What kind of thing went wrong: what a status code or an exit code is chosen by.
    package enum Category: Sendable, Hashable, CaseIterable {
        /// The bytes are no picture of a format that is read.
        case unsupportedFormat
        /// The picture has too many bytes or pixels.
        case tooLarge
        /// The file is of a known format and damaged, or uses a part of it that is not read.
        case unreadable
        case invalidOption
        case queueFull
        /// A model or a file of `Weights/` is missing or unusable.
        case model
        case cancelled
    }

    /// The kind of this error.
    package var category: Category {
        switch self {
        case .photo(.unrecognisedFormat), .photo(.unsupportedFormat), .photo(.empty): .unsupportedFormat
        case .photo(.fileTooLarge), .photo(.tooManyPixels), .photo(.sideTooLong), .photo(.outOfMemory): .tooLarge
        case .photo: .unreadable
        case .invalidOption: .invalidOption
        case .queueFull: .queueFull
        case .model, .weights: .model
        case .cancelled: .cancelled
        }
    }
}
