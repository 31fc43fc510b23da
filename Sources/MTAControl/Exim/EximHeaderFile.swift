import MailTypes

/// Reads an Exim `-H` spool file: envelope, variables, recipients and the message's header (Exim specification, chapter
/// “Format of spool files”).
struct EximHeaderFile {
    struct Malformed: Error {
        var reason: String
    }

    private(set) var arrival = Timestamp.distantPast
    private(set) var sender = ""
    private(set) var recipients: [QueuedMessage.Recipient] = []
    private(set) var origin = QueuedMessage.Origin()
    /// The header as it goes out; deleted and replaced fields are left out.
    private(set) var header: [UInt8] = []
    private(set) var isFrozen = false
    /// The data file has CRLF and doubled dots, as it came.
    private(set) var isWireFormat = false

    private let bytes: [UInt8]
    private var position = 0

    /// - Parameter journal: the `-J` file's content: recipients delivered since the header file was written.
    init(_ bytes: [UInt8], id: QueueID, journal: [UInt8]) throws(Malformed) {
        self.bytes = bytes
        guard try line() == id.description + "-H" else { throw Malformed(reason: "it is another message's") }
        let login = try line().split(separator: " ")
        if login.count >= 3 { origin.user = login.dropLast(2).joined(separator: " ") }
        let path = try line()
        guard path.first == "<", path.last == ">" else { throw Malformed(reason: "no sender") }
        sender = String(path.dropFirst().dropLast())
        let times = try line().split(separator: " ")
        guard let seconds = times.first.flatMap({ Int64($0) }), (0..<(1 << 40)).contains(seconds) else {
            throw Malformed(reason: "a time that is none")
        }
        arrival = Timestamp(seconds: seconds)
        var done = Self.lines(journal)
        var current = try line()
        while current.utf8.first == UInt8(ascii: "-") {
            try variable(current)
            current = try line()
        }
        if current != "XX" { try tree(current, &done) }
        try readRecipients(done)
        try readHeader()
    }

    private static func lines(_ bytes: [UInt8]) -> Set<String> {
        Set(bytes.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) })
    }

    private mutating func line() throws(Malformed) -> String {
        guard let end = bytes[position...].firstIndex(of: 0x0a), end - position <= 65_536,
            let text = String(validating: bytes[position..<end], as: UTF8.self)
        else { throw Malformed(reason: "a line that does not end or is no UTF-8") }
        position = end + 1
        return text
    }

    /// `-name value`; a second `-` marks what came from outside, and `--(…)name` how it was quoted.
    private mutating func variable(_ line: String) throws(Malformed) {
        var rest = line.dropFirst()
        if rest.first == "-" { rest = rest.dropFirst() }
        if rest.first == "(", let close = rest.firstIndex(of: ")") { rest = rest[rest.index(after: close)...] }
        let parts = rest.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1]) : ""
        switch parts.first {
        case "auth_id": origin.account = value
        case "host_address": origin.client = Self.withoutPort(value)
        case "frozen": isFrozen = true
        case "spool_file_wireformat": isWireFormat = true
        case "received_time_usec":
            // `.123456`
            if let micros = Int64(value.dropFirst()), (0..<1_000_000).contains(micros) {
                arrival = Timestamp(microseconds: arrival.seconds * 1_000_000 + micros)
            }
        // Values of several lines: their length in bytes comes first.
        case "acl", "aclc", "aclm":
            let fields = value.split(separator: " ")
            guard let length = fields.last.flatMap({ Int($0) }), length >= 0, length < bytes.count - position else {
                throw Malformed(reason: "a variable longer than the file")
            }
            position += length + 1
        default: return
        }
        if origin.client != nil { origin.user = nil }
    }

    /// `[192.0.2.1]:1234` or `192.0.2.1.1234`, as Exim writes them.
    private static func withoutPort(_ value: String) -> String {
        if value.first == "[", let close = value.firstIndex(of: "]") {
            return String(value[value.index(after: value.startIndex)..<close])
        }
        let parts = value.split(separator: ".")
        return parts.count == 5 || (parts.count == 2 && value.contains(":"))
            ? parts.dropLast().joined(separator: ".") : value
    }

    /// Addresses that need no more delivery: a binary tree in pre-order; each line says which children follow.
    private mutating func tree(_ first: String, _ done: inout Set<String>) throws(Malformed) {
        var open = 1
        var current = first
        var count = 0
        while true {
            let marks = current.utf8.prefix(2)
            guard marks.count == 2, marks.allSatisfy({ $0 == UInt8(ascii: "Y") || $0 == UInt8(ascii: "N") }),
                current.utf8.dropFirst(2).first == 0x20, count < QueueBounds.recipients
            else { throw Malformed(reason: "the tree of non-recipients is damaged") }
            done.insert(String(current.dropFirst(3)))
            count += 1
            open += marks.count { $0 == UInt8(ascii: "Y") } - 1
            if open == 0 { return }
            current = try line()
        }
    }

    private mutating func readRecipients(_ done: Set<String>) throws(Malformed) {
        guard let count = Int(try line()), (0...QueueBounds.recipients).contains(count) else {
            throw Malformed(reason: "no count of recipients")
        }
        for _ in 0..<count {
            let address = Self.address(try line())
            recipients.append(.init(address, isDone: done.contains(address)))
        }
        guard try line().isEmpty else { throw Malformed(reason: "more recipients than counted") }
    }

    /// The address in a recipient's line; behind it may stand what is known of it (DSN, parent).
    private static func address(_ line: String) -> String {
        var isQuoted = false
        var isEscaped = false
        for index in line.indices {
            switch line[index] {
            case _ where isEscaped: isEscaped = false
            case "\\" where isQuoted: isEscaped = true
            case "\"": isQuoted.toggle()
            case " " where !isQuoted: return String(line[..<index])
            default: continue
            }
        }
        return line
    }

    /// Each field: its length in at least three digits, a mark (`*` is deleted or replaced), a blank, its bytes.
    private mutating func readHeader() throws(Malformed) {
        while position < bytes.count {
            let start = position
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
            guard position - start >= 3, position - start <= 9, position + 2 <= bytes.count,
                let length = Int(String(decoding: bytes[start..<position], as: UTF8.self)),
                length <= bytes.count - position - 2
            else { throw Malformed(reason: "a header field without a length") }
            let mark = bytes[position]
            position += 2
            if mark != UInt8(ascii: "*") { header.append(contentsOf: bytes[position..<(position + length)]) }
            position += length
        }
    }
}
