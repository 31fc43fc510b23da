import LogFormats
import MailTypes
import Testing

/// Reads lines as one file and hands out what they tell; the bytes live as long as the closure runs.
enum Lines {
    /// 2026-11-24T12:00:00Z
    static let now: Int64 = 1_795_521_600

    static func read(
        _ lines: [String], latest: Int64 = now, zone: ZoneOffsets = .utc, _ body: (Int, ParsedLine) throws -> Void
    ) rethrows {
        var reader = LogReader(latest: latest, zone: zone)
        var buffers: [UnsafeMutableBufferPointer<UInt8>] = []
        defer { for buffer in buffers { buffer.deallocate() } }
        for (index, line) in lines.enumerated() {
            let bytes = Array(line.utf8)
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
            for (i, byte) in bytes.enumerated() { buffer[i] = byte }
            buffers.append(buffer)
            guard let base = buffer.baseAddress else { continue }
            try body(index, reader.read(ByteSlice(base: UnsafePointer(base), count: bytes.count)))
        }
    }

    /// What the last line tells, as text: one shape for all events, so that fixtures are one line each.
    static func story(_ lines: [String]) -> String {
        var told = ""
        read(lines) { _, parsed in told = "\(parsed.format.name): \(parsed.event.map(text) ?? "not understood")" }
        return told
    }

    static func text(_ event: LogEvent) -> String {
        switch event {
        case .nothing: return "nothing"
        case .login(let login):
            return join([
                login.success ? "login" : "failure", login.account.string, "\(login.address.map { "\($0)" } ?? "-")",
                login.service.name, login.method.string, login.attempts > 1 ? "x\(login.attempts)" : "",
                login.isBackend ? "backend" : "",
            ])
        case .submission(let mail):
            return join([
                "submission", mail.queueID.string, mail.account.string, "\(mail.client.map { "\($0)" } ?? "-")",
                "<\(mail.sender.string)>", "size=\(mail.size)", "for=\(mail.recipients)", mail.script.string,
                mail.isLocal ? "local" : "",
            ])
        case .queued(let mail):
            return join([
                "queued", mail.queueID.string, "<\(mail.sender.string)>", "size=\(mail.size)", "for=\(mail.recipients)",
            ])
        case .delivery(let result):
            return join([
                "\(result.outcome)", result.queueID.string, "<\(result.recipient.string)>",
                "\(result.relay.map { "\($0)" } ?? "-")", result.code > 0 ? "\(result.code)" : "",
                result.enhanced?.description ?? "", result.reason == .none ? "" : result.reason.name,
                result.isLocal ? "local" : "", result.nextQueueID.isEmpty ? "" : "next=\(result.nextQueueID.string)",
            ])
        case .removed(let id): return "removed \(id.string)"
        case .reject(let refusal):
            return join([
                "reject", "\(refusal.client.map { "\($0)" } ?? "-")", refusal.account.string,
                "<\(refusal.sender.string)>",
                "<\(refusal.recipient.string)>", refusal.code > 0 ? "\(refusal.code)" : "",
                refusal.enhanced?.description ?? "", refusal.reason.name,
            ])
        case .flow(let flow):
            return join([
                flow.accepted ? "accept" : "drop", "\(flow.source):\(flow.sourcePort)",
                "\(flow.destination):\(flow.destinationPort)", "\(flow.direction)",
            ])
        }
    }

    private static func join(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: " ") }
}
