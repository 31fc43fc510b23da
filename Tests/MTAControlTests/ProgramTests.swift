import MTAControl
import Testing

@Suite struct ProgramTests {
    @Test func inputAndOutputOfManyBytesDoNotBlockEachOther() throws {
        let input = [UInt8](repeating: 0x61, count: 3_000_000)
        let result = try Program("/bin/cat").run([], input: input, seconds: 120)
        #expect(result.status == 0)
        #expect(result.output == input)
    }

    @Test func argumentsAreNoShellText() throws {
        let result = try Program("/bin/echo").run(["$(id)", "; ls", "`x`", "a\nb"], seconds: 120)
        #expect(String(decoding: result.output, as: UTF8.self) == "$(id) ; ls `x` a\nb\n")
    }

    @Test func statusAndErrorsAreTold() throws {
        let result = try Program("/bin/ls").run(["/nowhere/at/all"], seconds: 120)
        #expect(result.status == 2)
        #expect(String(decoding: result.errors, as: UTF8.self).contains("/nowhere/at/all"))
    }

    @Test func environmentIsOurs() throws {
        let result = try Program("/usr/bin/env").run([], seconds: 120)
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").sorted()
        #expect(lines == ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TZ=UTC"])
    }

    @Test func tooLongIsKilled() {
        #expect(throws: MTAError.self) { try Program("/bin/sleep").run(["600"], seconds: 1) }
    }

    @Test func whoDoesNotReadIsNoHang() throws {
        let result = try Program("/bin/true").run([], input: [UInt8](repeating: 0, count: 1_000_000), seconds: 120)
        #expect(result.status == 0)
    }

    @Test func missingProgramIsAnError() {
        #expect(throws: MTAError.self) { try Program("/nowhere/program").run([]) }
        #expect(Program.first(["/nowhere/program", "/bin/cat"])?.path == "/bin/cat")
    }
}
