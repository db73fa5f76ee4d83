import ArgumentParser
import Foundation
import Tensors

/// The program's entry: runs the command that the arguments name and ends with the exit status of the contract.
@main
private enum Main {
    static func main() async {
        do {
            var command = try Heckle.parseAsRoot()
            if let level = Kernel.unknownLevel {
                throw Failure(
                    .usage,
                    "HECKLE_KERNELS: '\(level)' is not a level of this processor, whose are "
                        + Kernel.levels.joined(separator: ", "))
            }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            if !failure.message.isEmpty { Terminal.writeError("heckle: \(failure.message)\n") }
            exit(failure.status.rawValue)
        } catch {
            // Help and version are errors to the parser, though of status 0; wrong arguments have status 2 here.
            let text = Heckle.fullMessage(for: error)
            guard Heckle.exitCode(for: error) == .success else {
                Terminal.writeError(text + "\n")
                exit(ExitStatus.usage.rawValue)
            }
            print(text)
        }
    }
}
