import Commentary
import Engine
import HTTPTypes
import Hummingbird
import Vision

extension Route {
    /// `GET /v1/capabilities`: what this server can do now, and how much it takes.
    static func getCapabilities(_ services: Services) -> Route {
        Route(method: .get, path: "/v1/capabilities") { _, _ in
            let status = await services.engine.status()
            let limits = services.configuration.limits
            let skipped = Dictionary(status.skipped.map { ($0.task, $0.reason.rawValue) }) { first, _ in first }
            return Response.json([
                "version": .string(services.configuration.version),
                "ready": .bool(status.isReady),
                "roast_styles": Capabilities.styles(of: .roast),
                "caption_styles": Capabilities.styles(of: .caption),
                "languages": ["en"],
                "image_formats": ["jpeg", "png"],
                "tasks": .array(
                    VisionTask.allCases.map { task in
                        [
                            "task": .string(task.rawValue), "available": .bool(skipped[task] == nil),
                            "reason": .optional(skipped[task]) { .string($0) },
                        ]
                    }),
                "opt_in": [],
                "limits": [
                    "file_bytes": .integer(limits.file), "body_bytes": .integer(limits.body),
                    "max_lines": .integer(CommentRequest.lines.upperBound),
                    "n": .integer(CommentRequest.alternatives.upperBound),
                ],
                "streaming": true,
                "retain_seconds": .integer(services.configuration.records?.seconds ?? 0),
            ])
        }
    }
}

/// Words that more than one document uses.
enum Capabilities {
    static func styles(of task: CommentTask) -> JSON {
        .array(CommentStyle.allCases.filter { $0.task == task }.map { .string($0.rawValue) })
    }
}
