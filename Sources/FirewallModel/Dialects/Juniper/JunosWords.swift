/// How lines of JunOS configurations begin.
enum JunosWords {
    static func begins(_ words: [String], _ line: Substring) -> Bool {
        guard let head = words.first else { return false }
        let second = words.count > 1 ? words[1] : ""
        if head == "set" || head == "deactivate" || head == "delete" { return tops.contains(second) }
        guard let last = line.last, "{;}".contains(last) else { return false }
        if ["replace:", "inactive:", "delete:", "protect:"].contains(head) { return true }
        let isBlock = words.last == "{" || second == "{"
        switch head {
        case "security", "firewall", "policies", "groups", "applications", "interfaces", "system", "services", "term",
            "from", "then", "policy-options", "policy", "from-zone", "security-zone", "match", "zones", "address-set",
            "application-set", "host-inbound-traffic", "unit", "family", "source-address", "destination-address":
            return isBlock && (words.count <= 5 || second == "{")
        case "permit;", "accept;", "discard;", "reject;", "deny;", "interface-specific;", "apply-groups", "version":
            return true
        default: return false
        }
    }

    private static let tops: Set<String> = [
        "security", "firewall", "interfaces", "system", "version", "groups", "applications", "policy-options",
        "apply-groups", "routing-options", "routing-instances", "chassis", "protocols", "services", "snmp", "vlans",
        "forwarding-options", "class-of-service", "logical-systems", "tenants", "access", "event-options", "schedulers",
        "bridge-domains", "switch-options", "unified-edge", "poe", "ethernet-switching-options",
    ]
}
