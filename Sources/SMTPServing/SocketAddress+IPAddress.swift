import MailTypes
import NIOCore

extension SocketAddress {
    /// Where `sin_addr` lies in a `sockaddr_in`, behind family and port.
    private static let offsetV4 = 4
    /// Where `sin6_addr` lies in a `sockaddr_in6`, behind family, port and flow information.
    private static let offsetV6 = 8

    /// The IP address; `nil` for a Unix domain socket. An IPv4 peer of a dual-stack socket is an IPv4 address.
    ///
    /// Read from the structure's bytes, whose layout RFC 3493 §3.3 gives: no text is made of it on the way.
    var mailAddress: IPAddress? {
        switch self {
        case .v4(let address):
            withUnsafeBytes(of: address.address) { bytes in
                .v4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.offsetV4, as: UInt32.self)))
            }
        case .v6(let address):
            withUnsafeBytes(of: address.address) { bytes in
                IPAddress(
                    high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.offsetV6, as: UInt64.self)),
                    low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.offsetV6 + 8, as: UInt64.self)))
            }
        case .unixDomainSocket: nil
        }
    }
}
