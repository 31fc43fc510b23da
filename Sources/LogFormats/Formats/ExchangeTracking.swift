import MailTypes

/// Exchange's message tracking log: CSV whose `#Fields:` names the columns.
struct ExchangeTracking {
    private enum Column: Int, CaseIterable {
        case time, clientIP, serverIP, source, event, internalID, messageID, recipients, status, bytes, count, sender,
            direction, originalIP
    }

    private var columns: [Column: Int]
    /// `Get-MessageTrackingLog | Export-Csv`: quoted, with the properties' names and the time in the user's form.
    let isExport: Bool
    private var isDayFirst = false

    /// - Parameter fields: behind `#Fields:`; `nil` when the names are not those of a tracking log.
    init?(fields: ByteSlice) {
        let names: [(StaticString, Column)] = [
            ("date-time", .time), ("client-ip", .clientIP), ("server-ip", .serverIP), ("source", .source),
            ("event-id", .event),
            ("internal-message-id", .internalID), ("message-id", .messageID), ("recipient-address", .recipients),
            ("recipient-status", .status), ("total-bytes", .bytes), ("recipient-count", .count),
            ("sender-address", .sender),
            ("directionality", .direction), ("original-client-ip", .originalIP),
        ]
        columns = [:]
        isExport = false
        for (index, field) in FieldCursor.split(fields.trimmed, by: Byte.comma).enumerated() {
            for (name, column) in names where field.trimmed.equals(name) { columns[column] = index }
        }
        guard columns[.event] != nil, columns[.time] == 0 else { return nil }
    }

    /// - Parameter export: the first line of `Export-Csv` behind `#TYPE`; `nil` when it names no message tracking.
    init?(export: ByteSlice) {
        let names: [(StaticString, Column)] = [
            ("timestamp", .time), ("clientip", .clientIP), ("serverip", .serverIP), ("source", .source),
            ("eventid", .event), ("internalmessageid", .internalID), ("messageid", .messageID),
            ("recipients", .recipients), ("recipientstatus", .status), ("totalbytes", .bytes),
            ("recipientcount", .count), ("sender", .sender), ("directionality", .direction),
            ("originalclientip", .originalIP),
        ]
        columns = [:]
        isExport = true
        let separator = export.index(of: Byte.comma) < 0 ? Byte.semicolon : Byte.comma
        for (index, field) in FieldCursor.split(export.trimmed, by: separator, quoted: true).enumerated() {
            for (name, column) in names where field.trimmed.equalsIgnoringCase(name) { columns[column] = index }
        }
        guard columns[.time] != nil, columns[.event] != nil, columns[.messageID] != nil, columns[.sender] != nil else {
            return nil
        }
    }

    /// One quoted line of an export.
    mutating func parseExport(_ line: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        guard let index = columns[.time] else { return nil }
        let fields = FieldCursor.split(line, by: Byte.comma, quoted: true)
        guard index < fields.count else { return nil }
        let text = fields[index]
        var time = clock.isoTime(text)?.seconds
        if time == nil, !isDayFirst { time = clock.monthFirstTime(text)?.seconds }
        if time == nil {
            time = clock.dayFirstNumbers(text)?.seconds
            isDayFirst = time != nil
        }
        guard let time else { return nil }
        return ParsedLine(seconds: time, format: .exchangeTracking, event: parse(line))
    }

    func parse(_ line: ByteSlice) -> LogEvent? {
        let fields = FieldCursor.split(line, by: Byte.comma, quoted: true)
        func field(_ column: Column) -> ByteSlice {
            guard let index = columns[column], index < fields.count else { return .empty }
            return fields[index]
        }
        guard !field(.event).isEmpty else { return nil }
        let id = field(.internalID).isEmpty ? field(.messageID) : field(.internalID)
        let event = field(.event)
        if event.equals("RECEIVE") || event.equals("SUBMIT") { return arrival(field, id) }
        if event.equals("SEND") || event.equals("SENDEXTERNAL") { return delivery(field, id, .sent, local: false) }
        if event.equals("DELIVER") { return delivery(field, id, .sent, local: true) }
        if event.equals("FAIL") || event.equals("BADMAIL") { return delivery(field, id, .bounced, local: false) }
        if event.equals("DEFER") { return delivery(field, id, .deferred, local: false) }
        return .nothing
    }

    private func arrival(_ field: (Column) -> ByteSlice, _ id: ByteSlice) -> LogEvent? {
        // SUBMIT is told again as RECEIVE by the transport service.
        guard field(.event).equals("RECEIVE") else { return .nothing }
        var event = Submission(queueID: id, sender: field(.sender))
        event.client = field(.originalIP).address ?? field(.clientIP).address
        event.size = field(.bytes).number ?? 0
        event.recipients = field(.count).number ?? 1
        if event.recipients == 0 { event.recipients = 1 }
        let originating = field(.direction).equals("Originating") || field(.source).equals("STOREDRIVER")
        if originating { event.account = field(.sender) }
        return .submission(event)
    }

    private func delivery(
        _ field: (Column) -> ByteSlice, _ id: ByteSlice, _ outcome: Delivery.Outcome, local: Bool
    ) -> LogEvent? {
        var event = Delivery(
            queueID: id, recipient: field(.recipients).upTo(Byte.semicolon).upTo(Byte.space), outcome: outcome)
        event.isLocal = local
        event.relay = field(.serverIP).address
        if let relay = event.relay, relay.isInside, outcome == .sent { event.isLocal = true }
        event.recipients = max(1, field(.count).number ?? 1)
        guard outcome != .sent else { return .delivery(event) }
        let status = field(.status)
        var at = status.find("5.")
        if at < 0 { at = status.find("4.") }
        let codes = status.replyCodes
        event.code = codes.code
        event.enhanced = codes.enhanced ?? (at < 0 ? nil : status.from(at).enhancedCode?.code)
        event.reason = ReplyClass(text: status, code: codes.code, enhanced: event.enhanced)
        return .delivery(event)
    }
}
