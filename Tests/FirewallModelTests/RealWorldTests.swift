import FirewallModel
import MailTypes
import Testing

/// Constructs of real machines' rules that were once read wrong.
struct RealWorldTests {
    @Test(arguments: [
        // A dormant table filters nothing, wherever the flag stands. nft 1.0.6 writes something else in its place.
        (
            "table ip dead { chain input { type filter hook input priority 0; policy drop; }; flags dormant; }\ntable ip a { chain i { type filter hook input priority 0; policy drop; ip saddr 10.0.0.1 accept\n }\n}\n",
            ["10.0.0.1"], ["10.0.0.1"]
        ),
        (
            #"{"nftables": [{"table": {"family": "ip", "name": "d", "flags": "dorm"}}, {"chain": {"family": "ip", "table": "d", "name": "i", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}]}"#,
            ["0.0.0.0/0"], []
        ),
        // A value of a set of flags is enough.
        (
            "table ip a { chain i { type filter hook input priority 0; policy drop; ip saddr 10.0.0.1 tcp flags { syn, syn | ack } accept\n }\n}\n",
            ["10.0.0.1"], ["10.0.0.1"]
        ),
        // Below the limit of its element, the packet goes on to the next rule.
        (
            "table ip a { set m { type ipv4_addr; flags dynamic; }\n chain i { type filter hook input priority 0; policy drop; ip saddr 10.0.0.1 update @m { ip saddr limit rate over 5/minute } drop\n ip saddr 10.0.0.0/31 add @m { ip saddr timeout 1m } accept\n }\n}\n",
            ["10.0.0.0/31"], ["10.0.0.0"]
        ),
        // What is behind a match that is not decided still counts.
        (
            "table ip a { chain i { type filter hook input priority 0; policy drop; numgen random mod 2 == 0 ip saddr 10.0.0.1 accept\n }\n}\n",
            ["10.0.0.1"], []
        ),
        (
            "table ip a { chain i { type filter hook input priority 0; policy drop; @th,16,16 25 ip saddr 10.0.0.1 accept\n }\n}\n",
            ["10.0.0.1"], ["10.0.0.1"]
        ),
        (
            "table ip a { chain i { type filter hook input priority 0; policy drop; tcp dport 25 jump { ip saddr 10.0.0.1 accept; }\n }\n}\n",
            ["10.0.0.1"], ["10.0.0.1"]
        ),
        // Commands count the rules that are there, and take rules away.
        (
            "iptables -P INPUT DROP\niptables -A INPUT -p udp -j ACCEPT\niptables -A INPUT -s 10.0.0.1 -j ACCEPT\niptables -I INPUT 2 -s 10.0.0.1 -j DROP\niptables -A INPUT -s 10.0.0.2 -j ACCEPT\niptables -A INPUT -s 10.0.0.3 -j ACCEPT\niptables -D INPUT -s 10.0.0.3 -j ACCEPT\n",
            ["10.0.0.2"], ["10.0.0.2"]
        ),
        // A log behind a limit decides nothing.
        (
            "*filter\n:INPUT DROP [0:0]\n-A INPUT -m limit --limit 3/min -j LOG\n-A INPUT -s 10.0.0.1 -j ACCEPT\nCOMMIT\n",
            ["10.0.0.1"], ["10.0.0.1"]
        ),
        // ufw's files without the chains that call them.
        (
            "*filter\n:ufw-before-input - [0:0]\n-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A ufw-before-input -s 10.0.0.1 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n",
            ["10.0.0.1"], ["10.0.0.1"]
        ),
    ])
    func `is read right`(_ text: String, _ upper: [String], _ lower: [String]) throws {
        let answer = try reach(text)
        #expect(answer.upper.ipv4.isEmpty == upper.isEmpty)
        #expect(blocks(AddressSet(ipv4: answer.upper.ipv4)) == upper)
        #expect(blocks(AddressSet(ipv4: answer.lower.ipv4)) == lower)
    }

    @Test func `chains without a name do not nest for ever`() {
        let text = "table ip a { chain i { " + String(repeating: "jump { ", count: 10_000)
        #expect(failure(text, as: .nftables)?.code == .bound)
    }

    @Test func `the rule that lets in is named before the translation of sources`() throws {
        let text = """
            *nat
            :PREROUTING ACCEPT [0:0]
            :POSTROUTING ACCEPT [0:0]
            -A PREROUTING -p tcp --dport 25 -j DNAT --to-destination 172.18.0.2:25
            -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
            COMMIT
            *filter
            :INPUT DROP [0:0]
            :FORWARD DROP [0:0]
            -A FORWARD -s 10.0.0.0/8 -j ACCEPT
            COMMIT
            """
        let answer = try reach(text)
        #expect(blocks(answer.upper) == ["10.0.0.0/8"])
        #expect(answer.grounds.first?.chain == "FORWARD")
    }

    @Test(arguments: [
        // pf's translation is made by the rule that counts, after the filter has seen the packet as it came.
        (
            "block in all\npass in on egress inet proto tcp to (egress) port 2525 rdr-to 127.0.0.1 port 25\n",
            ["0.0.0.0/0"]
        ),
        (
            "block in all\npass in on egress inet proto tcp to port 2525 rdr-to 127.0.0.1 port 25\nblock in on egress from 0.0.0.0/1\n",
            ["128.0.0.0/1"]
        ),
        (
            "block in all\npass in quick on em0 proto tcp from 10.0.0.1 to any port 2525 rdr-to 127.0.0.1 port 25\n",
            ["10.0.0.1"]
        ),
        // FreeBSD's rdr comes before the filter; `rdr pass` asks none.
        (
            "rdr pass on em0 inet proto tcp from 10.0.0.0/8 to any port 25 -> 192.168.1.25\nblock in all\npass out all\n",
            ["10.0.0.0/8"]
        ),
        (
            "no rdr on em0 proto tcp from 10.0.0.0/9 to any port 25\nrdr pass on em0 inet proto tcp from 10.0.0.0/8 to any port 25 -> 192.168.1.25\nblock in all\n",
            ["10.128.0.0/9"]
        ),
        (
            "rdr on em0 inet proto tcp from any to any port 2525 -> 192.168.1.25 port 25\nblock in all\npass in proto tcp from 10.0.0.1 to 192.168.1.25 port 25\n",
            ["10.0.0.1"]
        ),
        // What other files have: options, gateways, numbers of pfctl -vvsr, counts of tables.
        (
            "WAN = \"{ em0 }\"\nblock in all\npass in quick on $WAN reply-to ( em0 203.0.113.1 ) inet proto tcp from 10.0.0.1 to any port 25 tracker 15 flags S/SA keep state label \"a b\"\n",
            ["10.0.0.1"]
        ),
        (
            "table <t> { 10.0.0.1 }\n@0(1700000000) block drop in all\n  [ Evaluations: 12  Packets: 3 ]\n@1 pass in proto tcp from <t:1> to any port = smtp flags S/SA\n",
            ["10.0.0.1"]
        ),
        (
            "if = em0\nmatch in all scrub (no-df random-id max-mss 1440)\nmatch out on $if from ($if:network) to any nat-to ($if:0)\nblock in all\npass in on em9 proto tcp from 10.0.0.1 to any port 25 set prio (2, 7) queue (std, ack)\n",
            ["10.0.0.1"]
        ),
        (
            "set skip on { lo pfsync0 }\nantispoof log for em0 ridentifier 100\nblock in all\npass in from 10.0.0.1\n",
            ["10.0.0.1"]
        ),
        (
            "block in all\npass in from 10.0.0.0/30 tag A\nblock in quick ! tagged A\nblock in quick from 10.0.0.1 tagged A\n",
            ["10.0.0.0", "10.0.0.2/31"]
        ),
        // Anchors in anchors keep their conditions.
        (
            "block in all\nanchor \"a\" in on em5 {\n\tpass in proto tcp from 10.0.0.0/24 to any port 25\n\tanchor in on em6 {\n\t\tblock in quick from 10.0.0.0/25\n\t}\n\tanchor {\n\t\tblock in quick from 10.0.0.128/26\n\t}\n}\n",
            ["10.0.0.0/25", "10.0.0.192/26"]
        ),
        // A policy of the organisation that allows is not asked again; goto_next leaves it to the network's rules.
        (
            #"{"firewallPolicys": [{"type": "HIERARCHY", "rules": [{"priority": 1, "action": "allow", "direction": "INGRESS", "match": {"srcIpRanges": ["10.0.0.0/30"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["25"]}]}}, {"priority": 2, "action": "goto_next", "direction": "INGRESS", "match": {"srcIpRanges": ["11.0.0.0/8"], "layer4Configs": [{"ipProtocol": "all"}]}}, {"priority": 3, "action": "deny", "direction": "INGRESS", "match": {"srcIpRanges": ["0.0.0.0/0", "::/0"], "layer4Configs": [{"ipProtocol": "all"}]}}]}], "firewalls": [{"name": "a", "network": "n", "direction": "INGRESS", "priority": 1000, "sourceRanges": ["11.0.0.0/24", "12.0.0.0/8"], "allowed": [{"IPProtocol": "tcp", "ports": ["25"]}]}]}"#,
            ["10.0.0.0/30", "11.0.0.0/24"]
        ),
        // Cisco
        (
            "names\nname 10.0.0.1 mx\nobject-group protocol P\n protocol-object udp\n protocol-object tcp\naccess-list o extended permit object-group P host mx any eq 25\naccess-group o in interface outside\n",
            ["10.0.0.1"]
        ),
        (
            "access-list g extended permit tcp host 10.0.0.2 any eq 25\naccess-list o extended permit tcp host 10.0.0.1 any eq 25\naccess-group o in interface outside\naccess-group g global\n",
            ["10.0.0.1", "10.0.0.2"]
        ),
        (
            "Extended IP access list A\n    10 permit tcp 10.0.0.0 0.0.0.255 any eq smtp (55 matches)\n    20 deny ip any any (3 matches)\n",
            ["10.0.0.0/24"]
        ),
        (
            "access-list o; 2 elements; name hash: 0x1\naccess-list o line 1 extended permit tcp object-group P any eq smtp (hitcnt=12) 0x1\n  access-list o line 1 extended permit tcp host 10.0.0.1 any eq smtp (hitcnt=12) 0x2\n",
            ["10.0.0.1"]
        ),
        (
            "ipv6 access-list V\n sequence 10 deny ipv6 2001:db8::/33 any\n permit tcp 2001:db8::/32 any eq smtp sequence 20\n",
            ["2001:db8:8000::/33"]
        ),
    ])
    func `pf and Cisco, as machines have them`(_ text: String, _ expected: [String]) throws {
        let answer = try reach(text)
        #expect(blocks(answer.upper).filter { $0 != "::/0" } == expected)
    }

    @Test(arguments: [
        "ip access-list session A\n  alias a_src alias a_dst tcp 25 permit\n",
        "ip access-list extended A\n permit tcp any any\n frobnicate\n",
    ])
    func `a list's line that is not understood is no silence`(_ text: String) {
        #expect(failure(text)?.description.contains("not understood") == true)
    }
}
