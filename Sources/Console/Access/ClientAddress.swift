import HTTPTypes
import MailTypes

/// Who asks, for limits: the peer, or behind a proxy that is trusted, whom the proxy names.
struct ClientAddress: Sendable {
    let proxies: [IPNetwork]

    func address(peer: IPAddress?, forwardedFor field: String?) -> String {
        guard let peer else { return "unknown" }
        guard let field, isProxy(peer) else { return Self.key(peer) }
        // From the right: each trusted proxy added the one before it.
        for part in field.utf8.count < 1000 ? field.split(separator: ",").reversed() : [] {
            let text = part.trimming { $0 == " " || $0 == "\t" }
            guard let address = IPAddress(String(text)) else { break }
            if !isProxy(address) { return Self.key(address) }
        }
        return Self.key(peer)
    }

    /// Whether a proxy that is trusted says that the client came by TLS.
    func isEncrypted(peer: IPAddress?, forwardedProto field: String?) -> Bool {
        peer.map(isProxy) ?? false && field?.lowercased() == "https"
    }

    private func isProxy(_ address: IPAddress) -> Bool { proxies.contains { $0.contains(address) } }

    /// One key for a whole /64: whoever has one address of it has them all.
    private static func key(_ address: IPAddress) -> String {
        let text = address.description
        guard text.contains(":") else { return text }
        return IPNetwork(address: address, prefixLength: 64).description
    }
}

extension Substring {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> Substring {
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
