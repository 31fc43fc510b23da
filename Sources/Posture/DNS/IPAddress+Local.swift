package import MailTypes

extension IPAddress {
    private static let local: [IPNetwork] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
    ].compactMap { IPNetwork($0) }

    /// Not to be reached from the internet (RFC 6890).
    package var isLocal: Bool { Self.local.contains { $0.contains(self) } }
}
