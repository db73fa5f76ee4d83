import TestSupport
import Testing

@Suite("The kernel cases as a program")
struct CaseProgramTests {
    @Test(
        "the NEON levels pass under emulation", .enabled(if: CaseProgram.hasARMTools, "\(CaseProgram.noARMTools)"))
    func emulatedARM() throws {
        let program = try CaseProgram.arm.get()
        let result = try Command.run("qemu-aarch64", ["-cpu", "max", program.path])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        for level in ["portable", "dotprod", "i8mm"] { #expect(result.output.contains("\(level): ")) }
        #expect(result.output.hasSuffix("best: i8mm\n"))
    }

    @Test(
        "a processor without the dot products keeps to the portable level",
        .enabled(if: CaseProgram.hasARMTools, "\(CaseProgram.noARMTools)"))
    func oldARM() throws {
        let program = try CaseProgram.arm.get()
        let result = try Command.run("qemu-aarch64", ["-cpu", "cortex-a53", program.path])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasSuffix("best: portable\n"))
    }

    @Test(
        "HECKLE_KERNELS picks a level, and a name that does not exist is reported",
        .enabled(if: CaseProgram.hasCompiler, "\(CaseProgram.noCompiler)"))
    func chosenByHand() throws {
        let program = try CaseProgram.native.get()
        let plain = try Command.run(program.path, [])
        #expect(plain.status == 0, "\(plain.output)")
        let best = try #require(plain.output.split(separator: "\n").last)
        let portable = try Command.run(program.path, [], environment: ["HECKLE_KERNELS": "portable"])
        #expect(portable.output.hasSuffix("best: portable\n"))
        let unknown = try Command.run(program.path, [], environment: ["HECKLE_KERNELS": "abacus"])
        #expect(unknown.output.hasSuffix("no level abacus\n\(best)\n"))
        let empty = try Command.run(program.path, [], environment: ["HECKLE_KERNELS": ""])
        #expect(empty.output.hasSuffix("\(best)\n") && !empty.output.contains("no level"))
    }
}
