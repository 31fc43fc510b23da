import Foundation
import NIOConcurrencyHelpers

/// A directory of one test's own, removed with everything in it when the test ends.
struct Scratch {
    let path: String

    init(_ name: String = "sluice") throws {
        var template = Array((NSTemporaryDirectory() + "\(name)-XXXXXX").utf8CString)
        guard let made = mkdtemp(&template) else { throw HarnessError("mkdtemp: errno \(errno)") }
        path = String(cString: made)
        // The mail servers' own users must be able to walk through.
        chmod(path, 0o755)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below the directory and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        chmod(file, mode)
        return file
    }
}

struct HarnessError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

enum Loopback {
    /// Ports are given to one test only.
    private static let given = NIOLockedValueBox<Set<Int>>([])

    /// A TCP port on 127.0.0.1 that was free a moment ago: below those that the system gives to clients, of which other
    /// tests take many meanwhile.
    static func freePort() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 15_000..<26_000)
            if given.withLockedValue({ $0.insert(port).inserted }), isFree(port) { return port }
        }
        throw HarnessError("no free port on 127.0.0.1")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Waits until something accepts on the port, two minutes at most.
    static func awaitListener(_ port: Int, _ what: String) async throws {
        for _ in 0..<2400 {
            if canConnect(port) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HarnessError("\(what) does not listen on 127.0.0.1:\(port)")
    }

    private static func canConnect(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
