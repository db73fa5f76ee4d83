import ArgumentParser

/// `heckle version`
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    func run() { print(Heckle.version) }
}
