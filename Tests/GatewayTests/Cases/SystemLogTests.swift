import Foundation
import Glibc
import Testing

@testable import Gateway

struct SystemLogTests {
    /// A socket as the system's logger has one.
    private final class Logger {
        let path: String
        private let descriptor: Int32

        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0)
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        func line() -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test func aStageIsOneLineWhateverIsInIt() throws {
        let logger = try Logger()
        let log = SystemLog(path: logger.path)
        #expect(log.write("case-1 stopped account:acme/joe"))
        #expect(logger.line() == "<20>sluice: case-1 stopped account:acme/joe")
        #expect(log.write("two\nlines \u{1b}[2J" + String(repeating: "x", count: 5000)))
        let line = logger.line()
        #expect(line.utf8.count < 1100 && !line.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func withoutALoggerNothingIsSentAndNothingBlocks() {
        #expect(!SystemLog(path: "/nonexistent/log").write("x"))
        #expect(!SystemLog(path: String(repeating: "/long", count: 50)).write("x"))
    }

    /// A logger that reads nothing for a while costs lines, never time.
    @Test func aFullSocketDoesNotBlock() throws {
        let logger = try Logger()
        let log = SystemLog(path: logger.path)
        var taken = 0
        while taken < 100_000, log.write("line \(taken)") { taken += 1 }
        #expect(taken > 0 && taken < 100_000)
    }
}
