/// A syslog line taken apart: RFC 3164 as written by syslogd and rsyslog, RFC 5424, ISO times, journald's short forms.
package struct SyslogLine {
    /// Seconds since 1970, UTC.
    package var seconds: Int64
    package var host: ByteSlice
    /// The tag without process id: `postfix/smtpd`, `sshd`, `kernel`; empty when there is none.
    package var program: ByteSlice
    package var processID: ByteSlice
    package var message: ByteSlice
    /// How often rsyslog says that the message came: `message repeated 5 times: [ … ]`.
    package var repeats = 1

    init(seconds: Int64) {
        self.seconds = seconds
        host = .empty
        program = .empty
        processID = .empty
        message = .empty
    }

    /// A line without a time, of which another told when it was written: `postfix/smtpd[12]: …`.
    init?(bare text: ByteSlice, seconds: Int64) {
        self.init(seconds: seconds)
        (program, processID, message) = SyslogLine.tag(text)
        if program.isEmpty { return nil }
        takeRepeats()
    }

    /// Reads a line; `nil` if it begins with no time that syslog writes.
    package init?(_ line: ByteSlice, clock: inout LogClock) {
        guard let read = SyslogLine.read(line, &clock) else { return nil }
        self = read
    }

    private static func read(_ line: ByteSlice, _ clock: inout LogClock) -> SyslogLine? {
        var text = line
        if text.first == Byte.less {
            let end = text.prefix(6).index(of: Byte.greater)
            guard end > 0, text.part(1, end).number != nil else { return nil }
            text = text.from(end + 1)
            if text.first == Byte.colon { text = text.from(1) }
            if text.at(0) == 0x31, text.at(1) == Byte.space {
                return structured(text.from(2), &clock)
            }
        }
        let time: (seconds: Int64, length: Int)
        if text.first &- 0x30 < 10, text.at(4) == Byte.space {
            // `2026 Nov 24 08:30:00 host …`
            guard let read = clock.yearFirstTime(text) else { return nil }
            time = read
        } else if text.first &- 0x30 < 10 {
            guard let read = clock.isoTime(text) else { return nil }
            time = read
        } else if let read = clock.syslogTime(text) {
            time = read
        } else {
            // journalctl -o short-full: `Tue 2026-11-24 08:30:00 UTC host …`
            guard text.at(3) == Byte.space,
                let read = clock.isoTime(text.from(4), utc: text.part(23, 28).equals(" UTC "))
            else { return nil }
            let zone = text.index(of: Byte.space, from: 4 + read.length + 1)
            guard zone > 0 else { return nil }
            time = (read.seconds, zone)
        }
        var rest = text.from(time.length)
        if rest.first == Byte.colon { rest = rest.from(1) }
        guard rest.first == Byte.space else { return nil }
        rest = rest.from(1)
        if rest.first == Byte.space { rest = rest.trimmed }
        var result = SyslogLine(seconds: time.seconds)
        let hostEnd = rest.index(of: Byte.space)
        let first = hostEnd < 0 ? rest : rest.prefix(hostEnd)
        if first.last == Byte.colon || hostEnd < 0 {
            // No host: Dovecot's own files (`imap-login: Info: …`), rsyslog's own lines, Cisco's `: %ASA`.
        } else {
            result.host = first
            rest = rest.from(hostEnd + 1)
            if rest.first == Byte.space { rest = rest.trimmed }
        }
        (result.program, result.processID, result.message) = tag(rest)
        if result.program.isEmpty, let bare = withoutPriority(rest) {
            (result.program, result.processID, result.message) = tag(bare)
        }
        if result.message.first == Byte.openSquare, result.message.hasPrefix("[ID ") {
            // Solaris: `[ID 197553 mail.info] …`
            let end = result.message.index(of: Byte.closeSquare)
            if end > 0, end < 40 { result.message = result.message.from(end + 2) }
        }
        result.takeRepeats()
        return result
    }

    /// Without `mail.info ` in front of the tag, as busybox and some relays write it.
    private static func withoutPriority(_ text: ByteSlice) -> ByteSlice? {
        let space = text.prefix(24).index(of: Byte.space)
        guard space > 2 else { return nil }
        let dot = text.prefix(space).index(of: Byte.dot)
        guard dot > 0 else { return nil }
        let names: [StaticString] = [
            "emerg", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug",
        ]
        let level = text.part(dot + 1, space)
        return names.contains { level.equals($0) } ? text.from(space + 1) : nil
    }

    /// RFC 5424 §6 behind `<PRI>1 `: time, host, application, process id, message id, structured data, message.
    private static func structured(_ text: ByteSlice, _ clock: inout LogClock) -> SyslogLine? {
        let timeEnd = text.index(of: Byte.space)
        guard timeEnd > 0, let time = clock.isoTime(text) else { return nil }
        var result = SyslogLine(seconds: time.seconds)
        var at = timeEnd + 1
        var parts: [ByteSlice] = []
        for _ in 0..<4 {
            let end = text.index(of: Byte.space, from: at)
            guard end >= 0 else { return nil }
            parts.append(text.part(at, end))
            at = end + 1
        }
        result.host = parts[0]
        result.program = parts[1]
        result.processID = parts[2]
        var message = text.from(at)
        if message.first == Byte.dash {
            message = message.from(1)
        } else {
            while message.first == Byte.openSquare {
                let end = elementEnd(message)
                guard end > 0 else { return nil }
                message = message.from(end)
            }
        }
        message = message.trimmed
        if message.hasPrefix("\u{FEFF}") { message = message.from(3) }
        result.message = message
        result.takeRepeats()
        return result
    }

    /// The index behind a structured data element's `]`, which quotes may hide (RFC 5424 §6.3.3).
    private static func elementEnd(_ text: ByteSlice) -> Int {
        var quoted = false
        var at = 1
        while at < text.count {
            let byte = text[at]
            if byte == Byte.backslash {
                at += 1
            } else if byte == Byte.quote {
                quoted.toggle()
            } else if byte == Byte.closeSquare, !quoted {
                return at + 1
            }
            at += 1
        }
        return -1
    }

    /// `program[pid]: message`, `program: message`, `program message`.
    private static func tag(_ text: ByteSlice) -> (ByteSlice, ByteSlice, ByteSlice) {
        var at = 0
        let end = min(text.count, 96)
        while at < end {
            let byte = text[at]
            if byte == Byte.openSquare {
                let close = text.index(of: Byte.closeSquare, from: at)
                guard close > 0, close - at < 16 else { break }
                var rest = close + 1
                if text.at(rest) == Byte.colon { rest += 1 }
                if text.at(rest) == Byte.space { rest += 1 }
                return (text.prefix(at), text.part(at + 1, close), text.from(rest))
            }
            if byte == Byte.colon, text.at(at + 1) == Byte.space || at + 1 == text.count {
                return (text.prefix(at), .empty, text.from(at + 2))
            }
            if byte == Byte.space { break }
            at += 1
        }
        return (.empty, .empty, text)
    }

    private mutating func takeRepeats() {
        guard message.first == 0x6d, message.hasPrefix("message repeated ") else { return }
        guard let times = message.from(17).leadingNumber, times > 0 else { return }
        let open = message.find("times: [")
        guard open > 0 else { return }
        var inner = message.from(open + 8).trimmed
        if inner.last == Byte.closeSquare { inner = inner.prefix(inner.count - 1) }
        message = inner
        repeats = min(times, 100_000)
    }
}
