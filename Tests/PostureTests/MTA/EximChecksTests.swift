import MailTypes
import Testing

@testable import Posture

/// Findings of an Exim by its configuration.
struct EximChecksTests {
    static func text(
        main: String = "", networks: String = "127.0.0.1 : ::::1 : localhost", first: String = "",
        last: String = "deny",
        login: String = "", authenticators: String = "", relayed: String = "", routers: String = ""
    ) -> String {
        """
        OWN = own.test
        domainlist local_domains = @ : OWN
        domainlist relay_to_domains = \(relayed)
        hostlist relay_from_hosts = \(networks)
        .ifdef NOT_SET
        hostlist relay_from_hosts = *
        .endif
        acl_smtp_rcpt = acl_check_rcpt
        acl_smtp_data = acl_check_data
        chunking_advertise_hosts =
        tls_advertise_hosts = *
        daemon_smtp_ports = 25 : 465 : 587
        tls_on_connect_ports = 465
        \(main)

        begin acl

        acl_check_rcpt:
          # local submission
          accept hosts = :
          deny message = Restricted characters in address
               domains = +local_domains
               local_parts = ^[.] : ^.*[@%!/|]
        \(first)
          accept local_parts = postmaster
                 domains = +local_domains
        \(login)
          accept hosts = +relay_from_hosts
                 control = submission
          require message = relay not permitted
                  domains = +local_domains : +relay_to_domains
          require verify = recipient
          accept domains = +local_domains : \\
                           +relay_to_domains
          \(last)

        acl_check_data:
          deny malware = *
          accept

        begin routers
        local:
          driver = accept
          check_local_user
        \(routers)

        begin authenticators
        \(authenticators)
        """
    }

    static let login = """
          deny authenticated = *
               condition = ${if !eq{$authenticated_id}{$sender_address}}
          warn ratelimit = 100 / 1h / strict / $authenticated_id
          accept authenticated = *
        """
    static let plain = """
        PLAIN:
          driver = plaintext
          server_advertise_condition = ${if and{{def:tls_in_cipher}{!eq{$received_port}{25}}}}
          server_condition = ${if crypteq{$auth3}{${lookup{$auth2}lsearch{/etc/exim4/passwd}}}}
        """

    static func facts(_ text: String) -> MTAFacts {
        var facts = MTAFacts(target: "host")
        facts.parts[.eximFile] = .init(name: "exim.conf", text: text)
        return facts
    }

    static func failures(_ text: String) -> [String] {
        MTAChecks.findings(facts(text)).filter { $0.result.word == "fail" }.map(\.check.description)
    }

    @Test(arguments: [text(), text(login: login, authenticators: plain)]) func passesHardenedOnes(text: String) {
        let findings = MTAChecks.findings(Self.facts(text))
        #expect(findings.filter { $0.result.word == "fail" } == [])
        #expect(findings.filter { $0.result.word == "unknown" } == [])
    }

    @Test(arguments: [
        (text(networks: "*"), ["MTA-01", "MTA-02", "MTA-06"]),
        (text(networks: "0.0.0.0/0"), ["MTA-01", "MTA-02", "MTA-06"]),
        (text(networks: "!192.0.2.1 : *"), ["MTA-01", "MTA-02", "MTA-06"]),
        (text(networks: "<; ::1 ; 8.0.0.0/8"), ["MTA-01", "MTA-02"]),
        (text(networks: "<; ::1 ; *.com"), ["MTA-03"]),
        (text(first: "  accept"), ["MTA-01", "MTA-06"]),
        (text(first: "  accept hosts = *"), ["MTA-01", "MTA-06"]),
        (text(first: "  accept hosts = !192.0.2.1"), ["MTA-01", "MTA-06"]),
        (text(first: "  accept encrypted = *"), ["MTA-01", "MTA-06"]),
        (text(first: "  accept domains = !+local_domains"), ["MTA-01"]),
        (text(first: "  accept condition = ${if eq{$received_port}{25}}"), ["MTA-01", "MTA-06"]),
        (text(first: "  accept senders = *@own.test"), ["MTA-03"]),
        (text(first: "  accept senders = :"), ["MTA-03"]),
        (text(first: "  accept condition = ${if eq{$sender_helo_name}{localhost}}"), ["MTA-03"]),
        (text(first: "  accept local_parts = postmaster : abuse"), ["MTA-04"]),
        (text(first: "  accept domains = @mx_any"), ["MTA-04"]),
        (text(first: "  require domains = *.com : +local_domains\n  accept"), ["MTA-04", "MTA-06"]),
        (text(first: "  accept domains = *.com\n  verify = recipient"), ["MTA-04"]),
        (text(first: "  accept domains = +local_domains"), ["MTA-06"]),
        (text(main: "percent_hack_domains = *"), ["MTA-05"]),
        (text(main: "hosts_proxy = *"), ["MTA-14"]),
        (text(main: "tls_advertise_hosts ="), ["MTA-17"]),
        (text(main: "acl_smtp_vrfy = accept"), ["MTA-18"]),
        (text(main: "tls_on_connect_ports ="), ["MTA-13"]),
        (text(main: "daemon_smtp_ports = 25 : 2525"), ["MTA-20"]),
        (text(login: "  accept authenticated = *", authenticators: plain), ["MTA-11", "MTA-12"]),
        (text(relayed: "*"), ["MTA-01", "MTA-04"]),
        (text(relayed: "mine.test : *.com"), ["MTA-04"]),
        (text(relayed: "mine.test : *.co.uk"), ["MTA-04"]),
        (text(relayed: "mine.test"), []),
        (text(relayed: "mine.test", routers: "out:\n  driver = dnslookup\n  domains = ! +local_domains"), ["MTA-06"]),
        (text(routers: "all:\n  driver = redirect\n  domains = +local_domains\n  data = root@own.test"), ["MTA-06"]),
        (text(routers: "all:\n  driver = accept\n  transport = local"), ["MTA-06"]),
        (text(routers: "some:\n  driver = accept\n  local_parts = postmaster"), []),
        (text(routers: "virtual:\n  driver = redirect\n  data = ${lookup{$local_part}lsearch{/etc/v}}"), []),
        (text(routers: "off:\n  driver = accept\n  no_verify"), []),
        (text(routers: "out:\n  driver = dnslookup\n  domains = ! +local_domains"), []),
        // Refusals that the client need not meet, beside what is not known: Debian's own list is full of them.
        (
            text(
                networks: "*",
                first:
                    "  deny !acl = elsewhere\n  senders = ${if exists{/etc/x}{/etc/x}{}}\n  !verify = sender/callout\n  deny hosts = ${if exists{/etc/y}{/etc/y}{}}\n  message = blocked"
            ), ["MTA-01", "MTA-02", "MTA-06"]
        ),
        (text(networks: "+ours\nhostlist ours = <; 8.0.0.0/8"), ["MTA-01", "MTA-02"]),
        (
            text(
                login: "  deny dnslists = zen.spamhaus.org\n" + login,
                authenticators: plain), ["MTA-22"]
        ),
        (text(login: "  deny !authenticated = *\n dnslists = zen.spamhaus.org\n" + login, authenticators: plain), []),
        (
            text(
                login: login,
                authenticators: plain.replacing("{def:tls_in_cipher}", with: "{!eq{a}{b}}")), ["MTA-08"]
        ),
        (
            text(login: login, authenticators: plain.replacing("{!eq{$received_port}{25}}", with: "{!eq{a}{b}}")),
            ["MTA-07", "MTA-10"]
        ),
        (
            text(login: login, authenticators: plain.replacing("driver = plaintext", with: "driver = cram_md5")),
            ["MTA-09"]
        ),
        (
            text(
                login: login,
                authenticators:
                    "P:\n  driver = plaintext\n  server_advertise_condition = ${if and{{def:tls_in_cipher}{!eq{$received_port}{25}}}}\n  server_condition = yes"
            ),
            ["MTA-19"]
        ),
    ]) func namesTheHole(text: String, expected: [String]) {
        #expect(Self.failures(text) == expected)
    }

    @Test(arguments: [
        (text(networks: "lsearch;/etc/exim4/hosts"), CheckID.mtaStrangers),
        (text(first: "  accept condition = ${lookup{$domain}lsearch{/etc/x}{yes}{no}}"), .mtaStrangers),
        (text(first: "  deny condition = ${lookup{$domain}lsearch{/etc/x}{no}{yes}}\n  accept"), .mtaStrangers),
        (text(first: "  accept acl = elsewhere"), .mtaStrangers),
        (text(first: "  deny hosts = !${if exists{/etc/x}{/etc/x}{}}\n  accept"), .mtaStrangers),
        (text(first: "  deny hosts = +elsewhere\n  accept"), .mtaStrangers),
        (text(first: "  .include /etc/exim4/more"), .mtaStrangers),
        (text(main: "acl_smtp_rcpt = ${lookup{x}lsearch{/y}}"), .mtaStrangers),
    ]) func doesNotKnowWhatIsNotThere(text: String, id: CheckID) {
        #expect(MTAChecks.findings(Self.facts(text)).first { $0.check == id }?.result.word == "unknown")
    }

    @Test func readsListsThatWereGathered() {
        var facts = Self.facts(Self.text(networks: "net-iplsearch;/etc/exim4/hosts"))
        #expect(facts.wantedTables.contains("/etc/exim4/hosts"))
        facts.tables["/etc/exim4/hosts"] = "192.0.2.1\n"
        #expect(!MTAChecks.findings(facts).contains { $0.result.word == "fail" })
        facts.tables["/etc/exim4/hosts"] = "0.0.0.0/0: x\n"
        #expect(MTAChecks.findings(facts).contains { $0.check == .mtaStrangers && $0.result.word == "fail" })
    }

    @Test(arguments: [
        ".ifdef X\n", ".endif\n", ".what\n", "begin acl\n accept\n", "begin acl\nx:\n hosts = *\n", "two words\n",
        "domainlist x\n", "A = \(String(repeating: "x", count: 60_000))\ny = AAA\n",
    ]) func brokenOnesAreUnknown(text: String) {
        let findings = MTAChecks.findings(Self.facts(text))
        #expect(!findings.contains { $0.result == .pass })
    }

    @Test(arguments: [
        ("a : b", ["a", "b"]), ("<; ::1 ; b", ["::1", "b"]), ("a::b : c", ["a:b", "c"]), (":", [""]), ("", []),
        (" : a", ["", "a"]), ("a :", ["a"]),
    ]) func splitsLists(text: String, expected: [String]) {
        #expect(EximLists.split(text) == expected)
    }

    @Test(
        arguments: [
            ("Exim version 4.97.1 #2 built", nil, true), ("Exim version 4.98 #2 built", nil, true),
            ("Exim version 4.96 #2 built", "4.96-15+deb12u7", true),
            ("Exim version 4.96 #2 built", "4.96-15+deb12u3", false),
            ("Exim version 4.96 #2 built", "4.96-15", false), ("Exim version 4.96 #2 built", nil, nil),
            ("Exim version 4.94.2 #2 built", "4.94.2-7+deb11u2", true), ("nonsense", nil, nil), (nil, nil, nil),
        ] as [(String?, String?, Bool?)])
    func knowsVersions(text: String?, package: String?, expected: Bool?) {
        #expect(EximVersion.isMended(text, package: package) == expected)
    }

    @Test func listsBehindMacrosAreNotAsked() {
        let off = Self.text(first: "  .ifdef LISTS\n  deny dnslists = zen.spamhaus.org\n  .endif")
        let on = Self.text(first: "  deny dnslists = zen.spamhaus.org")
        for (text, word) in [(off, "pass"), (on, "unknown")] {
            let finding = MTAChecks.findings(Self.facts(text)).first { $0.check == .mtaListResolver }
            #expect(finding?.result.word == word)
        }
    }

    @Test func listsAreBounded() {
        var lists = "hostlist h0 = 192.0.2.1\n"
        for index in 1..<19 {
            let twice = Array(repeating: "+h\(index - 1)", count: 8).joined(separator: " : ")
            lists += "hostlist h\(index) = \(twice)\n"
        }
        let findings = MTAChecks.findings(Self.facts(Self.text(main: lists, networks: "+h18")))
        #expect(findings.first { $0.check == .mtaStrangers }?.result.word == "unknown")
    }
}
