import MailTypes

/// Which family a save file is for: it does not say so itself, but its comment, addresses and ICMP names do.
struct IptablesFamily {
    /// Of the file's first table or rule.
    private(set) var file: AddressFamily?
    /// Of the table that begins at a line.
    private(set) var tables: [Int: AddressFamily] = [:]

    /// Looks through a file once.
    init(_ source: SourceText) {
        var commented: AddressFamily?
        var table: Int?
        var known = false
        try? source.forEachLine { number, text throws(FirewallError) in
            guard let first = text.utf8.first else { return }
            if first == UInt8(ascii: "#") {
                if let stated = IptablesFamily.stated(text) { (commented, file) = (stated, file ?? stated) }
                return
            }
            if first == UInt8(ascii: "*") {
                table = number
                known = commented != nil
                tables[number] = commented
            }
            guard !known, let family = IptablesFamily.evidence(text) else { return }
            known = table != nil
            file = file ?? family
            if let table { tables[table] = family }
        }
        if file == nil, source.name.contains("ip6") || source.name.contains("v6") { file = .ipv6 }
    }

    /// From the comment that the save commands write.
    static func stated(_ comment: Substring) -> AddressFamily? {
        if comment.contains("ip6tables-") { return .ipv6 }
        if comment.contains("iptables-") { return .ipv4 }
        return nil
    }

    static func command(_ word: Substring) -> AddressFamily? {
        let name = word.split(separator: "/").last ?? word
        switch name {
        case "iptables", "iptables-nft", "iptables-legacy": return .ipv4
        case "ip6tables", "ip6tables-nft", "ip6tables-legacy": return .ipv6
        default: return nil
        }
    }

    private static func evidence(_ text: Substring) -> AddressFamily? {
        guard text.utf8.first != UInt8(ascii: ":") else { return text.hasPrefix(":ufw6-") ? .ipv6 : nil }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        for (index, word) in words.enumerated() {
            switch word {
            case "icmp6", "icmpv6", "ipv6-icmp", "icmp6-port-unreachable", "icmp6-adm-prohibited": return .ipv6
            case "icmp", "icmp-port-unreachable", "icmp-host-prohibited", "icmp-admin-prohibited": return .ipv4
            case "-s", "-d", "--source", "--destination", "--src-range", "--dst-range":
                guard index + 1 < words.count else { break }
                let value = words[index + 1] == "!" && index + 2 < words.count ? words[index + 2] : words[index + 1]
                guard case .set(let set) = AddressText.read(value) else { break }
                return set.ipv6.isEmpty ? .ipv4 : .ipv6
            default: break
            }
        }
        return nil
    }
}
