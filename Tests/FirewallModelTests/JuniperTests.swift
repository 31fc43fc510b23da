import FirewallModel
import MailTypes
import Testing

/// JunOS: the answers were found by hand.
struct JuniperTests {
    static let policies = """
        set version 21.4R3
        set security address-book global address provider-a 192.0.2.0/24
        set security address-book global address provider-b 198.51.100.0/25
        set security address-book global address-set provider address provider-a
        set security address-book global address-set provider address provider-b
        set security address-book global address odd range-address 198.51.100.200 to 198.51.100.203
        set security address-book inside address mx 10.1.1.25/32
        set security address-book inside attach zone dmz
        set applications application tcp-587 protocol tcp
        set applications application tcp-587 destination-port 587
        set applications application-set mail application junos-smtp
        set applications application-set mail application tcp-587
        set security policies from-zone untrust to-zone dmz policy no match source-address odd
        set security policies from-zone untrust to-zone dmz policy no match destination-address any
        set security policies from-zone untrust to-zone dmz policy no match application any
        set security policies from-zone untrust to-zone dmz policy no then deny
        set security policies from-zone untrust to-zone dmz policy mail match source-address [ provider odd ]
        set security policies from-zone untrust to-zone dmz policy mail match destination-address mx
        set security policies from-zone untrust to-zone dmz policy mail match application mail
        set security policies from-zone untrust to-zone dmz policy mail then permit
        set security policies from-zone untrust to-zone dmz policy all match source-address any
        set security policies from-zone untrust to-zone dmz policy all match destination-address any
        set security policies from-zone untrust to-zone dmz policy all match application any
        set security policies from-zone untrust to-zone dmz policy all then permit
        deactivate security policies from-zone untrust to-zone dmz policy all
        set security policies from-zone trust to-zone untrust policy out match source-address any
        set security policies from-zone trust to-zone untrust policy out match destination-address any
        set security policies from-zone trust to-zone untrust policy out match application any
        set security policies from-zone trust to-zone untrust policy out then permit
        set security policies global policy guests match from-zone guest
        set security policies global policy guests match source-address-excluded
        set security policies global policy guests match source-address provider
        set security policies global policy guests match destination-address any-ipv4
        set security policies global policy guests match application junos-https
        set security policies global policy guests then permit
        set security zones security-zone untrust interfaces ge-0/0/0.0
        set security nat destination pool mx address 10.1.1.25/32
        set security nat destination pool mx address port 25
        set security nat destination rule-set in from zone untrust
        set security nat destination rule-set in rule 1 match destination-address 203.0.113.10/32
        set security nat destination rule-set in rule 1 match destination-port 2525
        set security nat destination rule-set in rule 1 then destination-nat pool mx
        """

    @Test(arguments: [
        (UInt16(25), "untrust", nil, ["192.0.2.0/24", "198.51.100.0/25"]),
        (587, "untrust", nil, ["192.0.2.0/24", "198.51.100.0/25"]), (443, "untrust", nil, []),
        (25, "trust", nil, ["0.0.0.0/0", "::/0"]), (25, "guest", nil, []),
        (2525, "untrust", "203.0.113.10", ["192.0.2.0/24", "198.51.100.0/25"]),
        (25, "untrust", "203.0.113.10", []), (25, "untrust", "10.1.1.25", ["192.0.2.0/24", "198.51.100.0/25"]),
    ])
    func `policies by zones`(_ port: UInt16, _ zone: String, _ destination: String?, _ expected: [String]) throws {
        var question = FirewallQuestion(
            port: port, destination: destination.flatMap { IPAddress($0) }, incoming: zone)
        question.countsRedirected = false
        let answer = try reach(JuniperTests.policies, question)
        #expect(blocks(answer.upper) == expected)
        #expect(answer.isExact)
    }

    @Test func `a port that is redirected to 25 counts`() throws {
        let question = FirewallQuestion(destination: IPAddress("203.0.113.10"), incoming: "untrust")
        #expect(blocks(try reach(JuniperTests.policies, question).upper) == ["192.0.2.0/24", "198.51.100.0/25"])
    }

    /// The same rules in braces, with what real configurations have around them.
    static let braces = """
        ## Last commit: 2024-01-01 00:00:00 UTC by root
        version 21.4R3;
        groups {
            logging {
                security { policies { from-zone <*> to-zone <*> { policy <*> { then { log { session-init; } } } } } }
            }
            closed {
                security { policies { from-zone <*> to-zone <*> {
                    policy last { match { source-address any; destination-address any; application any; } then { deny; } }
                } } }
            }
        }
        apply-groups [ logging closed ];
        system { host-name "srx } 1"; }
        security {
            policies {
                from-zone untrust to-zone dmz {
                    /* mail; only from the provider */
                    policy mail {
                        match {
                            source-address [ provider other ];
                            destination-address any;
                            application [ junos-smtp web ];
                        }
                        then { permit; log { session-close; } }
                    }
                    inactive: policy all {
                        match { source-address any; destination-address any; application any; }
                        then { permit; }
                    }
                }
                default-policy { permit-all; }
            }
            zones {
                security-zone untrust {
                    address-book {
                        address provider 192.0.2.0/24;
                        address other { dns-name mail.example.net; }
                    }
                    interfaces { ge-0/0/0.0 { host-inbound-traffic { system-services { ssh; } } } }
                }
            }
        }
        applications {
            application web {
                term a protocol tcp destination-port 8080-8090 inactivity-timeout 60;
                term b protocol udp destination-port 25;
            }
        }
        """

    @Test func `braces, groups, names that are not addresses`() throws {
        let answer = try reach(JuniperTests.braces, FirewallQuestion(incoming: "untrust", outgoing: "dmz"))
        #expect(blocks(answer.upper) == ["0.0.0.0/0", "::/0"])
        #expect(blocks(answer.lower) == ["192.0.2.0/24"])
        #expect(answer.undecided.contains { $0.reason.contains("mail.example.net") })
        let other = try reach(JuniperTests.braces, FirewallQuestion(port: 443, incoming: "untrust", outgoing: "dmz"))
        #expect(other.upper.isEmpty && other.isExact)
        // No policy for these zones: the default, which permits.
        let free = try reach(JuniperTests.braces, FirewallQuestion(incoming: "dmz", outgoing: "untrust"))
        #expect(blocks(free.lower) == ["0.0.0.0/0", "::/0"])
    }

    static let filters = """
        interfaces {
            ge-0/0/0 { unit 0 { family inet { filter { input-list [ first second ]; } address 203.0.113.1/24; } } }
            lo0 { unit 0 { family inet { filter { input guard; } } } }
        }
        policy-options {
            prefix-list provider { 192.0.2.0/24; 198.51.100.0/24; }
            prefix-list bad { 192.0.2.128/25; }
        }
        firewall {
            family inet {
                filter first {
                    term bogus { from { source-address { 10.0.0.0/8; 10.1.0.0/16 except; } } then { count bogus; discard; } }
                    term old { from { protocol tcp; tcp-established; } then accept; }
                    term flags { from { source-address 203.0.113.0/25; protocol tcp; tcp-flags "(syn & !ack)"; } then next term; }
                    term mark { from { source-address 203.0.113.9/32; protocol tcp; destination-port [ smtp 587 ]; } then { count c; log; } }
                }
                filter second {
                    term mail {
                        from {
                            source-prefix-list { provider; bad except; }
                            source-address { 10.0.0.0/7; }
                            protocol [ tcp udp ];
                            destination-port 20-30;
                            source-port-except 0-1023;
                        }
                        then accept;
                    }
                    term icmp { from { protocol icmp; } then accept; }
                }
                filter guard { term all { then accept; } }
            }
        }
        """

    @Test func `filters: bound lists, prefix lists, exceptions, flags`() throws {
        let answer = try reach(JuniperTests.filters)
        #expect(
            blocks(answer.upper) == [
                "10.1.0.0/16", "11.0.0.0/8", "192.0.2.0/25", "198.51.100.0/24", "203.0.113.9",
            ])
        #expect(answer.isExact && answer.families == [.ipv4])
        #expect(try reach(JuniperTests.filters, FirewallQuestion(port: 80)).upper.isEmpty)
    }

    @Test(arguments: [
        ("syn", true), ("(syn & !ack)", true), ("!(syn & ack)", true), ("ack | rst", false), ("0x2", true),
        ("0x12", false),
        ("!syn", false), ("syn & (", nil), ("urgent", false),
    ])
    func `TCP flags are followed`(_ text: String, _ expected: Bool?) throws {
        let rules = """
            firewall { filter f { term a { from { tcp-flags "\(text)"; } then accept; } } }
            """
        let answer = try reach(rules)
        #expect(answer.upper.ipv4.isEmpty == (expected == false))
        #expect(answer.isExact == (expected != nil))
    }

    @Test(arguments: [
        ("security { policies { from-zone a to-zone b { policy p { match { source-address any; }", "is not closed"),
        ("set security policies from-zone a to-zone b policy p match source-address any\n", "has no action"),
        ("firewall { family inet { filter f { term a { from { source-address { 10.0.0.300; } } } } } }", "no address"),
        (
            "firewall { family inet { filter f { term a { filter g; } } filter g { term b { filter f; } } } }",
            "back to itself"
        ),
        ("/* a comment", "is not closed"), ("system { host-name a; }", "no security policies"),
        ("firewall { family inet { filter f { term a { then accept } } } }", "without its end"),
        ("set firewall family inet filter f term a from source-address [ 10.0.0.0/8\n", "not closed"),
        ("set firewall family inet filter f term a then accept\nfrobnicate\n", "not understood"),
    ])
    func `what is cut or wrong is an error`(_ text: String, _ message: String) throws {
        let error = try #require(failure(text, as: .juniper))
        #expect(error.description.contains(message), "\(error)")
    }

    @Test func `a part of a configuration is read as what it is a part of`() throws {
        let text = """
            {primary:node0}
            admin@srx> show configuration security policies
            from-zone untrust to-zone trust {
                policy mail {
                    match { source-address any-ipv4; destination-address any; application junos-mail; }
                    then { permit; }
                }
            }
            """
        #expect(blocks(try reach(text).upper) == ["0.0.0.0/0"])
    }
}
