import Audit
import Foundation
import MailTypes

/// One request by curl. Addresses and tokens are secrets here, so none is among its arguments, which all users of the machine may
/// read: they go by a file that only this user can.
struct CurlRequest {
    /// What answers has no more to say.
    private static let answerLimit = 64 << 20

    var url: String
    var method = "GET"
    var fields: [String] = []
    /// JSON.
    var body: [UInt8]?

    init(url: String) { self.url = url }

    /// Nobody on the way can read it: TLS, or this machine.
    static func isProtected(_ base: String) -> Bool {
        if base.hasPrefix("https://") { return true }
        let host = base.dropFirst("http://".count)
        return base.hasPrefix("http://")
            && ["127.0.0.1", "localhost", "[::1]"].contains {
                host == $0 || host.hasPrefix($0 + ":") || host.hasPrefix($0 + "/")
            }
    }

    /// Status and body of the answer. Blocks.
    func send() throws -> (status: Int, body: [UInt8]) {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
        try manager.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? manager.removeItem(at: folder) }
        let (data, settings) = (folder.path + "/body", folder.path + "/curl")
        var lines = [
            "url = \(Self.quoted(url))", "request = \(Self.quoted(method))", "proto = \"=https,http\"",
            "header = \"Accept: application/json\"", "max-time = 600", "silent", "show-error",
            "write-out = \"\\n%{http_code}\"",
        ]
        lines += fields.map { "header = \(Self.quoted($0))" }
        if body != nil {
            lines += ["header = \"Content-Type: application/json\"", "data-binary = \(Self.quoted("@" + data))"]
        }
        for (path, content) in [(data, body ?? []), (settings, Array((lines.joined(separator: "\n") + "\n").utf8))] {
            let isMade = manager.createFile(
                atPath: path, contents: Data(content), attributes: [.posixPermissions: 0o600])
            guard isMade else { throw CommandFailure.cannot("no file can be written in \(folder.path)") }
        }
        let output: HostCommand.Output
        do throws(AuditError) {
            output = try HostCommand(
                ["curl", "--config", settings], maximumOutput: Self.answerLimit, timeout: .seconds(610)
            ).run()
        } catch {
            throw CommandFailure.cannot("curl: \(SafeText.printable(error.message))")
        }
        guard output.status == 0, let end = output.output.lastIndex(of: 0x0a),
            let status = Int(String(decoding: output.output[(end + 1)...], as: UTF8.self))
        else { throw CommandFailure.cannot("no answer: \(SafeText.printable(output.complaint, limit: 500))") }
        return (status, Array(output.output[..<end]))
    }

    private static func quoted(_ text: String) -> String {
        let safe = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(safe.filter { $0 != "\n" && $0 != "\r" })\""
    }
}
