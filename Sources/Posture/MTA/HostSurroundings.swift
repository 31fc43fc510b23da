import MailTypes

extension MTAFacts {
    /// The gateway of a container; `nil` on a host, or when it is not known. Engines that forward a published port by a
    /// program of their own (docker-proxy, slirp4netns) connect from it: every stranger has that address then.
    var containerGateway: IPAddress? {
        guard self[.container]?.text.contains("env") == true, let routes = self[.routes]?.text else { return nil }
        for (_, line) in MTAText.lines(routes) {
            let fields = line.split { $0 == " " || $0 == "\t" }
            // Little-endian hexadecimal, as the kernel prints it.
            guard fields.count > 2, fields[1] == "00000000", let bits = UInt32(fields[2], radix: 16), bits != 0
            else { continue }
            return .v4(bits.byteSwapped)
        }
        return nil
    }
}

extension MTAResults {
    /// As `judge(trusted:_:)`; in a container, its gateway among the trusted is not known to be harmless.
    mutating func judge(trusted network: IPNetwork, _ evidence: String, in facts: MTAFacts) -> Bool {
        if let gateway = facts.containerGateway, network.contains(gateway) {
            unknown(
                .mtaNetworks,
                "\(evidence): \(network) holds \(gateway), the gateway of this container: where the engine forwards ports "
                    + "by a program of its own, every stranger comes from there (sluice check relay, from outside, shows it)"
            )
        }
        return judge(trusted: network, evidence)
    }
}

/// Whom the host asks when its mail server asks a list.
enum ListResolverChecks {
    /// Resolvers that lists refuse, as they serve everybody.
    private static let open: Set<String> = [
        "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222", "208.67.220.220",
        "64.6.64.6", "64.6.65.6", "4.2.2.1", "4.2.2.2", "94.140.14.14", "94.140.15.15", "2001:4860:4860::8888",
        "2001:4860:4860::8844", "2606:4700:4700::1111", "2606:4700:4700::1001", "2620:fe::fe", "2620:fe::9",
    ]

    static func results(_ facts: MTAFacts) -> MTAResults {
        var results = MTAResults(system: "resolver")
        guard let user = user(facts) else {
            results.pass(.mtaListResolver, "no mail server's configuration names a list")
            return results
        }
        guard let file = facts[.resolver] else {
            results.unknown(.mtaListResolver, "\(user); /etc/resolv.conf is missing: whom the host asks")
            return results
        }
        var servers: [String] = []
        for (_, line) in MTAText.lines(file.text) {
            let words = MTAText.words(String(line), separators: [" ", "\t"])
            if words.count > 1, words[0] == "nameserver" { servers.append(words[1]) }
        }
        let known = servers.compactMap { IPAddress($0) }
        let named = Set(Self.open.compactMap { IPAddress($0) })
        let shown = "\(user); \(file.name): \(servers.joined(separator: ", "))"
        if known.contains(where: named.contains) {
            results.fail(.mtaListResolver, .low, shown)
        } else if servers.contains("127.0.0.53") {
            results.unknown(.mtaListResolver, "\(shown): whom systemd-resolved asks (resolvectl status)")
        } else {
            // None: the one on the host itself (resolv.conf(5)).
            results.pass(.mtaListResolver, shown)
        }
        return results
    }

    private static func user(_ facts: MTAFacts) -> String? {
        let marks: [(MTAFacts.Part, [String])] = [
            (.mainCF, ["reject_rbl_", "reject_rhsbl_", "postscreen_dnsbl_sites"]),
            (.postconfChanged, ["reject_rbl_", "reject_rhsbl_", "postscreen_dnsbl_sites"]),
            (.masterCF, ["reject_rbl_", "reject_rhsbl_"]),
            (.sendmailMC, ["FEATURE(`dnsbl'", "FEATURE(`enhdnsbl'", "FEATURE(dnsbl", "FEATURE(enhdnsbl"]),
        ]
        // Exim's files name lists that macros switch off: what is left after them counts.
        if let exim = facts[.eximFile],
            let configuration = try? EximConfiguration(file: exim, values: nil, tables: facts.tables),
            let statement = configuration.acls.values.joined().first(where: { statement in
                statement.conditions.contains { $0.name == "dnslists" }
            })
        {
            return "\(statement.place) names a list"
        }
        for (part, texts) in marks {
            guard let source = facts[part] else { continue }
            for (number, line) in MTAText.lines(source.text) {
                let line = MTAText.trimmed(line)
                if line.hasPrefix("#") || line.hasPrefix("dnl") { continue }
                if texts.contains(where: line.contains) { return "\(source.name) line \(number) names a list" }
            }
        }
        return nil
    }
}
