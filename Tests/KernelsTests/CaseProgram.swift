import Foundation
import TestSupport

/// The case list as a program of its own, built by clang for this machine or for another.
struct CaseProgram: Sendable {
    let path: String
    private let scratch: Scratch

    /// For this machine.
    static let compiler = "clang"
    /// For 64-bit ARM: the linker and the C library of a cross compiler, and an emulator.
    static let armTools = ["clang", "aarch64-linux-gnu-gcc", "qemu-aarch64"]

    static let hasCompiler = Command.exists(compiler)
    static let hasARMTools = armTools.allSatisfy(Command.exists)
    static let noCompiler = "needs clang in PATH"
    static let noARMTools = "needs \(armTools.joined(separator: ", ")) in PATH (apt: gcc-aarch64-linux-gnu qemu-user)"

    /// Built once, for the tests that need it.
    static let arm = Result { try CaseProgram(arm: true) }
    static let native = Result { try CaseProgram(arm: false) }

    /// Compiles every file of the kernels and the cases; `arm` for Linux on 64-bit ARM.
    private init(arm: Bool) throws {
        scratch = try Scratch()
        path = scratch.file("cases")
        let folders = [
            "Kernels", "Kernels/portable", "Kernels/x86", "Kernels/arm", "Tests/KernelCases", "Kernels/tests",
        ]
        var arguments = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-c"]
        arguments += ["-I" + Repository.file("Kernels/include"), "-I" + Repository.file("Tests/KernelCases/include")]
        if arm { arguments += ["--target=aarch64-linux-gnu", "-isystem", "/usr/aarch64-linux-gnu/include"] }
        var objects: [String] = []
        for folder in folders {
            let files = try FileManager.default.contentsOfDirectory(atPath: Repository.file(folder)).sorted()
            for file in files where file.hasSuffix(".c") {
                let object = scratch.file(folder.replacing("/", with: "_") + file + ".o")
                try CaseProgram.run(
                    CaseProgram.compiler, arguments + [Repository.file(folder + "/" + file), "-o", object])
                objects.append(object)
            }
        }
        let linker = arm ? CaseProgram.armTools[1] : CaseProgram.compiler
        try CaseProgram.run(linker, (arm ? ["-static"] : []) + objects + ["-o", path, "-lm", "-lpthread"])
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let result = try Command.run(program, arguments)
        guard result.status == 0 else { throw BuildFailure(text: result.errors) }
    }

    struct BuildFailure: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
