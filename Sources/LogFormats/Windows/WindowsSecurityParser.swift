import MailTypes

/// Windows Security events 4624 and 4625, as XML, as CSV, or as `Get-WinEvent | ConvertTo-Json`.
struct WindowsSecurityParser {
    private var names = StableBytes()

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

    /// One object of `ConvertTo-Json`, on one line or several.
    mutating func parseJSON(_ text: ByteSlice, clock: inout LogClock) -> ParsedLine? {
        let fields = JSONFields(text: text)
        guard let id = (fields.value("Id") ?? fields.value("EventID"))?.number,
            let created = fields.value("TimeCreated"),
            let seconds = time(created, &clock)
        else { return nil }
        var result = ParsedLine(seconds: seconds, format: .windowsSecurity, event: .nothing)
        guard id == 4624 || id == 4625 else { return result }
        if let message = fields.value("Message"), message.count > 20 {
            result.event = fromMessage(JSONFields.unescaped(message, &names), failed: id == 4625)
        } else {
            result.event = fromProperties(text, failed: id == 4625)
        }
        return result
    }

    /// `/Date(1795000000000)/` as Windows PowerShell writes it, or ISO as PowerShell 7 does.
    private func time(_ text: ByteSlice, _ clock: inout LogClock) -> Int64? {
        let open = text.find("Date(")
        if open >= 0 {
            clock.noteUTC()
            return text.from(open + 5).leadingNumber.map { Int64($0 / 1000) }
        }
        return clock.isoTime(text)?.seconds ?? clock.monthFirstTime(text)?.seconds
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
        let failed = text.contains("An account failed to log on") || text.contains("4625")
        let passed = text.contains("An account was successfully logged on") || text.contains("4624")
        var cursor = FieldCursor(text, separator: Byte.comma, quoted: true)
        var seconds: Int64?
        while seconds == nil, let field = cursor.next() {
            seconds = clock.monthFirstTime(field)?.seconds ?? clock.isoTime(field)?.seconds
        }
        guard let seconds else { return nil }
        guard failed || passed else { return ParsedLine(seconds: seconds, format: .windowsSecurity, event: .nothing) }
        return ParsedLine(seconds: seconds, format: .windowsSecurity, event: fromMessage(text, failed: failed))
    }

    /// The English text of the event: sections with `Account Name:` and `Source Network Address:`.
    private func fromMessage(_ text: ByteSlice, failed: Bool) -> LogEvent? {
        let section = text.find(failed ? "Account For Which Logon Failed:" : "New Logon:")
        let user = labelled(text, "Account Name:", from: max(0, section))
        return login(
            failed: failed, user: user, address: labelled(text, "Source Network Address:", from: 0),
            process: labelled(text, "Process Name:", from: 0), type: labelled(text, "Logon Type:", from: 0))
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
        guard !user.isEmpty, !user.equals("-"), user.last != 0x24, !user.equals("ANONYMOUS LOGON"),
            !user.equals("SYSTEM")
        else {
            return .nothing
        }
        guard let from = address.address, !from.isLoopback else { return .nothing }
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
