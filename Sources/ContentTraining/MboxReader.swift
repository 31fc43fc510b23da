/// Splits an mbox into its messages as its bytes come (RFC 4155, with the quoting of mboxrd).
///
/// A line `From …` behind a blank one begins a message; `>From ` within is unquoted. Each message is kept up to a limit,
/// whatever its size.
struct MboxReader {
    private let limit: Int
    private var message: [UInt8] = []
    private var line: [UInt8] = []
    private var isOpen = false
    private var isBehindBlank = true
    /// The line is longer than what is looked at; its rest goes to the message as it is.
    private var isInLongLine = false

    /// Bytes of a line that are looked at before they are passed on.
    private static let lineBytes = 4096

    init(limit: Int) { self.limit = limit }

    /// Takes the next bytes; complete messages go to `emit`, which says whether to go on.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ emit: ([UInt8]) -> Bool) -> Bool {
        var start = 0
        while start < bytes.count {
            let newline = bytes[start...].firstIndex(of: 0x0a)
            let end = newline.map { $0 + 1 } ?? bytes.count
            var piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            start = end
            if isInLongLine {
                keep(piece)
                isInLongLine = newline == nil
                continue
            }
            let room = Self.lineBytes - line.count
            if newline == nil, piece.count < room {
                line.append(contentsOf: piece)
                continue
            }
            line.append(contentsOf: piece.prefix(room))
            piece = UnsafeRawBufferPointer(rebasing: piece.dropFirst(room))
            guard takeLine(emit) else { return false }
            keep(piece)
            isInLongLine = newline == nil
        }
        return true
    }

    /// The file has ended.
    mutating func finish(_ emit: ([UInt8]) -> Bool) {
        if !line.isEmpty, !takeLine(emit) { return }
        if isOpen { _ = emit(withoutLastBlank()) }
        isOpen = false
    }

    private mutating func takeLine(_ emit: ([UInt8]) -> Bool) -> Bool {
        defer { line.removeAll(keepingCapacity: true) }
        let isSeparator = isBehindBlank && line.starts(with: Self.from)
        isBehindBlank = line == [0x0a] || line == [0x0d, 0x0a]
        if isSeparator {
            defer { message.removeAll(keepingCapacity: true) }
            guard isOpen else {
                isOpen = true
                return true
            }
            return emit(withoutLastBlank())
        }
        guard isOpen else { return true }
        let quotes = line.prefix { $0 == 0x3e }.count
        let isQuoted = quotes > 0 && line.dropFirst(quotes).starts(with: Self.from)
        line.withUnsafeBytes { keep(UnsafeRawBufferPointer(rebasing: $0.dropFirst(isQuoted ? 1 : 0))) }
        return true
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        message.append(contentsOf: bytes.prefix(max(0, limit - message.count)))
    }

    /// The blank line before a separator is the file's, not the message's.
    private func withoutLastBlank() -> [UInt8] {
        if message.suffix(4).elementsEqual([0x0d, 0x0a, 0x0d, 0x0a]) { return Array(message.dropLast(2)) }
        return message.suffix(2).elementsEqual([0x0a, 0x0a]) ? Array(message.dropLast(1)) : message
    }

    static let from = Array("From ".utf8)
}
