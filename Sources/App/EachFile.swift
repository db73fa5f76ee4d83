import Engine
import Server

/// Does the same with each of several photos: what fails is told and the others go on.
///
/// - Parameter answer: gives a photo's JSON and its text for people.
/// - Throws: with the status of the first failure, once all files have had their turn.
func forEachFile(
    _ paths: [String], output: OutputOptions,
    answer: (_ photo: [UInt8], _ events: @escaping EngineEventHandler) async throws -> (json: JSON, text: String)
) async throws {
    var status: ExitStatus?
    for (index, path) in paths.enumerated() {
        let file = InputFile(path: path)
        let progress = Progress(file: file.name, isVerbose: output.verbose)
        do {
            let photo = try file.bytes()
            let answer = try await answer(photo) { progress.note($0) }
            progress.clear()
            print(show(answer, file: file, output: output, isFirst: index == 0, isOnly: paths.count == 1))
        } catch let failure as Failure where failure.status == .modelMissing {
            throw failure
        } catch {
            progress.clear()
            let failure =
                switch error {
                case let error as Failure: error
                case let error as EngineError: Failure(error, subject: file.name)
                default: Failure(.failed, "\(file.name): \(error)")
                }
            Terminal.writeError("heckle: \(failure.message)\n")
            status = status ?? failure.status
        }
    }
    if let status { throw Failure(status, "") }
}

/// One document, or the text under the file's name where there are several.
private func show(
    _ answer: (json: JSON, text: String), file: InputFile, output: OutputOptions, isFirst: Bool, isOnly: Bool
) -> String {
    guard output.json else { return isOnly ? answer.text : (isFirst ? "" : "\n") + "\(file.name):\n\(answer.text)" }
    let json = answer.json.with(["file": .string(file.path)])
    return Terminal.outputIsTerminal ? json.prettyText : json.text
}
