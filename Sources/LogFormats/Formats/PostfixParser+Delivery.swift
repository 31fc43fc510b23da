import MailTypes

extension PostfixParser {
    /// smtp(8), lmtp(8), local(8), virtual(8), pipe(8), error(8): `id: to=<…>, relay=…, delay=…, dsn=…, status=…`.
    static func delivery(_ message: ByteSlice, local: Bool) -> LogEvent? {
        guard let (id, rest) = queueID(message) else { return message.isEmpty ? nil : .nothing }
        guard rest.hasPrefix("to=") else { return attempt(id, rest) }
        let quoted = rest.at(3) == Byte.less
        let start = quoted ? 4 : 3
        let end = quoted ? senderEnd(rest, from: 4) : rest.index(of: Byte.comma, from: 3)
        guard end >= 0 else { return nil }
        let relayAt = rest.find("relay=", from: end)
        let statusAt = rest.find("status=", from: max(relayAt, end))
        guard relayAt > 0, statusAt > 0 else { return nil }
        let status = rest.from(statusAt + 7)
        guard let outcome = outcome(status) else { return nil }
        var event = Delivery(queueID: id, recipient: rest.part(start, end), outcome: outcome)
        let relay = rest.from(relayAt + 6).upTo(Byte.comma)
        event.isLocal = local && !relay.contains("]:25")
        event.relay = bracketed(relay)
        if let dsn = rest.value(after: "dsn=", upTo: Byte.comma, from: relayAt) {
            event.enhanced = dsn.enhancedCode?.code
        }
        if let loopback = event.relay?.isLoopback, loopback { event.isLocal = true }
        guard outcome != .sent else {
            if event.isLocal || event.relay == nil, let next = status.value(after: "queued as ", upTo: Byte.close) {
                event.nextQueueID = next
            }
            return .delivery(event)
        }
        let open = status.index(of: Byte.open)
        let text = open < 0 ? status : status.from(open + 1)
        let said = text.find(" said: ")
        let refused = said < 0 ? text.find(" refused to talk to me: ") : -1
        if said >= 0 || refused >= 0 {
            let codes = text.from(said >= 0 ? said + 7 : refused + 24).replyCodes
            event.code = codes.code
            if event.enhanced == nil { event.enhanced = codes.enhanced }
        }
        event.reason = ReplyClass(text: text, code: event.code, enhanced: event.enhanced)
        return .delivery(event)
    }

    private static func outcome(_ status: ByteSlice) -> Delivery.Outcome? {
        if status.hasPrefix("sent") { return .sent }
        if status.hasPrefix("deferred") || status.hasPrefix("SOFTBOUNCE") { return .deferred }
        if status.hasPrefix("bounced") { return .bounced }
        if status.hasPrefix("deliverable") { return .sent }
        if status.hasPrefix("undeliverable") || status.hasPrefix("expired") { return .bounced }
        return nil
    }

    /// `id: host h[ip] said: 450 …`: an attempt at one of several hosts; the outcome comes in a later line.
    private static func attempt(_ id: ByteSlice, _ rest: ByteSlice) -> LogEvent? {
        guard rest.hasPrefix("host ") else { return .nothing }
        let said = rest.find(" said: ")
        let refused = said < 0 ? rest.find(" refused to talk to me: ") : -1
        guard said > 0 || refused > 0 else { return .nothing }
        let codes = rest.from(said > 0 ? said + 7 : refused + 24).replyCodes
        let reason = ReplyClass(text: codes.rest, code: codes.code, enhanced: codes.enhanced)
        guard reason.isReputation || reason == .rateLimit else { return .nothing }
        return .delivery(
            Delivery(
                queueID: id, outcome: .deferred, relay: bracketed(rest.from(5)), code: codes.code,
                enhanced: codes.enhanced, reason: reason))
    }

    /// The address in `host[192.0.2.1]:25`.
    static func bracketed(_ text: ByteSlice) -> IPAddress? {
        let open = text.index(of: Byte.openSquare)
        guard open >= 0 else { return nil }
        let end = text.index(of: Byte.closeSquare, from: open)
        return end < 0 ? nil : text.part(open + 1, end).address
    }
}
