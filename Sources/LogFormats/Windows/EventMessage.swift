import MailTypes

/// The text of a logon event, in whatever language Windows wrote it: its paragraphs are the same everywhere.
///
/// `Label:⇥value` lines stand in paragraphs with a heading; the first account is the one that asked, the second the one
/// that logs on. Names, types and addresses are told by their place and their form, not by their labels.
struct EventMessage {
    private(set) var account = ByteSlice.empty
    private(set) var address: IPAddress?
    private(set) var type = ByteSlice.empty
    private(set) var process = ByteSlice.empty

    private static let lineLimit = 200

    init(_ text: ByteSlice) {
        var paragraph: [ByteSlice] = []
        var accounts = 0
        var rest = text
        var lines = 0
        while !rest.isEmpty, lines < EventMessage.lineLimit {
            lines += 1
            let end = rest.index(of: 0x0a)
            let line = (end < 0 ? rest : rest.prefix(end)).trimmed
            rest = end < 0 ? .empty : rest.from(end + 1)
            if let value = EventMessage.value(line) {
                take(value)
                paragraph.append(value)
            } else {
                close(&paragraph, &accounts)
            }
        }
        close(&paragraph, &accounts)
    }

    /// The end of a paragraph: an account has a name behind its first value, which is no number; addresses and programs
    /// stand in paragraphs of their own.
    private mutating func close(_ paragraph: inout [ByteSlice], _ accounts: inout Int) {
        defer { paragraph.removeAll(keepingCapacity: true) }
        guard paragraph.count >= 2, accounts < 2, paragraph[0].number == nil,
            !paragraph.contains(where: { $0.address != nil || EventMessage.isProgram($0) })
        else { return }
        accounts += 1
        if accounts == 2 { account = paragraph[1] }
    }

    private mutating func take(_ value: ByteSlice) {
        if address == nil, value.count >= 3, let found = value.address { address = found }
        if type.isEmpty, value.count <= 2, value.number != nil { type = value }
        if process.isEmpty, EventMessage.isProgram(value) { process = value }
    }

    private static func isProgram(_ value: ByteSlice) -> Bool {
        value.count > 4 && value.from(value.count - 4).equalsIgnoringCase(".exe")
    }

    /// What stands behind `Label:⇥⇥`; `nil` for headings and blank lines.
    private static func value(_ line: ByteSlice) -> ByteSlice? {
        let colon = line.index(of: Byte.colon)
        guard colon > 0 else { return nil }
        var at = colon + 1
        // `Unterstatus::` and `Type :` are written so by Windows itself.
        while line.at(at) == Byte.colon { at += 1 }
        guard line.at(at) == Byte.tab || line.at(at) == Byte.space else { return nil }
        let value = line.from(at).trimmed
        return value.isEmpty ? nil : value
    }
}
