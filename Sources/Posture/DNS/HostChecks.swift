import MailTypes

/// From what DNS says about sending addresses to findings: PTR, the way back, HELO, and names that only tell the address.
package enum HostChecks {
    private static let ids: [CheckID] = [.reverseName, .confirmedName, .heloName, .ownName]

    /// Four for each address; without any, four that are unknown.
    package static func findings(_ hosts: [SendingHostFacts], target: String) -> [Finding] {
        guard !hosts.isEmpty else {
            return ids.map {
                Finding($0, target: target, .unknown("no sending address was given (--ip)"))
            }
        }
        return hosts.flatMap { host in
            guard !host.address.isLocal else {
                return ids.map {
                    finding($0, host, .unknown("it is not on the internet: give the address that receivers see"))
                }
            }
            return [reverse(host), confirmed(host), helo(host), own(host)]
        }
    }

    private static func finding(
        _ id: CheckID, _ host: SendingHostFacts, _ result: CheckResult, _ evidence: [String] = []
    )
        -> Finding
    { Finding(id, target: host.address.description, result, evidence: evidence) }

    private static func reverse(_ host: SendingHostFacts) -> Finding {
        switch host.names {
        case .failure(let reason): finding(.reverseName, host, .unknown(reason))
        case .none: finding(.reverseName, host, .fail(.high), ["there is no PTR record"])
        case .records(let names, _):
            finding(
                .reverseName, host, names.count > 10 ? .fail(.low) : .pass,
                (names.count > 10 ? ["\(names.count) names; receivers read the first few"] : [])
                    + names.prefix(10).map(\.description))
        }
    }

    private static func confirmed(_ host: SendingHostFacts) -> Finding {
        switch host.names {
        case .failure(let reason): return finding(.confirmedName, host, .unknown(reason))
        case .none: return finding(.confirmedName, host, .unknown("there is no PTR record"))
        case .records(let names, _):
            if let name = host.confirmedNames.first { return finding(.confirmedName, host, .pass, ["\(name)"]) }
            for name in names {
                guard let answer = host.forward[name] else {
                    return finding(.confirmedName, host, .unknown("\(name) was not looked up"))
                }
                if let reason = answer.failure { return finding(.confirmedName, host, .unknown("\(name): \(reason)")) }
            }
            let evidence = names.prefix(10).map { name in
                let found = host.forward[name]?.records.map(\.description).joined(separator: ", ") ?? ""
                return "\(name) has " + (found.isEmpty ? "no address" : found)
            }
            return finding(.confirmedName, host, .fail(.high), evidence)
        }
    }

    private static func helo(_ host: SendingHostFacts) -> Finding {
        guard let text = host.helo else {
            return finding(.heloName, host, .unknown("the name that it gives in HELO is not known (--helo)"))
        }
        if let problem = heloProblem(text) { return finding(.heloName, host, .fail(.high), ["“\(text)” \(problem)"]) }
        guard let name = DomainName(text), let answer = host.heloAddresses else {
            return finding(.heloName, host, .unknown("\(text) was not looked up"))
        }
        switch answer {
        case .failure(let reason): return finding(.heloName, host, .unknown("\(name): \(reason)"))
        case .none: return finding(.heloName, host, .fail(.medium), ["\(name) has no address"])
        case .records(let addresses, _):
            guard addresses.contains(host.address) else {
                let found = addresses.prefix(8).map(\.description).joined(separator: ", ")
                let severity: Severity = isOfAProvider(name) ? .high : .medium
                return finding(.heloName, host, .fail(severity), ["\(name) is at \(found), not at \(host.address)"])
            }
            if host.names.records.contains(name) { return finding(.heloName, host, .pass, ["\(name)"]) }
            if let reason = host.names.failure { return finding(.heloName, host, .unknown("PTR: \(reason)")) }
            let names = host.names.records.prefix(4).map(\.description).joined(separator: ", ")
            return finding(
                .heloName, host, .fail(.low),
                ["\(name) leads to the address, but PTR says " + (names.isEmpty ? "nothing" : names)])
        }
    }

    /// What is no name of a host on the internet.
    private static func heloProblem(_ text: String) -> String? {
        if text.hasPrefix("[") || IPAddress(text) != nil { return "is an address, not a name" }
        guard let name = DomainName(text), name.isASCII else { return "is no host name" }
        guard let last = name.labels.last, name.labels.count > 1 else { return "is no full name" }
        if name.description.utf8.contains(UInt8(ascii: "_")) { return "has an underscore, which no host name may have" }
        if last.utf8.allSatisfy(ASCII.isDigit) { return "ends in a number" }
        let local = [
            "localhost", "localdomain", "local", "lan", "internal", "home", "invalid", "test", "example", "corp",
        ]
        if local.contains(String(last)) { return "is a name that only a local network knows" }
        return nil
    }

    /// Names of large providers: forged so often that receivers look (as in Spamhaus' texts on bots).
    private static func isOfAProvider(_ name: DomainName) -> Bool {
        [
            "gmail.com", "google.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "aol.com", "icloud.com",
            "gmx.net", "mail.ru",
        ]
        .contains { DomainName($0).map { name.isEqualToOrBelow($0) } ?? false }
    }

    private static func own(_ host: SendingHostFacts) -> Finding {
        switch host.names {
        case .failure(let reason): return finding(.ownName, host, .unknown(reason))
        case .none: return finding(.ownName, host, .unknown("there is no PTR record"))
        case .records(let names, _):
            var evidence: [String] = []
            for name in names.prefix(10) {
                if let why = GenericName.reason(name, host.address) { evidence.append("\(name): \(why)") }
            }
            return evidence.count < min(names.count, 10)
                ? finding(.ownName, host, .pass, names.prefix(10).map(\.description))
                : finding(.ownName, host, .fail(.medium), evidence)
        }
    }
}
