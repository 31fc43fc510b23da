import MailTypes

/// Windows Security events 4624 and 4625, as XML, as CSV, or as `Get-WinEvent | ConvertTo-Json`.
struct WindowsSecurityParser {
    private var names = StableBytes()
    /// Dates in numbers begin with the day: the header was in a language where they do, or a month was above twelve.
    var isDayFirst = false

    // MARK: XML

    /// One `<Event>…</Event>`.
    mutating func parseXML(_ text: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        guard let id = element(text, "<EventID") else { return nil }
        let created = attribute(text, "SystemTime=")
        guard let time = created.flatMap({ clock.isoTime($0, utc: true) }) else { return nil }
        var result = ParsedLine(seconds: time.seconds, format: .windowsSecurity, event: .nothing)
        guard id.number == 4624 || id.number == 4625 else { return result }
        result.event = login(
            failed: id.number == 4625, user: data(text, "TargetUserName"), address: data(text, "IpAddress"),
            process: data(text, "ProcessName"), type: data(text, "LogonType"))
        return result
    }

    private func element(_ text: ByteSlice, _ open: StaticString) -> ByteSlice? {
        let at = text.find(open)
        guard at >= 0 else { return nil }
        let end = text.index(of: Byte.greater, from: at)
        return end < 0 ? nil : text.from(end + 1).upTo(Byte.less).trimmed
    }

    private func attribute(_ text: ByteSlice, _ name: StaticString) -> ByteSlice? {
        let at = text.find(name)
        guard at >= 0 else { return nil }
        let rest = text.from(at + name.utf8CodeUnitCount)
        return rest.from(1).upTo(rest.first)
    }

    /// `<Data Name="TargetUserName">value</Data>`, with either kind of quotes.
    private func data(_ text: ByteSlice, _ name: StaticString) -> ByteSlice {
        var at = text.find(name)
        while at > 0 {
            let quote = text[at - 1]
            if quote == Byte.quote || quote == 0x27, text.at(at + name.utf8CodeUnitCount) == quote {
                let end = text.index(of: Byte.greater, from: at)
                return end < 0 ? .empty : text.from(end + 1).upTo(Byte.less).trimmed
            }
            at = text.find(name, from: at + 1)
        }
        return .empty
    }

    // MARK: JSON

    /// One object, on one line or several: of `ConvertTo-Json`, of evtx converters, of log shippers.
    mutating func parseJSON(_ text: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        let fields = JSONFields(text: text)
        guard
            let id =
                (fields.value("Id") ?? fields.value("EventID") ?? fields.value("event_id")
                ?? fields.value("EventId"))?.number ?? fields.value("#text")?.number,
            let seconds = time(fields, &clock)
        else { return nil }
        var result = ParsedLine(seconds: seconds, format: .windowsSecurity, event: .nothing)
        guard id == 4624 || id == 4625 else { return result }
        if let user = fields.value("TargetUserName") {
            result.event = login(
                failed: id == 4625, user: JSONFields.unescaped(user, &names),
                address: fields.value("IpAddress") ?? .empty,
                process: fields.value("ProcessName") ?? .empty, type: fields.value("LogonType") ?? .empty)
        } else if let message = fields.value("Message"), message.count > 20 {
            result.event = fromMessage(JSONFields.unescaped(message, &names), failed: id == 4625)
        } else {
            result.event = fromProperties(text, failed: id == 4625)
        }
        return result
    }

    /// `/Date(1795000000000)/` as Windows PowerShell writes it, ISO as PowerShell 7 and the others do.
    private mutating func time(_ fields: JSONFields, _ clock: inout LogClock) -> Int64? {
        if let text = fields.value("TimeCreated"), text.first != 0x7b {
            let open = text.find("Date(")
            if open >= 0 {
                clock.noteUTC()
                return text.from(open + 5).leadingNumber.map { Int64($0 / 1000) }
            }
            return localTime(text, &clock)
        }
        if let text = fields.value("SystemTime") ?? fields.value("@timestamp") {
            return clock.isoTime(text, utc: true)?.seconds
        }
        return fields.value("EventTime").flatMap { localTime($0, &clock) }
    }

    /// Which of two numbers is the month shows when one of them is none, or by the language of the header.
    private mutating func localTime(_ text: ByteSlice, _ clock: inout LogClock) -> Int64? {
        if let time = clock.isoTime(text) { return time.seconds }
        if !isDayFirst, let time = clock.monthFirstTime(text) { return time.seconds }
        let time = clock.dayFirstNumbers(text)
        if time != nil { isDayFirst = true }
        return time?.seconds
    }

    /// `Properties`: the fields of the event in their order, each as `{"Value": …}`.
    private mutating func fromProperties(_ text: ByteSlice, failed: Bool) -> LogEvent? {
        var values: [ByteSlice] = []
        var at = text.find("\"Value\"")
        while at >= 0, values.count < 32 {
            values.append(JSONFields(text: text.from(at)).value("Value") ?? .empty)
            at = text.find("\"Value\"", from: at + 7)
        }
        let address = failed ? 19 : 18
        guard values.count > address else { return .nothing }
        return login(
            failed: failed, user: JSONFields.unescaped(values[5], &names), address: values[address],
            process: values[failed ? 18 : 17], type: values[failed ? 10 : 8])
    }

    // MARK: CSV and message text

    /// One record of Event Viewer's or `Export-Csv`'s CSV, its message spread over lines.
    mutating func parseCSV(_ text: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        let header = text.upTo(Byte.quote)
        let separator = text.first == Byte.quote || header.index(of: Byte.comma) >= 0 ? Byte.comma : Byte.semicolon
        var cursor = FieldCursor(text, separator: separator, quoted: true)
        var seconds: Int64?
        var id = 0
        var message = ByteSlice.empty
        var count = 0
        while count < 32, let field = cursor.next() {
            count += 1
            if seconds == nil, field.count < 40 { seconds = localTime(field, &clock) }
            if field.equals("4624") || field.equals("4625") { id = field.number ?? 0 }
            if field.count > message.count { message = field }
        }
        guard let seconds else { return nil }
        if id == 0 {
            // Without a column of numbers the text tells, in English.
            if message.hasPrefix("An account failed to log on") { id = 4625 }
            if message.hasPrefix("An account was successfully logged on") { id = 4624 }
        }
        guard id != 0 else { return ParsedLine(seconds: seconds, format: .windowsSecurity, event: .nothing) }
        return ParsedLine(seconds: seconds, format: .windowsSecurity, event: fromMessage(message, failed: id == 4625))
    }

    private func fromMessage(_ text: ByteSlice, failed: Bool) -> LogEvent? {
        let message = EventMessage(text)
        var user = message.account
        if user.isEmpty {
            // Cut short, or exported without its first account: by the English labels.
            let section = text.find(failed ? "Account For Which Logon Failed:" : "New Logon:")
            user = labelled(text, "Account Name:", from: max(0, section))
        }
        guard let address = message.address else { return .nothing }
        return login(failed: failed, user: user, from: address, process: message.process, type: message.type)
    }

    private func labelled(_ text: ByteSlice, _ label: StaticString, from start: Int) -> ByteSlice {
        let at = text.find(label, from: start)
        guard at >= 0 else { return .empty }
        let rest = text.from(at + label.utf8CodeUnitCount)
        var begin = 0
        while begin < rest.count, rest[begin] == Byte.tab || rest[begin] == Byte.space { begin += 1 }
        var end = begin
        while end < rest.count, rest[end] != 0x0a, rest[end] != 0x0d, rest[end] != Byte.tab { end += 1 }
        return rest.part(begin, end).trimmed
    }

    // MARK: what it means

    /// Logons of people from elsewhere: machine accounts, services and local logons are left out.
    private func login(failed: Bool, user: ByteSlice, address: ByteSlice, process: ByteSlice, type: ByteSlice)
        -> LogEvent?
    {
        guard let from = address.address else { return .nothing }
        return login(failed: failed, user: user, from: from, process: process, type: type)
    }

    private func login(failed: Bool, user: ByteSlice, from: IPAddress, process: ByteSlice, type: ByteSlice) -> LogEvent?
    {
        guard !user.isEmpty, !user.equals("-"), user.last != 0x24, !user.equals("ANONYMOUS LOGON"),
            !user.equals("SYSTEM")
        else {
            return .nothing
        }
        guard !from.isLoopback else { return .nothing }
        if type.equals("5") || type.equals("4") { return .nothing }
        var event = Login(account: user, address: from, success: !failed, service: .windows)
        if process.containsIgnoringCase("frontendtransport") || process.containsIgnoringCase("edgetransport") {
            event.service = .smtp
        }
        if process.containsIgnoringCase("imap4") { event.service = .imap }
        if process.containsIgnoringCase("pop3") { event.service = .pop3 }
        if process.containsIgnoringCase("w3wp.exe") { event.service = .webmail }
        event.method = type
        return .login(event)
    }
}
