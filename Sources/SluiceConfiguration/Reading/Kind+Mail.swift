import MailTypes

extension Kind where Value == DomainName {
    static let domain = Kind(
        allowed: "a domain name such as mail.example.org", parse: { DomainName($0) }, show: { $0.description },
        explain: { $0.contains("@") ? "this looks like an address; only the part behind the @ belongs here" : nil })
}

extension Kind where Value == DomainSelector {
    static let domainSelector = Kind(
        allowed: "a domain such as example.org, or .example.org for all below it", parse: { DomainSelector($0) },
        show: { $0.description })
}

extension Kind where Value == EmailAddress {
    static let mailbox = Kind(
        allowed: "an address such as postmaster@example.org", parse: { EmailAddress($0) }, show: { $0.description })
}

extension Kind where Value == IPAddress {
    static let address = Kind(
        allowed: "an IPv4 or IPv6 address", parse: { IPAddress($0) }, show: { $0.description })
}

extension Kind where Value == IPNetwork {
    static let network = Kind(
        allowed: "an address or a network such as 192.0.2.0/24 or 2001:db8::/32", parse: { IPNetwork($0) },
        show: { $0.description },
        explain: { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let address = IPAddress(String(parts[0])), let length = Int(parts[1]),
                (0...address.bitWidth).contains(length)
            else { return nil }
            return "bits are set behind the prefix; did you mean \(IPNetwork(address: address, prefixLength: length))?"
        })
}

extension Kind where Value == CustomerID {
    static let customerID = Kind(
        allowed: "1 to 64 of a-z, 0-9, hyphen, underscore and dot, beginning with a letter or digit",
        parse: { CustomerID($0) }, show: { $0.description },
        explain: { CustomerID(ASCII.lowercased($0)) == nil ? nil : "write it in lower case: \(ASCII.lowercased($0))" })
}

extension Kind where Value == AccountName {
    static let accountName = Kind(
        allowed: "a login name of 1 to 255 bytes", parse: { AccountName($0) }, show: { $0.description })
}

extension Kind where Value == SocketAddress {
    /// An address to listen on.
    static let socketAddress = Kind(
        allowed: "an address with a port such as 127.0.0.1:2525 or [::1]:2525", parse: { SocketAddress($0) },
        show: { $0.description },
        explain: { text in
            if IPAddress(text) != nil { return "the port is missing" }
            if text.hasPrefix(":") || text.hasPrefix("*:") { return "write 0.0.0.0 or [::] for all addresses" }
            if text.hasPrefix("localhost:") { return "write 127.0.0.1 or [::1] instead of a name" }
            return nil
        })

    /// A name server: the port may be left out.
    static let nameServer = Kind(
        allowed: "an address such as 192.0.2.53, with a port if it is not 53: 192.0.2.53:5353",
        parse: { SocketAddress($0) ?? IPAddress($0).map { SocketAddress(address: $0, port: 53) } },
        show: { $0.port == 53 ? $0.address.description : $0.description })
}

extension Kind where Value == HostName {
    static let host = Kind(
        allowed: "a host name or an address", parse: { HostName($0) }, show: { $0.description },
        explain: { $0.contains(":") ? "the port has a key of its own" : nil })
}

extension Kind where Value == IdentityHeader {
    static let identityHeader = Kind(
        allowed: "the name of a header field such as X-Authenticated-Sender, or Received",
        parse: { IdentityHeader($0) }, show: { $0.description },
        explain: { $0.hasSuffix(":") ? "write the name without the colon" : nil })
}
