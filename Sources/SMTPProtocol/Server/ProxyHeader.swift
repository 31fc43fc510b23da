package import MailTypes

/// The header that a balancer sends before anything else: PROXY protocol versions 1 and 2
/// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt). Pure; bounded.
package enum ProxyHeader: Hashable, Sendable {
    /// The connection's real client.
    case client(IPAddress, port: UInt16)
    /// `LOCAL` or `UNKNOWN`: the balancer speaks for itself (health checks); its own address counts.
    case local

    package enum Result: Hashable, Sendable {
        case complete(ProxyHeader, consumed: Int)
        case incomplete
        /// No PROXY header, or one that does not fit: the connection must end.
        case invalid
    }

    /// §2.1: 107 bytes with CRLF at most.
    private static let firstLimit = 107
    /// The address block and the TLVs that are skipped. The protocol allows 65,535; real ones stay under 2 KiB.
    private static let secondLimit = 4096

    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]

    package static func parse(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard let first = bytes.first else { return .incomplete }
        return first == 0x0d ? second(bytes) : firstVersion(bytes)
    }

    private static func firstVersion(_ bytes: UnsafeRawBufferPointer) -> Result {
        let prefix = Array("PROXY ".utf8)
        guard zip(bytes, prefix).allSatisfy({ $0 == $1 }) else { return .invalid }
        guard let feed = bytes.prefix(firstLimit).firstIndex(of: 0x0a) else {
            return bytes.count >= firstLimit ? .invalid : .incomplete
        }
        guard feed > prefix.count, bytes[feed - 1] == 0x0d else { return .invalid }
        let text = String(decoding: bytes[prefix.count..<(feed - 1)], as: UTF8.self)
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words.first == "UNKNOWN" { return .complete(.local, consumed: feed + 1) }
        guard words.count == 5, words[0] == "TCP4" || words[0] == "TCP6",
            let source = IPAddress(String(words[1])), IPAddress(String(words[2])) != nil,
            let port = port(words[3]), self.port(words[4]) != nil,
            words[0] == "TCP4" ? source.isIPv4 : words[1].contains(":")
        else { return .invalid }
        return .complete(.client(source, port: port), consumed: feed + 1)
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isDigit) else { return nil }
        return UInt16(text)
    }

    private static func second(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard zip(bytes, signature).allSatisfy({ $0 == $1 }) else { return .invalid }
        guard bytes.count >= 16 else { return .incomplete }
        guard bytes[12] >> 4 == 2 else { return .invalid }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        guard length <= secondLimit else { return .invalid }
        let end = 16 + length
        guard bytes.count >= end else { return .incomplete }
        switch bytes[12] & 0x0f {
        case 0: return .complete(.local, consumed: end)
        case 1: break
        default: return .invalid
        }
        switch bytes[13] {
        case 0x11:
            guard length >= 12 else { return .invalid }
            let address = IPAddress.v4(UInt32(truncatingIfNeeded: number(bytes, 16, 4)))
            return .complete(.client(address, port: UInt16(truncatingIfNeeded: number(bytes, 24, 2))), consumed: end)
        case 0x21:
            guard length >= 36 else { return .invalid }
            let address = IPAddress(high: number(bytes, 16, 8), low: number(bytes, 24, 8))
            return .complete(.client(address, port: UInt16(truncatingIfNeeded: number(bytes, 48, 2))), consumed: end)
        case 0x00: return .complete(.local, consumed: end)
        default: return .invalid
        }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> UInt64 {
        bytes[start..<(start + count)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
