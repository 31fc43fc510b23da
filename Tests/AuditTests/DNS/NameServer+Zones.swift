import DNSClient
import MailTypes
import TestSupport

extension NameServer {
    /// With what unbound keeps of 192.0.2.0/24 by itself taken away.
    static func withReservedZones(_ lines: [String], zones: [String: String] = [:]) async throws -> NameServer {
        try await NameServer(["local-zone: \"2.0.192.in-addr.arpa.\" nodefault"] + lines, zones: zones)
    }

    /// Asks this server only, reserved zones included.
    func resolver(trustAnchor: String? = nil) throws -> UnboundResolver {
        try UnboundResolver(
            UnboundSettings(
                forwarders: [.init(.v4(0x7f00_0001), port: port)], trustAnchor: trustAnchor,
                askedLocalZones: [
                    "test.", "2.0.192.in-addr.arpa.", "113.0.203.in-addr.arpa.", "100.51.198.in-addr.arpa.",
                    "8.b.d.0.1.0.0.2.ip6.arpa.",
                ], timeout: .seconds(120)))
    }
}
