package import Commentary
package import Vision

/// Photo in, observations or comments out: what the server and the command line need of an engine.
///
/// Tests of either put a small implementation of their own in its place.
package protocol PhotoEngine: Sendable {
    /// Whether requests can be served yet, and with which models.
    func status() async -> EngineStatus

    /// Looks at a photo.
    ///
    /// - Parameters:
    ///   - photo: the bytes of an image file.
    ///   - events: told what happens, on the engine's own thread; it must return at once.
    func analyze(
        _ photo: [UInt8], options: AnalysisOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> AnalysisResult

    /// Looks at a photo and writes a roast or a caption.
    ///
    /// Cancelling the calling task ends the work within one token or one model's run, by ``EngineError/cancelled``.
    func comment(
        on photo: [UInt8], options: CommentOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> CommentResult
}

package typealias EngineEventHandler = @Sendable (EngineEvent) -> Void

/// What an engine has ready.
package struct EngineStatus: Sendable, Equatable {
    /// True once every model that was found has been loaded.
    package var isReady: Bool
    /// The models at hand.
    package var models: [ModelDescription]
    /// Tasks nothing serves, and why.
    package var skipped: [SkippedTask]

    package init(isReady: Bool, models: [ModelDescription], skipped: [SkippedTask]) {
        self.isReady = isReady
        self.models = models
        self.skipped = skipped
    }
}

/// One model the engine holds.
package struct ModelDescription: Sendable, Equatable {
    /// Where a model comes from.
    package enum Origin: String, Sendable, Codable {
        /// Shipped in `Weights/`, trained by this project.
        case embedded
        /// A catalogue model found in a models folder.
        case catalogue
        /// A file of the user's own.
        case own
    }

    /// What it is for: a vision task's raw value, or `language`.
    package var task: String
    package var id: String
    package var origin: Origin
    /// `sha256:` and 64 hexadecimal digits.
    package var digest: String
    package var byteCount: Int
    /// SPDX expression, or the words of the catalogue where there is none.
    package var licence: String
    /// The type most of its weights have: `F32`, `F16`, `Q4_0` ...
    package var quantization: String
    /// What it was measured to reach, in a few words; nil where nobody here has measured it.
    package var accuracy: String?

    package init(
        task: String, id: String, origin: Origin, digest: String, byteCount: Int, licence: String, quantization: String,
        accuracy: String? = nil
    ) {
        self.task = task
        self.id = id
        self.origin = origin
        self.digest = digest
        self.byteCount = byteCount
        self.licence = licence
        self.quantization = quantization
        self.accuracy = accuracy
    }
}

/// What to look for in a photo.
package struct AnalysisOptions: Sendable, Equatable {
    /// The tasks to run; nil for all.
    package var tasks: Set<String>?

    package init(tasks: Set<String>? = nil) { self.tasks = tasks }
}

/// What to write about a photo.
package struct CommentOptions: Sendable, Equatable {
    package var kind: CommentTask
    package var style: CommentStyle
    /// Lines at most, 1...5; a caption in `plain` or `alt_text` is one line whatever this says.
    package var maxLines: Int
    /// Alternative answers, 1...3; the second is written with the seed after the first one's.
    package var alternatives: Int
    /// The same photo, seed and models give the same answer; nil for one drawn at random, which the answer names.
    package var seed: UInt64?
    /// Facts not to joke about, as `key` or `key.value`.
    package var avoid: [String]

    package init(
        kind: CommentTask, style: CommentStyle? = nil, maxLines: Int = 3, alternatives: Int = 1, seed: UInt64? = nil,
        avoid: [String] = []
    ) {
        self.kind = kind
        self.style = style ?? (kind == .roast ? .dry : .plain)
        self.maxLines = maxLines
        self.alternatives = alternatives
        self.seed = seed
        self.avoid = avoid
    }
}

/// What was seen, and the photo it was seen in.
package struct AnalysisResult: Sendable, Equatable {
    package var photo: PhotoDescription
    package var analysis: Analysis
    /// What may be said of the photo; see `FactSheet`.
    package var facts: [Fact]
    package var timings: Timings

    package init(photo: PhotoDescription, analysis: Analysis, facts: [Fact], timings: Timings) {
        self.photo = photo
        self.analysis = analysis
        self.facts = facts
        self.timings = timings
    }
}

/// A photo as it came.
package struct PhotoDescription: Sendable, Equatable {
    /// Pixels of the upright photo.
    package var width: Int
    package var height: Int
    /// `jpeg` or `png`.
    package var format: String
    /// The EXIF orientation, 1...8, that was undone.
    package var orientation: Int
    /// Of the file's bytes, 64 hexadecimal digits.
    package var sha256: String

    package init(width: Int, height: Int, format: String, orientation: Int, sha256: String) {
        self.width = width
        self.height = height
        self.format = format
        self.orientation = orientation
        self.sha256 = sha256
    }
}

/// A roast or a caption.
package struct CommentResult: Sendable, Equatable {
    /// One complete answer.
    package struct Answer: Sendable, Equatable {
        /// Each with the facts it cites, all of them among the answer's.
        package var lines: [CommentLine]
        package var seed: UInt64

        package init(lines: [CommentLine], seed: UInt64) {
            self.lines = lines
            self.seed = seed
        }
    }

    package var kind: CommentTask
    package var style: CommentStyle
    /// One or more, the first being the answer and the others its alternatives.
    package var answers: [Answer]
    package var analysis: AnalysisResult
    /// What wrote it; nil where the line table alone did.
    package var model: ModelDescription?
    package var promptTokens: Int
    package var generatedTokens: Int
    package var timings: Timings

    package init(
        kind: CommentTask, style: CommentStyle, answers: [Answer], analysis: AnalysisResult,
        model: ModelDescription?, promptTokens: Int, generatedTokens: Int, timings: Timings
    ) {
        self.kind = kind
        self.style = style
        self.answers = answers
        self.analysis = analysis
        self.model = model
        self.promptTokens = promptTokens
        self.generatedTokens = generatedTokens
        self.timings = timings
    }
}

/// Where the time went, in milliseconds.
package struct Timings: Sendable, Equatable {
    /// Waiting for the requests before this one.
    package var queue: Double
    /// From the file's bytes to upright pixels.
    package var decode: Double
    package var vision: Double
    /// From the start of writing to the first piece of text; zero where nothing is written.
    package var firstToken: Double
    package var language: Double
    package var total: Double

    package init(
        queue: Double = 0, decode: Double = 0, vision: Double = 0, firstToken: Double = 0, language: Double = 0,
        total: Double = 0
    ) {
        self.queue = queue
        self.decode = decode
        self.vision = vision
        self.firstToken = firstToken
        self.language = language
        self.total = total
    }
}

/// What happens while a request runs, in order.
package enum EngineEvent: Sendable, Equatable {
    /// How many requests are before this one.
    case queued(position: Int)
    case started
    /// `decode`, a vision task's name, `facts` or `write`.
    case stageStarted(String)
    case stageCompleted(String, milliseconds: Double)
    /// The photo has been looked at; comes before any text.
    case analyzed(AnalysisResult)
    /// A piece of the text of one line of one answer, both counted from 0.
    case text(answer: Int, line: Int, delta: String)
    /// A line is complete.
    case line(answer: Int, line: Int, CommentLine)
}
