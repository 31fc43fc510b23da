import MailTypes

/// What is remembered of connections whose lines tell one thing each: who, from where, and the message so far.
///
/// Bounded: the oldest sessions are forgotten, as those are which never ended.
struct SessionMemory {
    struct Session {
        var account: [UInt8] = []
        var address: IPAddress?
        var sender: [UInt8] = []
        /// The recipient that the reply to come is about.
        var recipient: [UInt8] = []
        /// A name that was tried and not yet let in.
        var tried: [UInt8] = []
        var recipients = 0
        /// The next line from the client is a name in base 64.
        var expectsName = false
    }

    private static let limit = 8192
    private var sessions: [UInt64: Session] = [:]
    private var order: [UInt64] = []
    private var oldest = 0
    private var names = StableBytes()

    static func key(_ id: ByteSlice) -> UInt64 {
        var key: UInt64 = 14_695_981_039_346_656_037
        for i in 0..<min(id.count, 64) { key = (key ^ UInt64(id[i])) &* 1_099_511_628_211 }
        return key
    }

    subscript(id: ByteSlice) -> Session {
        get { sessions[SessionMemory.key(id)] ?? Session() }
        set {
            let key = SessionMemory.key(id)
            if sessions.updateValue(newValue, forKey: key) == nil { remember(key) }
        }
    }

    private mutating func remember(_ key: UInt64) {
        guard order.count >= SessionMemory.limit else {
            order.append(key)
            return
        }
        sessions[order[oldest]] = nil
        order[oldest] = key
        oldest = (oldest + 1) % SessionMemory.limit
    }

    /// Bytes of a session as a slice that lives as long as an event needs it.
    mutating func stable(_ bytes: [UInt8]) -> ByteSlice { bytes.isEmpty ? .empty : names.keep(bytes) }
}

/// Base 64 (RFC 4648), as logins show it in protocol logs.
enum Base64Text {
    /// The bytes, `nil` when the text is no base 64 or longer than a name may be.
    static func decode(_ text: ByteSlice) -> [UInt8]? {
        guard !text.isEmpty, text.count <= 512, text.count % 4 == 0 else { return nil }
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var held = 0
        for i in 0..<text.count {
            let byte = text[i]
            if byte == Byte.equals { continue }
            guard let value = value(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return out
    }

    /// The login name in an AUTH PLAIN response (RFC 4616): between the first and the second NUL.
    static func plainName(_ text: ByteSlice) -> [UInt8]? {
        guard let bytes = decode(text) else { return nil }
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        return parts.count >= 2 ? Array(parts[1]) : nil
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5a: byte - 0x41
        case 0x61...0x7a: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2b: 62
        case 0x2f: 63
        default: nil
        }
    }
}
