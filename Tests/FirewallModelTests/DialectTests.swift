import FirewallModel
import MailTypes
import Testing

/// The other dialects: each recognised by itself, with the set it lets in, found by hand.
struct DialectTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var expected: [String]
        var question = FirewallQuestion()
        var exact = true
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(
            name: "pf: last match, quick, tables, macros, anchors",
            text: """
                ext_if = "em0"
                mail_ports = "{ smtp, 587 }"
                table <friends> { 192.0.2.0/24, !192.0.2.128/25, 192.0.2.129 }
                set skip on lo
                block in all
                pass in on $ext_if proto tcp from <friends> to any port $mail_ports
                block in quick on $ext_if from 192.0.2.7
                anchor "mail" in on em0 {
                    pass proto tcp from 198.51.100.1 to any port 25 keep state
                    pass proto udp to any port 25
                }
                pass in proto tcp from 203.0.113.0/24 to any port 24 >< 26 flags S/SA
                pass in proto tcp from 203.0.114.0/24 to any port 25 flags A/A
                pass in on em1 proto tcp from any to (em1) port 22
                """,
            expected: [
                "192.0.2.0/30", "192.0.2.4/31", "192.0.2.6", "192.0.2.8/29", "192.0.2.16/28", "192.0.2.32/27",
                "192.0.2.64/26", "192.0.2.129",
                "198.51.100.1", "203.0.113.0/24",
            ]),
        Case(
            name: "pf: open by default",
            text:
                "set skip on lo0\nblock in proto tcp from any to any port 25\npass in inet from 10.0.0.1\nscrub in all\n",
            expected: ["10.0.0.1"]),
        Case(
            name: "pf: redirection",
            text:
                "rdr on em0 proto tcp from any to any port 2525 -> 127.0.0.1 port 25\nblock in all\npass in proto tcp from 10.0.0.1 to any port 25\n",
            expected: ["10.0.0.1"]),
        Case(
            name: "Cisco IOS bound to an interface",
            text: """
                ! router
                object-group network PROVIDER
                 192.0.2.0 255.255.255.0
                 host 198.51.100.7
                !
                interface GigabitEthernet0/0
                 ip access-group OUTSIDE in
                ip access-list extended OUTSIDE
                 permit tcp any any established
                 10 deny tcp host 192.0.2.9 any
                 20 permit tcp object-group PROVIDER any eq smtp log
                 30 permit tcp 10.0.0.0 0.0.0.254 host 203.0.113.1 range 20 30
                 40 permit udp any any
                ip access-list extended UNUSED
                 permit ip any any
                """,
            expected: (0..<128).map { "10.0.0.\($0 * 2)" } + [
                "192.0.2.0/29", "192.0.2.8", "192.0.2.10/31", "192.0.2.12/30", "192.0.2.16/28", "192.0.2.32/27",
                "192.0.2.64/26", "192.0.2.128/25", "198.51.100.7",
            ]),
        Case(
            name: "Cisco ASA",
            text: """
                ASA Version 9.8
                object network MX
                 host 203.0.113.1
                object-group service MAIL tcp
                 port-object eq smtp
                 port-object range 586 588
                access-list out_in remark mail
                access-list out_in extended permit tcp 192.0.2.0 255.255.255.0 object MX object-group MAIL
                access-list out_in extended permit tcp any6 any6 eq 587
                access-list out_in extended permit tcp host 10.0.0.1 any4 gt 24 inactive
                access-group out_in in interface outside
                """,
            expected: ["192.0.2.0/24"]),
        Case(
            name: "AWS security groups",
            text: """
                {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [
                  {"IpProtocol": "tcp", "FromPort": 25, "ToPort": 25, "IpRanges": [{"CidrIp": "192.0.2.0/24", "Description": "mx"}], "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}], "UserIdGroupPairs": []},
                  {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
                  {"IpProtocol": "udp", "FromPort": 0, "ToPort": 65535, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], "IpPermissionsEgress": []}]}
                """,
            expected: ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"]),
        Case(
            name: "AWS network ACL: order, and the way back to the client's port",
            text: """
                {"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": [
                  {"RuleNumber": 200, "Egress": false, "Protocol": "6", "PortRange": {"From": 25, "To": 25}, "CidrBlock": "192.0.2.0/24", "RuleAction": "allow"},
                  {"RuleNumber": 100, "Egress": false, "Protocol": "-1", "CidrBlock": "192.0.2.0/25", "RuleAction": "deny"},
                  {"RuleNumber": 32767, "Egress": false, "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "RuleAction": "deny"},
                  {"RuleNumber": 100, "Egress": true, "Protocol": "6", "PortRange": {"From": 1024, "To": 65535}, "CidrBlock": "192.0.2.192/26", "RuleAction": "allow"},
                  {"RuleNumber": 32767, "Egress": true, "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "RuleAction": "deny"}]}]}
                """,
            expected: ["192.0.2.192/26"]),
        Case(
            name: "Azure: priority, prefixes, ranges",
            text: """
                {"name": "nsg1", "securityRules": [
                  {"name": "b", "priority": 200, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefixes": ["192.0.2.0/24", "198.51.100.1"], "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRanges": ["24-26", "587"]},
                  {"name": "a", "priority": 100, "direction": "Inbound", "access": "Deny", "protocol": "*", "sourceAddressPrefix": "192.0.2.0/25", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"},
                  {"name": "all", "priority": 65000, "direction": "Inbound", "access": "Deny", "protocol": "*", "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"}]}
                """,
            expected: ["192.0.2.128/25", "198.51.100.1"]),
        Case(
            name: "GCP: priority, deny among equals, other targets",
            text: """
                [{"name": "a", "network": "x/default", "direction": "INGRESS", "priority": 1000, "sourceRanges": ["192.0.2.0/24"], "allowed": [{"IPProtocol": "tcp", "ports": ["20-30"]}]},
                 {"name": "b", "network": "x/default", "direction": "INGRESS", "priority": 1000, "sourceRanges": ["192.0.2.0/25"], "denied": [{"IPProtocol": "all"}]},
                 {"name": "c", "network": "x/default", "direction": "INGRESS", "priority": 900, "sourceRanges": ["198.51.100.0/24"], "targetTags": ["mail"], "allowed": [{"IPProtocol": "tcp"}]},
                 {"name": "d", "network": "x/default", "direction": "INGRESS", "priority": 1, "disabled": true, "allowed": [{"IPProtocol": "all"}]}]
                """,
            expected: ["192.0.2.128/25", "198.51.100.0/24"]),
        Case(
            name: "Windows: block over allow, profiles, numbers for names",
            text: """
                [{"DisplayName": "Mail", "Enabled": 1, "Direction": 1, "Action": 2, "Profile": 4, "Protocol": "TCP", "LocalPort": ["25", "587"], "RemoteAddress": ["192.0.2.0/255.255.255.0", "198.51.100.1-198.51.100.2"]},
                 {"DisplayName": "No", "Enabled": "True", "Direction": "Inbound", "Action": "Block", "Profile": "Any", "Protocol": "Any", "RemoteAddress": "192.0.2.0/25"},
                 {"DisplayName": "Off", "Enabled": 2, "Direction": 1, "Action": 2, "Protocol": "TCP", "LocalPort": "25"},
                 {"DisplayName": "UDP", "Enabled": "True", "Direction": "Inbound", "Action": "Allow", "Protocol": "UDP"}]
                """,
            expected: ["192.0.2.128/25", "198.51.100.1", "198.51.100.2"]),
        Case(
            name: "Windows as CSV",
            text:
                "#TYPE Selected\r\n\"DisplayName\",\"Enabled\",\"Direction\",\"Action\",\"Profile\",\"Protocol\",\"LocalPort\",\"RemoteAddress\"\r\n"
                + "\"SMTP, in\",\"True\",\"Inbound\",\"Allow\",\"Domain, Private\",\"TCP\",\"25\",\"10.0.0.0/8,192.0.2.1\"\r\n",
            expected: ["10.0.0.0/8", "192.0.2.1"]),
        Case(
            name: "ufw status",
            text: """
                Status: active
                Logging: on (low)
                Default: deny (incoming), allow (outgoing), disabled (routed)
                New profiles: skip

                To                         Action      From
                --                         ------      ----
                22/tcp                     ALLOW IN    Anywhere
                25/tcp                     DENY IN     192.0.2.0/25
                25,587/tcp                 ALLOW IN    192.0.2.0/24               # provider
                Anywhere on eth1           ALLOW IN    10.0.0.0/8
                25/tcp (v6)                ALLOW IN    2001:db8::/32
                25/udp                     ALLOW IN    Anywhere
                """,
            expected: ["10.0.0.0/8", "192.0.2.128/25", "2001:db8::/32"]),
        Case(
            name: "firewalld: a zone with rich rules",
            text: """
                <?xml version="1.0" encoding="utf-8"?>
                <zone>
                  <short>Public</short>
                  <service name="ssh"/>
                  <rule family="ipv4"><source address="192.0.2.0/24"/><service name="smtp"/><accept/></rule>
                  <rule family="ipv4"><source address="192.0.2.0/25"/><reject/></rule>
                  <rule family="ipv4" priority="-5"><source address="192.0.2.7"/><port port="25" protocol="tcp"/><accept/></rule>
                  <rule family="ipv6"><source address="2001:db8::/32" invert="true"/><drop/></rule>
                  <rule family="ipv6"><port port="20-30" protocol="tcp"/><accept/></rule>
                </zone>
                """,
            expected: ["192.0.2.7", "192.0.2.128/25", "2001:db8::/32"]),
        Case(
            name: "firewalld: all zones listed",
            text: """
                public (active)
                  target: default
                  icmp-block-inversion: no
                  interfaces: eth0
                  sources: 
                  services: dhcpv6-client ssh
                  ports: 587/tcp
                  rich rules: 
                \trule family="ipv4" source address="192.0.2.0/24" port port="25" protocol="tcp" accept

                trusted (active)
                  target: ACCEPT
                  sources: 10.0.0.0/8
                  services: 
                """,
            expected: ["10.0.0.0/8", "192.0.2.0/24"]),
    ])
    func `lets in exactly`(_ fixture: Case) throws {
        let answer = try reach(fixture.text, fixture.question)
        #expect(blocks(answer.upper) == fixture.expected)
        #expect(answer.isExact == fixture.exact)
    }

    @Test func `tags and members are bounds`() throws {
        let text = """
            {"name": "n", "securityRules": [{"name": "a", "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
              "sourceAddressPrefix": "VirtualNetwork", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "25"},
              {"name": "b", "priority": 110, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
              "sourceAddressPrefix": "192.0.2.1", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "25"},
              {"name": "c", "priority": 65000, "direction": "Inbound", "access": "Deny", "protocol": "*",
              "sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*"}]}
            """
        let answer = try reach(text)
        #expect(blocks(answer.lower) == ["192.0.2.1"])
        #expect(answer.upper == set("192.0.2.1").union(KnownNetworks.privateUse))
    }

    @Test func `a profile is asked by its name`() throws {
        let text =
            #"[{"DisplayName": "a", "Enabled": 1, "Direction": 1, "Action": 2, "Profile": 1, "Protocol": "TCP", "LocalPort": "25"}]"#
        #expect(blocks(try reach(text, FirewallQuestion(incoming: "Domain")).upper) == ["0.0.0.0/0", "::/0"])
        #expect(try reach(text, FirewallQuestion(incoming: "Public")).upper.isEmpty)
    }

    @Test func `UTF-16, with and without its mark`() throws {
        let text =
            #"[{"DisplayName": "Größe", "Enabled": 1, "Direction": 1, "Action": 2, "Protocol": "TCP", "LocalPort": "25", "RemoteAddress": "192.0.2.1"}]"#
        for mark: [UInt8] in [[0xff, 0xfe], []] {
            let bytes =
                mark + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
            let sets = try RuleSetReader.read([SourceFile(name: "export.json", bytes: bytes)])
            #expect(blocks(try RuleSetReader.reach(sets, FirewallQuestion()).upper) == ["192.0.2.1"])
        }
    }
}
