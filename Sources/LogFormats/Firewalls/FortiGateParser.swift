import MailTypes

/// FortiGate: `date=2026-11-24 time=08:30:00 … type="traffic" … srcip=… dstip=… dstport=25 action="accept"`.
enum FortiGateParser {
    static func parse(_ text: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        guard let date = value(text, "date="), let time = value(text, "time="), date.count == 10, time.count < 20 else {
            return nil
        }
        var stamp = date.bytes
        stamp.append(Byte.space)
        stamp.append(contentsOf: time.bytes)
        if let zone = value(text, "tz=") { stamp.append(contentsOf: zone.bytes) }
        let seconds = stamp.withUnsafeBufferPointer { bytes -> Int64? in
            guard let base = bytes.baseAddress else { return nil }
            return clock.isoTime(ByteSlice(base: base, count: bytes.count))?.seconds
        }
        guard let seconds else { return nil }
        return ParsedLine(seconds: seconds, format: .fortiGate, event: event(text))
    }

    private static func event(_ text: ByteSlice) -> LogEvent? {
        let kind = value(text, "type=") ?? .empty
        if kind.equals("event") { return login(text) }
        guard kind.equals("traffic") else { return .nothing }
        guard let source = value(text, "srcip=")?.address, let destination = value(text, "dstip=")?.address else {
            return nil
        }
        guard value(text, "proto=")?.number == 6 else { return .nothing }
        let action = value(text, "action=") ?? .empty
        let dropped = action.equals("deny") || action.equals("blocked") || action.equals("dropped")
        var flow = Flow(source: source, destination: destination, accepted: !dropped)
        flow.sourcePort = value(text, "srcport=")?.number.flatMap { UInt16(exactly: $0) } ?? 0
        flow.destinationPort = value(text, "dstport=")?.number.flatMap { UInt16(exactly: $0) } ?? 0
        if value(text, "dstintfrole=")?.equals("wan") ?? false { flow.direction = .outgoing }
        if value(text, "srcintfrole=")?.equals("wan") ?? false { flow.direction = .incoming }
        return .flow(flow)
    }

    private static func login(_ text: ByteSlice) -> LogEvent? {
        let action = value(text, "action=") ?? .empty
        let tunnel = action.equals("ssl-login-fail") || action.equals("tunnel-up")
        guard action.equals("login") || tunnel,
            let address = (value(text, "srcip=") ?? value(text, "remip="))?.address
        else { return .nothing }
        let success = tunnel ? action.equals("tunnel-up") : value(text, "status=")?.equals("success") ?? false
        var event = Login(address: address, success: success, service: .other)
        event.account = value(text, "user=") ?? .empty
        return .login(event)
    }

    /// The value of a key at the beginning or behind a space or comma, without its quotes.
    private static func value(_ text: ByteSlice, _ key: StaticString) -> ByteSlice? {
        var at = text.find(key)
        while at > 0, text[at - 1] != Byte.space, text[at - 1] != Byte.comma { at = text.find(key, from: at + 1) }
        guard at >= 0 else { return nil }
        let rest = text.from(at + key.utf8CodeUnitCount)
        if rest.first == Byte.quote { return rest.from(1).upTo(Byte.quote) }
        // Separated by commas where the line is CSV.
        return rest.upTo(Byte.space).upTo(Byte.comma)
    }
}
