import Foundation
import Synchronization

/// Counters since the server started, in the text format that Prometheus reads.
final class Metrics: Sendable {
    private struct Series: Hashable {
        var name: String
        var labels: String
    }

    private struct State {
        var counters: [Series: Double] = [:]
        var sums: [Series: (seconds: Double, count: Int)] = [:]
    }

    private let state = Mutex(State())

    func countRequest(route: String, status: Int, seconds: Double) {
        add("heckle_http_requests_total", #"route="\#(route)",code="\#(status)""#)
        time("heckle_http_request_duration_seconds", #"route="\#(route)""#, seconds)
    }

    /// - Parameter status: `succeeded`, `failed` or `cancelled`.
    func countJob(kind: String, status: String) {
        add("heckle_jobs_total", #"kind="\#(kind)",status="\#(status)""#)
    }

    func timeStage(_ stage: String, milliseconds: Double) {
        time("heckle_stage_duration_seconds", #"stage="\#(stage)""#, milliseconds / 1000)
    }

    func countTokens(prompt: Int, generated: Int) {
        add("heckle_llm_prompt_tokens_total", "", Double(prompt))
        add("heckle_llm_generated_tokens_total", "", Double(generated))
    }

    private func add(_ name: String, _ labels: String, _ value: Double = 1) {
        state.withLock { $0.counters[Series(name: name, labels: labels), default: 0] += value }
    }

    private func time(_ name: String, _ labels: String, _ seconds: Double) {
        state.withLock { state in
            state.sums[Series(name: name, labels: labels), default: (0, 0)].seconds += seconds
            state.sums[Series(name: name, labels: labels), default: (0, 0)].count += 1
        }
    }

    /// The page that a collector fetches.
    func text(version: String) -> String {
        let state = self.state.withLock { $0 }
        var lines: [String: [String]] = [:]
        for (series, value) in state.counters {
            lines["# TYPE \(series.name) counter", default: []].append(
                "\(series.name)\(braces(series.labels)) \(value)")
        }
        for (series, sum) in state.sums {
            lines["# TYPE \(series.name) summary", default: []] += [
                "\(series.name)_sum\(braces(series.labels)) \(sum.seconds)",
                "\(series.name)_count\(braces(series.labels)) \(sum.count)",
            ]
        }
        lines["# TYPE heckle_build_info gauge"] = [#"heckle_build_info{version="\#(version)"} 1"#]
        if let bytes = ProcessMemory.residentBytes {
            lines["# TYPE heckle_resident_memory_bytes gauge"] = ["heckle_resident_memory_bytes \(bytes)"]
        }
        return lines.sorted { $0.key < $1.key }
            .map { ([$0.key] + $0.value.sorted()).joined(separator: "\n") + "\n" }
            .joined()
    }

    private func braces(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }
}
