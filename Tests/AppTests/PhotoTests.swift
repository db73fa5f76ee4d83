import Foundation
import TestSupport
import Testing

/// Photos through the whole program, with the weights of the repository.
@Suite(
    .enabled(if: Program.isBuilt, Comment(rawValue: Program.reason)),
    .enabled(if: EmbeddedWeights.areThere, Comment(rawValue: EmbeddedWeights.reason)), .serialized
)
struct PhotoTests {
    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func roastsWithoutVisionModels() throws {
        let scratch = try Scratch()
        let photo = try scratch.write(Fixture.png, to: "a.png")
        let arguments = ["roast", photo, "--weights", EmbeddedWeights.folder, "--seed", "3", "--json"]
        let result = try Program.run(arguments)
        #expect(result.status == 0)
        let answer = try document(result.output)
        let lines = try #require(answer["lines"] as? [[String: Any]])
        #expect((1...3).contains(lines.count))
        #expect(
            lines.allSatisfy { !($0["text"] as? String ?? "").isEmpty && !($0["facts"] as? [String] ?? []).isEmpty })
        let analysis = try #require(answer["analysis"] as? [String: Any])
        #expect(!(analysis["skipped"] as? [Any] ?? []).isEmpty)
        #expect(answer["file"] as? String == photo)
        // The same photo, seed and models give the same lines, at any number of threads.
        let again = try document(try Program.run(arguments + ["--threads", "1"]).output)
        #expect(again["lines"] as? NSArray == answer["lines"] as? NSArray)
    }

    @Test func readsStandardInputAndGoesOnAfterFailures() throws {
        let scratch = try Scratch()
        let noise = try scratch.write(Array("<html>".utf8), to: "a.jpg")
        let result = try Program.run(
            ["caption", noise, "-", "--weights", EmbeddedWeights.folder, "--style", "alt_text"], input: Fixture.png)
        #expect(result.status == 4)
        #expect(result.output.contains("standard input:") && result.errors.contains("a.jpg"))
        let summary = try Program.run(
            ["analyze", "-", "--weights", EmbeddedWeights.folder, "--verbose"], input: Fixture.png)
        #expect(summary.status == 0)
        #expect(summary.output.contains("96 x 64 png") && summary.errors.contains("decode"))
    }

    @Test func listsModels() throws {
        let result = try Program.run(["list", "--weights", EmbeddedWeights.folder, "--json"])
        #expect(result.status == 0)
        let models = try #require(try document(result.output)["data"] as? [[String: Any]])
        #expect(models.contains { $0["task"] as? String == "language" && $0["origin"] as? String == "embedded" })
    }

    /// Serves a photo, then ends in peace when it is told to.
    @Test(arguments: [SIGTERM, SIGINT])
    func servesUntilItIsTold(_ signal: Int32) async throws {
        let scratch = try Scratch()
        let process = Process()
        process.executableURL = URL(filePath: try #require(Program.path))
        process.arguments = ["serve", "--port", "0", "--retain", "1h", "--weights", EmbeddedWeights.folder]
        process.environment = ProcessInfo.processInfo.environment.merging(["HECKLE_HOME": scratch.file("home")]) { $1 }
        try scratch.write([], to: "out")
        try scratch.write([], to: "err")
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: scratch.file("out")))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: scratch.file("err")))
        try process.run()
        defer { process.terminate() }
        var port: Substring?
        for _ in 0..<600 where port == nil {
            try await Task.sleep(for: .milliseconds(50))
            let text = String(decoding: try fileBytes(scratch.file("out")), as: UTF8.self)
            port = text.firstMatch(of: /127\.0\.0\.1:(\d+)/)?.1
        }
        let address = "http://127.0.0.1:\(try #require(port))"
        if Command.exists("curl") {
            let photo = try scratch.write(Fixture.png, to: "a.png")
            let roast = try Command.run("curl", ["-s", "-F", "image=@\(photo)", "\(address)/v1/roasts"])
            #expect(try document(roast.output)["object"] as? String == "roast")
            let store = try FileManager.default.attributesOfItem(atPath: scratch.file("home/state/answers.db"))
            #expect(store[.posixPermissions] as? Int == 0o600)
            // Nothing of the photo or the answer is in the log.
            let log = String(decoding: try fileBytes(scratch.file("err")), as: UTF8.self)
            #expect(log.contains("POST /v1/roasts") && !log.contains("a.png"))
        }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }
}
