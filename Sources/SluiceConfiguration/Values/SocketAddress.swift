package import MailTypes

/// An address and a port (RFC 3986 §3.2.2 form: IPv6 in brackets).
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    package var address: IPAddress
    /// 0 lets the system choose: for tests.
    package var port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads `127.0.0.1:2525` or `[::1]:2525`.
    package init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = text.utf8[text.utf8.index(after: colon)...]
        guard (1...5).contains(digits.count), digits.allSatisfy(ASCII.isDigit), let port = UInt16(Substring(digits))
        else { return nil }
        var host = text[..<colon]
        let isBracketed = host.utf8.first == UInt8(ascii: "[") && host.utf8.last == UInt8(ascii: "]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(String(host)), host.utf8.contains(UInt8(ascii: ":")) == isBracketed else {
            return nil
        }
        self.init(address: address, port: port)
    }

    package var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}
