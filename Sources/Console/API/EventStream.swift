import ControlStore
import Enforcement
import HTTPTypes
import Hummingbird
import MailTypes
import NIOCore
import ServiceLifecycle

/// What happens, as it happens: each entry of the audit log is an event of an endless answer (Server-Sent Events). The
/// event's id is the entry's number, so that who was cut off goes on exactly where it was (`Last-Event-ID`).
struct EventStream: Sendable {
    /// Between two looks at the log.
    static let interval = Duration.seconds(1)
    /// Looks without news after which a comment shows that the line is alive.
    static let heartbeat = 15
    /// Looks after which the stream ends; the client comes again.
    static let length = 3600

    let stores: ConsoleStores
    let threads: StoreThreads
    let limits: ConsoleLimits
    /// Whether the token is still good, asked at each look.
    let isWelcome: @Sendable () -> Bool

    /// - Parameter after: the last entry that is known; `nil`: only what happens from now on.
    func response(after: Int64?, lastEventID: String?) async throws -> Hummingbird.Response {
        let stores = stores
        let given = lastEventID.flatMap { Int64($0) } ?? after
        let start: Int64
        if let given {
            start = max(0, given)
        } else {
            start = try await threads.run { try stores.control.auditEnd() }
        }
        guard limits.streams.enter() else { throw Problem(.busy, "too many event streams", retryAfter: 60) }
        let seat = StreamCount.Seat(limits.streams)
        return Hummingbird.Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: .init { writer in
                try await write(from: start, to: &writer)
                withExtendedLifetime(seat) {}
            })
    }

    @concurrent
    private func write(from start: Int64, to writer: inout any ResponseBodyWriter) async throws {
        var last = start
        var quiet = 0
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        for _ in 0..<Self.length where !Task.isShuttingDownGracefully && isWelcome() {
            let after = last
            let stores = stores
            let entries = try await threads.run { try stores.control.audit(after: after, limit: 200) }
            if let end = entries.last?.sequence {
                var text = ""
                for entry in entries {
                    let data = String(decoding: try JSONText.bytes(AuditView(entry)), as: UTF8.self)
                    text += "id: \(entry.sequence)\nevent: \(Self.name(entry.act))\ndata: \(data)\n\n"
                }
                try await writer.write(ByteBuffer(string: text))
                last = end
                quiet = 0
                continue
            }
            quiet += 1
            if quiet % Self.heartbeat == 0 { try await writer.write(ByteBuffer(string: ": \n\n")) }
            try await Task.sleep(for: Self.interval)
        }
        try await writer.finish(nil)
    }

    /// An event's name: what else stands in it could end the line.
    private static func name(_ act: String) -> String {
        String(act.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }.prefix(60))
    }
}
