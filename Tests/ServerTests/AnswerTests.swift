import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Server
import Testing

/// The documents that answer requests.
@Suite struct AnswerTests {
    @Test func roasts() async throws {
        try await withServer { client async throws in
            let form = Form.plain.adding("seed", "5").adding("max_lines", "2")
            let response = try await client.post("/v1/roasts", form)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/json")
            #expect(response.headers[.cacheControl] == "no-store")
            let json = try response.json()
            guard case .string(let id)? = json["id"] else { return #expect(Bool(false), "no id") }
            #expect(id.wholeMatch(of: /rst_[0-9a-z]{26}/) != nil)
            #expect(json["object"] == "roast" && json["style"] == "dry" && json["seed"] == 5)
            let lines: JSON = [
                ["text": "The window is the subject.", "facts": ["lighting.backlit"]],
                ["text": "A \"phone\" too – naturally.", "facts": ["object.cell_phone", "lighting.backlit"]],
            ]
            #expect(json["lines"] == lines)
            #expect(json["alternatives"] == nil)
            let facts: JSON = [
                [
                    "id": "object.cell_phone", "key": "object", "value": "cell phone", "confidence": .number(0.75),
                    "source": "objects[0]",
                ],
                [
                    "id": "lighting.backlit", "key": "lighting", "value": "backlit", "confidence": .number(0.875),
                    "source": "lighting",
                ],
            ]
            #expect(json["facts"] == facts)
            #expect(json["safety"] == ["action": "none", "reasons": []])
            #expect(
                json["model"] == ["id": "tiny-writer", "digest": .string(FakeEngine.writer.digest), "quant": "Q4_0"])
            #expect(json["usage"] == ["prompt_tokens": 12, "completion_tokens": 34, "total_tokens": 46])
            let timings: JSON = [
                "queue_ms": .number(0.5), "decode_ms": .number(1.3), "vision_ms": 20, "ttft_ms": 2, "llm_ms": 3,
                "total_ms": 25,
            ]
            #expect(json["timings"] == timings)
            #expect(json["retained_until"] == .null)
            #expect(json["analysis"]?["image"]?["width"] == 64)
            #expect(json["analysis"]?["id"] == nil)
        }
    }

    @Test func alternatives() async throws {
        try await withServer { client async throws in
            let form = Form.plain.adding("seed", "5").adding("max_lines", "1").adding("n", "3")
            let json = try await client.post("/v1/roasts", form).json()
            let lines: JSON = [["text": "The window is the subject.", "facts": ["lighting.backlit"]]]
            #expect(json["alternatives"] == [["seed": 6, "lines": lines], ["seed": 7, "lines": lines]])
            #expect(json["lines"] == lines)
        }
    }

    @Test func captions() async throws {
        try await withServer { client async throws in
            let json = try await client.post("/v1/captions", .plain.adding("style", "alt_text")).json()
            #expect(json["object"] == "caption" && json["style"] == "alt_text")
            guard case .string(let id)? = json["id"], case .array(let lines)? = json["lines"] else {
                return #expect(Bool(false), "no id or lines")
            }
            #expect(id.hasPrefix("cap_") && lines.count == 1)
        }
    }

    @Test func analyses() async throws {
        try await withServer { client async throws in
            let json = try await client.post("/v1/analyses", .plain).json()
            guard case .string(let id)? = json["id"] else { return #expect(Bool(false), "no id") }
            #expect(id.hasPrefix("ana_"))
            #expect(json["object"] == "analysis")
            let image: JSON = [
                "width": 64, "height": 48, "format": "jpeg", "orientation_applied": 6,
                "sha256": .string(String(repeating: "c", count: 64)),
            ]
            #expect(json["image"] == image)
            let face: JSON = [
                "id": "face_0", "score": .number(0.91), "box": ["x": 8, "y": 4, "w": 20, "h": 26],
                "points": [
                    "right_eye": ["x": 11, "y": 12], "left_eye": ["x": 21, "y": 12], "nose": ["x": 16, "y": 18],
                    "right_mouth": ["x": 12, "y": 24], "left_mouth": ["x": 20, "y": 24],
                ],
                "pose": ["yaw": 1, "pitch": -2, "roll": 3, "source": "points"],
                "emotion": ["top": "neutral", "scores": ["happy": .number(0.25), "neutral": .number(0.75)]],
                "attributes": [
                    "smiling": .number(0.25), "mouth_open": 0, "eyes_closed": 1,
                    "glasses": .number(0.5), "hat": .number(0.75),
                ],
            ]
            #expect(json["faces"] == [face])
            let body: JSON = [
                "id": "body_0", "score": .number(0.5), "box": ["x": 0, "y": 0, "w": 40, "h": 48], "keypoints": [],
            ]
            #expect(json["bodies"] == [body])
            let phone: JSON = [
                "label": "cell phone", "score": .number(0.75), "box": ["x": 40, "y": 30, "w": 8, "h": 9],
            ]
            #expect(json["objects"] == [phone])
            for group in ["quality", "lighting", "colour", "composition", "background"] {
                guard case .object(let measures)? = json[group] else { return #expect(Bool(false), "no \(group)") }
                #expect(!measures.isEmpty)
            }
            let run: JSON = [
                "task": "faces", "id": "tiny-faces", "digest": .string(FakeEngine.detector.digest), "ms": 4,
            ]
            #expect(json["models"] == [run])
            #expect(json["skipped"] == [["task": "head_pose", "reason": "no_model"]])
            #expect(json["failed"] == [["task": "objects", "message": "node 3 (Conv): no"]])
            #expect(json["timings"]?["llm_ms"] == nil && json["timings"]?["total_ms"] == 25)
        }
    }

    /// Every way for the engine to fail has its status, and none tells a path of this machine beyond what it must.
    @Test(
        arguments: [
            (EngineError.invalidOption(name: "n", reason: "is odd"), 400, "invalid_option", "n"),
            (.queueFull(limit: 64), 503, "queue_full", nil),
            (.model(path: "m.onnx", reason: "cut short"), 500, "model_unusable", nil),
            (.weights(path: "lines.tsv", reason: "missing"), 500, "model_unusable", nil),
            (.cancelled, 503, "cancelled", nil),
        ] as [(EngineError, Int, String, String?)])
    func failures(_ error: EngineError, _ status: Int, _ code: String, _ parameter: String?) async throws {
        try await withServer(FakeEngine(.failing(error))) { client async throws in
            for route in InputTests.routes {
                try expectProblem(try await client.post(route, .plain), status, code, parameter: parameter)
            }
        }
    }
}
