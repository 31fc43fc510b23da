import MailTypes

/// Writes rules that let only some blocks open connections to the mail ports, and leave everything else as it is.
package struct RuleGenerator: Sendable {
    let ports: [UInt16]
    let four: [String]
    let six: [String]

    /// - Parameter ports: at least one; none given means 25.
    package init(ports: [UInt16], allowed: AddressSet) {
        self.ports = ports.isEmpty ? [25] : Array(Set(ports)).sorted()
        four = AddressSet(ipv4: allowed.ipv4).networks.map { RuleGenerator.block($0) }
        six = AddressSet(ipv6: allowed.ipv6).networks.map { RuleGenerator.block($0) }
    }

    private static func block(_ network: IPNetwork) -> String {
        network.description + (network.prefixLength == network.first.bitWidth ? "/\(network.prefixLength)" : "")
    }

    var all: [String] { four + six }
    var portList: String { ports.map(String.init).joined(separator: ",") }

    /// The rules as text, with how to load them, how to try them safely, and how to take them away.
    package func text(_ dialect: Dialect) -> String {
        switch dialect {
        case .iptables: iptables
        case .nftables: nftables
        case .ufw: ufw
        case .firewalld: firewalld
        case .pf: pf
        case .windows: windows
        case .aws: aws
        case .azure: azure
        case .gcp: gcp
        case .cisco: cisco
        case .juniper: juniper
        }
    }

    private func lines(_ parts: [String]...) -> String { parts.flatMap { $0 }.joined(separator: "\n") }

    /// A shell script: chains of our own, filled anew each time, in one transaction for each family.
    private var iptables: String {
        func restore(_ command: String, _ blocks: [String]) -> [String] {
            ["\(command)-restore --noflush <<'RULES'", "*filter", ":SLUICE-MAIL - [0:0]"]
                + blocks.map { "-A SLUICE-MAIL -s \($0) -j RETURN" } + ["-A SLUICE-MAIL -j DROP", "COMMIT", "RULES"]
                + [
                    "\(command) -C INPUT \(hook) 2>/dev/null || \(command) -I INPUT 1 \(hook)",
                    "if \(command) -n -L DOCKER-USER >/dev/null 2>&1; then",
                    "  \(command) -C DOCKER-USER \(published) 2>/dev/null || \(command) -I DOCKER-USER 1 \(published)",
                    "fi",
                ]
        }
        // Ports that containers publish do not pass INPUT.
        let published = "-p tcp -m conntrack --ctstate DNAT -m multiport --dports \(portList) -j SLUICE-MAIL"
        let hook = "-p tcp -m multiport --dports \(portList) -m conntrack --ctstate NEW -j SLUICE-MAIL"
        return lines(
            [
                "#!/bin/sh",
                "# Only the provider's blocks may open TCP \(portList). Loading it again changes nothing.",
                "# Try it so that a mistake undoes itself after five minutes, unless the last line is run in time:",
                "#   iptables-save > /root/before4; ip6tables-save > /root/before6",
                "#   (sleep 300; [ -e /root/keep ] || { iptables-restore < /root/before4; ip6tables-restore < /root/before6; }) &",
                "#   sh THIS-FILE",
                "#   touch /root/keep      # after a new login and a test mail",
                "# Take it away (for both iptables and ip6tables):",
                "#   iptables -D INPUT \(hook); iptables -D DOCKER-USER \(published)",
                "#   iptables -F SLUICE-MAIL; iptables -X SLUICE-MAIL",
                "set -e",
            ], restore("iptables", four), restore("ip6tables", six))
    }

    private var nftables: String {
        func set(_ name: String, _ type: String, _ blocks: [String]) -> [String] {
            ["    set \(name) {", "        type \(type); flags interval;"]
                + (blocks.isEmpty
                    ? [] : ["        elements = { \(blocks.joined(separator: ",\n                     ")) }"]) + [
                    "    }"
                ]
        }
        return lines(
            [
                "#!/usr/sbin/nft -f",
                "# Only the provider's blocks may open TCP \(portList). A table of its own, made anew in one transaction:",
                "# loading it again changes nothing, and no other rule is touched.",
                "# Try it so that a mistake undoes itself after five minutes:",
                "#   (sleep 300; [ -e /root/keep ] || nft delete table inet sluice_mail) & nft -f THIS-FILE",
                "#   touch /root/keep      # after a new login and a test mail",
                "# Take it away: nft delete table inet sluice_mail",
                "table inet sluice_mail", "delete table inet sluice_mail", "table inet sluice_mail {",
            ], set("allowed4", "ipv4_addr", four), set("allowed6", "ipv6_addr", six),
            [
                "    chain input {", "        type filter hook input priority -10; policy accept;",
                "        tcp dport != { \(ports.map(String.init).joined(separator: ", ")) } accept",
                "        ct state != new accept",
                "        iif \"lo\" accept", "        ip saddr @allowed4 accept", "        ip6 saddr @allowed6 accept",
                "        tcp dport { \(ports.map(String.init).joined(separator: ", ")) } drop", "    }",
                "    # Ports that containers publish do not pass input.", "    chain forward {",
                "        type filter hook forward priority -10; policy accept;",
                "        ct status dnat jump published", "    }",
                "    chain published {",
                "        tcp dport != { \(ports.map(String.init).joined(separator: ", ")) } return",
                "        ct state != new return", "        ip saddr @allowed4 return",
                "        ip6 saddr @allowed6 return",
                "        drop", "    }", "}",
            ])
    }

    private var ufw: String {
        lines(
            [
                "#!/bin/sh",
                "# Only the provider's blocks may open TCP \(portList). ufw skips rules that it has already.",
                "# First take away what lets everybody in, as `ufw status numbered` lists it: ufw delete NUMBER",
                "# Safe way: keep a rule for your own ssh; `ufw disable` opens everything again.", "set -e",
            ],
            ports.flatMap { port in all.map { "ufw allow proto tcp from \($0) to any port \(port)" } },
            ports.map { "ufw deny proto tcp from any to any port \($0)" })
    }

    private var firewalld: String {
        func rules(_ family: String, _ blocks: [String]) -> [String] {
            ports.flatMap { port in
                blocks.map {
                    "  <rule family=\"\(family)\" priority=\"-100\"><source address=\"\($0)\"/><port port=\"\(port)\" protocol=\"tcp\"/><accept/></rule>"
                } + [
                    "  <rule family=\"\(family)\" priority=\"-99\"><port port=\"\(port)\" protocol=\"tcp\"/><drop/></rule>"
                ]
            }
        }
        return lines(
            [
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
                "<!-- Put these rules into the zone of the outer interface: /etc/firewalld/zones/ZONE.xml, then: run firewall-cmd",
                "     check-config and reload. Keep a copy of the file: with it back and a reload, all is as",
                "     before. Only the provider's blocks may open TCP \(portList). -->",
                "<zone>", "  <short>mail</short>", "  <service name=\"ssh\"/>",
            ], rules("ipv4", four), rules("ipv6", six), ["</zone>"])
    }

    private var pf: String {
        lines(
            [
                "# Only the provider's blocks may open TCP \(portList). Put `anchor \"sluice-mail\"` behind the other rules of",
                "# pf.conf, then: pfctl -a sluice-mail -f THIS-FILE. Loading it again replaces it.",
                "# Take it away: pfctl -a sluice-mail -F all",
                "table <sluice_mail> const { \(all.joined(separator: ", ")) }",
            ],
            [
                "pass in quick proto tcp from <sluice_mail> to any port { \(ports.map(String.init).joined(separator: ", ")) }",
                "block in quick proto tcp from any to any port { \(ports.map(String.init).joined(separator: ", ")) }",
            ])
    }

    private var windows: String {
        lines(
            [
                "# Only the provider's blocks may open TCP \(portList). Run in PowerShell as administrator. Again: no change.",
                "# Before: netsh advfirewall export C:\\before.wfw       Back: netsh advfirewall import C:\\before.wfw",
                "# Other allow rules for these ports are switched off, not deleted: Enable-NetFirewallRule turns them on again.",
                "$ports = \(ports.map { "'\($0)'" }.joined(separator: ", "))",
                "Get-NetFirewallRule -Direction Inbound -Action Allow -Enabled True | Where-Object {",
                "    $_.Name -ne 'Sluice-Mail' -and (($_ | Get-NetFirewallPortFilter).LocalPort | Where-Object { $_ -in $ports })",
                "} | Disable-NetFirewallRule",
                "Remove-NetFirewallRule -Name 'Sluice-Mail' -ErrorAction SilentlyContinue",
                "New-NetFirewallRule -Name 'Sluice-Mail' -DisplayName 'Mail from the provider' -Direction Inbound -Action Allow `",
                "    -Protocol TCP -LocalPort $ports -RemoteAddress @(",
            ], [all.map { "    '\($0)'" }.joined(separator: ",\n")],
            [")", "Set-NetFirewallProfile -All -DefaultInboundAction Block"])
    }

    private var aws: String {
        let permissions = ports.map { port in
            let four = self.four.map { "{\"CidrIp\": \"\($0)\"}" }.joined(separator: ", ")
            let six = self.six.map { "{\"CidrIpv6\": \"\($0)\"}" }.joined(separator: ", ")
            return
                "    {\"IpProtocol\": \"tcp\", \"FromPort\": \(port), \"ToPort\": \(port), \"IpRanges\": [\(four)], \"Ipv6Ranges\": [\(six)]}"
        }
        return lines(
            ["{\"SecurityGroups\": [{\"GroupId\": \"sluice-mail\", \"IpPermissionsEgress\": [], \"IpPermissions\": ["],
            [permissions.joined(separator: ",\n")], ["]}]}"])
    }

    private var azure: String {
        let quoted = all.map { "\"\($0)\"" }.joined(separator: ", ")
        let list = ports.map { "\"\($0)\"" }.joined(separator: ", ")
        func rule(_ name: String, _ priority: Int, _ access: String, _ from: String) -> String {
            """
              {"name": "\(name)", "priority": \(priority), "direction": "Inbound", "access": "\(access)", "protocol": "Tcp",
               "sourcePortRange": "*", "sourceAddressPrefixes": [\(from)], "destinationAddressPrefix": "*",
               "destinationPortRanges": [\(list)]}
            """
        }
        return lines(
            ["{\"name\": \"sluice-mail\", \"securityRules\": ["],
            [rule("allow-mail", 100, "Allow", quoted) + ",", rule("deny-mail", 101, "Deny", "\"*\"")], ["]}"])
    }

    private var gcp: String {
        func rule(_ name: String, _ priority: Int, _ verb: String, _ blocks: [String]) -> String {
            let list = ports.map { "\"\($0)\"" }.joined(separator: ", ")
            return """
                  {"name": "\(name)", "network": "default", "direction": "INGRESS", "priority": \(priority),
                   "sourceRanges": [\(blocks.map { "\"\($0)\"" }.joined(separator: ", "))],
                   "\(verb)": [{"IPProtocol": "tcp", "ports": [\(list)]}]}
                """
        }
        // GCP keeps the families in rules of their own.
        var rules: [String] = []
        if !four.isEmpty { rules.append(rule("sluice-mail-4", 900, "allowed", four)) }
        if !six.isEmpty { rules.append(rule("sluice-mail-6", 900, "allowed", six)) }
        rules.append(rule("sluice-mail-deny-4", 901, "denied", ["0.0.0.0/0"]))
        rules.append(rule("sluice-mail-deny-6", 901, "denied", ["::/0"]))
        return lines(["["], [rules.joined(separator: ",\n")], ["]"])
    }

    private var cisco: String {
        func wildcard(_ text: String) -> String {
            guard let network = IPNetwork(text), case .v4(let bits) = network.last, case .v4(let first) = network.first
            else { return text }
            return "\(network.first) \(IPAddress.v4(bits ^ first))"
        }
        return lines(
            [
                "! Only the provider's blocks may open TCP \(portList). Before: `reload in 10`; after a test: `reload cancel`.",
                "! Bind it to the outer interface: ip access-group SLUICE-MAIL in, ipv6 traffic-filter SLUICE-MAIL-6 in",
                "no ip access-list extended SLUICE-MAIL", "ip access-list extended SLUICE-MAIL",
            ],
            ports.flatMap { port in
                four.map { " permit tcp \(wildcard($0)) any eq \(port)" } + [" deny tcp any any eq \(port)"]
            },
            [" permit ip any any", "exit", "no ipv6 access-list SLUICE-MAIL-6", "ipv6 access-list SLUICE-MAIL-6"],
            ports.flatMap { port in six.map { " permit tcp \($0) any eq \(port)" } + [" deny tcp any any eq \(port)"] },
            [" permit ipv6 any any", "exit"])
    }
}
