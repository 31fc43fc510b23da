import MailTypes

/// The built-in chains of iptables' tables: where packets meet them and in which order.
enum NetfilterTables {
    struct BuiltIn {
        var hook: Hook
        var priority: Int
        var translates = false
    }

    static func builtIn(_ chain: some StringProtocol, table: String) -> BuiltIn? {
        guard let hook = hooks[String(chain)] else { return nil }
        switch table {
        case "raw" where hook == .prerouting || hook == .output: return BuiltIn(hook: hook, priority: -300)
        case "mangle": return BuiltIn(hook: hook, priority: -150)
        case "nat" where hook == .prerouting || hook == .output:
            return BuiltIn(hook: hook, priority: -100, translates: true)
        case "nat" where hook != .forward: return BuiltIn(hook: hook, priority: 100)
        case "filter" where hook != .prerouting && hook != .postrouting: return BuiltIn(hook: hook, priority: 0)
        case "security" where hook != .prerouting && hook != .postrouting: return BuiltIn(hook: hook, priority: 50)
        default: return nil
        }
    }

    static let names: Set<String> = ["filter", "nat", "mangle", "raw", "security"]

    private static let hooks: [String: Hook] = [
        "PREROUTING": .prerouting, "INPUT": .input, "FORWARD": .forward, "OUTPUT": .output, "POSTROUTING": .postrouting,
    ]

    /// Targets that change nothing that is asked about, and go on with the next rule.
    static let passive: Set<String> = [
        "LOG", "NFLOG", "ULOG", "TCPMSS", "TOS", "DSCP", "CLASSIFY", "TRACE", "AUDIT", "SECMARK", "CONNSECMARK",
        "CHECKSUM",
        "SET", "TEE", "TTL", "HL", "ECN", "LED", "IDLETIMER", "RATEEST", "TCPOPTSTRIP", "HMARK", "ACCOUNT", "RAWSNAT",
    ]

    /// Targets that end the chain in favour of the packet: translation of the source, local delivery.
    static let accepting: Set<String> = ["ACCEPT", "SNAT", "MASQUERADE", "TPROXY", "CLUSTERIP"]

    static let dropping: Set<String> = ["DROP", "REJECT", "STEAL"]
}
