import MailTypes
import Testing

@testable import Posture

/// Findings of a Postfix by its texts.
struct PostfixChecksTests {
    static let master = """
        smtp inet n - y - - smtpd
        submission inet n - y - - smtpd
          -o syslog_name=postfix/submission
          -o smtpd_tls_security_level=encrypt
          -o smtpd_sasl_auth_enable=yes
          -o { smtpd_sender_restrictions = reject_sender_login_mismatch }
          -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
          -o smtpd_client_message_rate_limit=100
        pickup unix n - y 60 1 pickup
        """
    static let hardened = """
        compatibility_level = 3.6
        mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
        relay_domains =
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = /etc/key.pem
        smtpd_tls_auth_only = yes
        smtpd_sender_login_maps = inline:{ ann@own.test=ann }
        disable_vrfy_command = yes
        smtpd_forbid_bare_newline = normalize
        """

    static func facts(_ more: String = "", master: String = master) -> MTAFacts {
        var facts = MTAFacts(target: "host")
        facts.parts[.mainCF] = .init(name: "main.cf", text: hardened + "\n" + more)
        facts.parts[.masterCF] = .init(name: "master.cf", text: master)
        return facts
    }

    static func failures(_ facts: MTAFacts) -> [String] {
        MTAChecks.findings(facts).filter { $0.result.word == "fail" }.map(\.check.description)
    }

    @Test func passesAHardenedOne() {
        let findings = MTAChecks.findings(Self.facts())
        #expect(findings.filter { $0.result.word == "fail" } == [])
        let unknown = findings.filter { $0.result.word == "unknown" }.map(\.check)
        #expect(unknown == [.mtaPasswordSources])
    }

    @Test(arguments: [
        ("mynetworks = 0.0.0.0/0", ["MTA-01", "MTA-02"]),
        ("mynetworks = 127.0.0.1, 100.0.0.0/7", ["MTA-02"]),
        ("mynetworks = 127.0.0.1\n  8.0.0.0/12", ["MTA-02"]),
        ("mynetworks = static:all", ["MTA-01", "MTA-02"]),
        ("all = 0.0.0.0/0\nmynetworks = 127.0.0.1 ${all}", ["MTA-01", "MTA-02"]),
        ("mynetworks = cidr:{{0.0.0.0/1 x}, {128.0.0.0/1 x}}", ["MTA-01", "MTA-02"]),
        ("smtpd_relay_restrictions = permit", ["MTA-01"]),
        ("smtpd_relay_restrictions =", ["MTA-01"]),
        ("smtpd_relay_restrictions = warn_if_reject reject_unauth_destination", ["MTA-01"]),
        ("smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination", ["MTA-01"]),
        ("smtpd_relay_restrictions = check_client_access cidr:{{0.0.0.0/0 OK}}, reject_unauth_destination", ["MTA-01"]),
        (
            "smtpd_relay_restrictions = check_sender_access inline:{ own.test=OK }, reject_unauth_destination",
            ["MTA-03"]
        ),
        ("smtpd_relay_restrictions = check_sender_access inline:{ own.test=1 }, reject_unauth_destination", ["MTA-03"]),
        ("smtpd_relay_restrictions = check_helo_access inline:{ localhost=permit }, reject", ["MTA-03"]),
        (
            "smtpd_restriction_classes = mine\nmine = permit\nsmtpd_relay_restrictions = check_sender_access inline:{a.test=mine},reject",
            ["MTA-03"]
        ),
        ("smtpd_relay_restrictions = permit_mx_backup, reject_unauth_destination", ["MTA-04"]),
        (
            "smtpd_relay_restrictions = check_recipient_access inline:{ postmaster@=OK }, reject_unauth_destination",
            ["MTA-04"]
        ),
        ("smtpd_relay_restrictions = check_client_access inline:{ com=OK }, reject_unauth_destination", ["MTA-03"]),
        ("relay_domains = com\nrelay_recipient_maps = inline:{a=b}", ["MTA-04"]),
        ("relay_domains = static:all\nrelay_recipient_maps = inline:{a=b}", ["MTA-04"]),
        ("relay_domains = static:all", ["MTA-01", "MTA-04", "MTA-06"]),
        ("relay_domains = pcre:{ {/./ x} }", ["MTA-01", "MTA-04", "MTA-06"]),
        ("relay_domains = example.com", ["MTA-06"]),
        ("allow_untrusted_routing = yes", ["MTA-05"]),
        ("local_recipient_maps =", ["MTA-06"]),
        ("smtpd_reject_unlisted_recipient = no", ["MTA-06"]),
        ("smtpd_sasl_auth_enable = yes", ["MTA-07"]),
        (
            "smtpd_sasl_auth_enable = yes\nsmtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination",
            ["MTA-07", "MTA-10", "MTA-11", "MTA-12"]
        ),
        ("smtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = no", ["MTA-07", "MTA-08"]),
        ("smtpd_sasl_security_options =", ["MTA-09"]),
        ("smtpd_authorized_xclient_hosts = 0.0.0.0/0", ["MTA-14"]),
        ("smtpd_upstream_proxy_protocol = haproxy", ["MTA-14"]),
        ("smtpd_forbid_bare_newline = no", ["MTA-15"]),
        ("relay_domains = *\nrelay_recipient_maps = inline:{a=b}", ["MTA-04"]),
        ("relay_domains = co.uk", ["MTA-04", "MTA-06"]),
        ("relay_domains = pcre:{ {/.*\\.com$$/ x} }", ["MTA-04", "MTA-06"]),
        ("relay_domains = pcre:{ {/^(.+\\.)?mine\\.example$$/ x} }\nrelay_recipient_maps = inline:{a=b}", []),
        ("smtpd_relay_restrictions = permit_mynetworks, defer_if_permit", []),
        (
            "smtpd_relay_restrictions = check_recipient_access inline:{ gmail.com=OK }, reject_unauth_destination\nmydestination = mine.test",
            ["MTA-04"]
        ),
        (
            "smtpd_relay_restrictions = check_recipient_access inline:{ mine.test=OK }, reject_unauth_destination\nmydestination = mine.test",
            []
        ),
        (
            "smtpd_relay_restrictions = permit_mx_backup, reject_unauth_destination\npermit_mx_backup_networks = 0.0.0.0/0",
            ["MTA-04"]
        ),
        (
            "smtpd_relay_restrictions = permit_tls_all_clientcerts, reject_unauth_destination\nsmtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = /etc/ssl/certs/ca-certificates.crt",
            ["MTA-03"]
        ),
        ("smtpd_relay_restrictions = permit_tls_all_clientcerts, reject_unauth_destination", []),
        ("smtpd_tls_security_level = none", ["MTA-17"]),
        ("disable_vrfy_command = no", ["MTA-18"]),
    ]) func namesTheHole(settings: String, expected: [String]) {
        #expect(Self.failures(Self.facts(settings)) == expected)
    }

    @Test(arguments: [
        (
            "-o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=may -o smtpd_tls_auth_only=no",
            ["MTA-08", "MTA-11", "MTA-13"]
        ),
        ("-o smtpd_tls_security_level=encrypt", ["MTA-13"]),
        (
            "-o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=may -o smtpd_sender_restrictions=reject_sender_login_mismatch -o smtpd_client_recipient_rate_limit=9",
            []
        ),
        (
            "-o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt -o smtpd_sender_restrictions=reject_sender_login_mismatch -o smtpd_client_recipient_rate_limit=9 -o smtpd_client_restrictions=reject_rbl_client,zen.spamhaus.org",
            ["MTA-22"]
        ),
        (
            "-o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt -o smtpd_sender_restrictions=reject_sender_login_mismatch -o smtpd_client_recipient_rate_limit=9 -o smtpd_sender_login_maps=static:ann",
            ["MTA-11"]
        ),
        (
            "-o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt -o smtpd_milters= -o smtpd_sender_restrictions=reject_sender_login_mismatch -o smtpd_client_recipient_rate_limit=9",
            ["MTA-16"]
        ),
        (
            "-o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt -o smtpd_sender_restrictions=permit_sasl_authenticated,reject_sender_login_mismatch -o smtpd_client_recipient_rate_limit=9",
            ["MTA-11"]
        ),
    ]) func looksAtOverrides(options: String, expected: [String]) {
        let master = """
            25 inet n - y - - smtpd
            587 inet n - y - - smtpd -o smtpd_relay_restrictions=permit_sasl_authenticated,reject \(options)
            """
        #expect(Self.failures(Self.facts("smtpd_milters = inet:127.0.0.1:11332", master: master)) == expected)
    }

    @Test func aServiceHasNetworksOfItsOwn() {
        let master = Self.master + "\n25 inet n - y - - smtpd -o mynetworks=0.0.0.0/0"
        #expect(Self.failures(Self.facts(master: master)) == ["MTA-01", "MTA-02"])
        let domains = Self.master + "\n25 inet n - y - - smtpd -o relay_domains=static:all"
        #expect(Self.failures(Self.facts(master: domains)) == ["MTA-01", "MTA-04", "MTA-06"])
    }

    /// Before 2.10 smtpd_relay_restrictions says nothing, and the recipients' list decides alone.
    @Test func oldVersionsHaveOneList() {
        var facts = Self.facts(
            "smtpd_recipient_restrictions = check_sender_access inline:{a.test=OK}, reject_unauth_destination")
        #expect(Self.failures(facts) == [])
        facts.parts[.mainCF]?.text.removeAll { $0 == "\r" }
        facts.parts[.mainCF] = .init(
            name: "main.cf",
            text: "smtpd_recipient_restrictions = check_sender_access hash:/etc/postfix/a, reject_unauth_destination\n"
                + "mynetworks = 127.0.0.0/8\ndisable_vrfy_command = yes\n")
        facts.tables["/etc/postfix/a"] = "a.test OK\n"
        facts.parts[.postconfAll] = .init(
            name: "postconf", text: "mail_version = 2.9.6\nrelay_domains = \nmynetworks = 127.0.0.0/8\n")
        #expect(Self.failures(facts).contains("MTA-03"))
    }

    /// Engines that forward ports by a program of their own make every stranger come from the gateway.
    @Test func aContainersGatewayIsNotKnownToBeHarmless() {
        var facts = Self.facts("mynetworks = 127.0.0.0/8 172.16.0.0/12")
        let routes = "Iface\tDestination\tGateway \tFlags\neth0\t00000000\t010011AC\t0003\n"
        facts.parts[.routes] = .init(name: "/proc/net/route", text: routes)
        func word() -> String? { MTAChecks.findings(facts).first { $0.check == .mtaNetworks }?.result.word }
        #expect(word() == "pass")
        facts.parts[.container] = .init(name: "container", text: "/.dockerenv\n")
        #expect(word() == "unknown")
        facts.parts[.routes] = .init(name: "/proc/net/route", text: "eth0\t00000000\t0100A8C0\t0003\n")
        #expect(word() == "pass")
    }

    @Test(arguments: [
        ("nameserver 8.8.8.8\n", "fail"), ("nameserver 192.0.2.53\n", "pass"), ("nameserver 127.0.0.53\n", "unknown"),
        ("", "pass"), ("# nameserver 1.1.1.1\nnameserver ::1\n", "pass"), (nil, "unknown"),
    ]) func listsAreAskedThroughAResolverOfOnesOwn(file: String?, expected: String) {
        var facts = Self.facts("smtpd_recipient_restrictions = reject_rbl_client zen.spamhaus.org")
        facts.parts[.resolver] = file.map { .init(name: "/etc/resolv.conf", text: $0) }
        #expect(MTAChecks.findings(facts).first { $0.check == .mtaListResolver }?.result.word == expected)
    }

    @Test func internalPortsBelongOnLoopback() {
        let open = Self.master + "\n10025 inet n - y - - smtpd -o mynetworks=0.0.0.0/0"
        #expect(Self.failures(Self.facts(master: open)).contains("MTA-20"))
        let closed = Self.master + "\n127.0.0.1:10025 inet n - y - - smtpd -o mynetworks=0.0.0.0/0"
        #expect(Self.failures(Self.facts(master: closed)) == [])
    }

    @Test func followsPostscreen() {
        let master = "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd -o smtpd_relay_restrictions=permit"
        #expect(Self.failures(Self.facts(master: master)) == ["MTA-01"])
    }

    @Test(arguments: [
        ("mynetworks = hash:/etc/postfix/nets", CheckID.mtaNetworks),
        ("smtpd_relay_restrictions = check_policy_service unix:private/p, reject_unauth_destination", .mtaStrangers),
        ("smtpd_relay_restrictions = check_client_access mysql:/etc/x.cf, reject_unauth_destination", .mtaStrangers),
        ("smtpd_relay_restrictions = $smtpd_relay_restrictions", .mtaStrangers),
        ("smtpd_relay_restrictions = permit_strange_things, reject", .mtaStrangers),
        ("relay_domains = ldap:/etc/x.cf\nrelay_recipient_maps = inline:{a=b}", .mtaRelayDomains),
    ]) func doesNotKnowWhatIsNotThere(settings: String, id: CheckID) {
        let finding = MTAChecks.findings(Self.facts(settings)).first { $0.check == id }
        #expect(finding?.result.word == "unknown")
    }

    @Test func readsTablesThatWereGathered() {
        let settings =
            "smtpd_relay_restrictions = check_client_access hash:/etc/postfix/access, reject_unauth_destination"
        var facts = Self.facts(settings)
        #expect(facts.wantedTables == ["/etc/postfix/access"])
        facts.tables["/etc/postfix/access"] = "192.0.2.1 OK\n# 1 OK\nmail.own.test OK\n"
        #expect(Self.failures(facts) == [])
        facts.tables["/etc/postfix/access"] = "203 OK\n8 OK\n"
        #expect(Self.failures(facts) == ["MTA-01", "MTA-02"])
    }

    /// Aliases name people: they are gathered only where the own domains have to be known.
    @Test func leavesAliasesAlone() {
        var facts = Self.facts("virtual_alias_maps = hash:/etc/postfix/virtual")
        #expect(facts.wantedTables == [])
        let restriction =
            "smtpd_relay_restrictions = check_recipient_access hash:/etc/postfix/to, reject_unauth_destination"
        facts = Self.facts("virtual_alias_maps = hash:/etc/postfix/virtual\nmydestination = own.test\n" + restriction)
        #expect(facts.wantedTables == ["/etc/postfix/virtual", "/etc/postfix/to"])
        facts.tables = [
            "/etc/postfix/virtual": "ann@mine.test ann\n", "/etc/postfix/to": "mine.test OK\nown.test OK\n",
        ]
        #expect(!Self.failures(facts).contains("MTA-04"))
        facts.tables["/etc/postfix/to"] = "mine.test OK\nother.test OK\n"
        #expect(Self.failures(facts).contains("MTA-04"))
    }

    @Test func mynetworksDefaultIsNotKnownWithoutTheHost() {
        var facts = Self.facts()
        facts.parts[.mainCF] = .init(name: "main.cf", text: "compatibility_level = 1\n")
        #expect(MTAChecks.findings(facts).first { $0.check == .mtaNetworks }?.result.word == "unknown")
        facts.parts[.mainCF] = .init(name: "main.cf", text: "compatibility_level = 3.6\n")
        #expect(MTAChecks.findings(facts).first { $0.check == .mtaNetworks }?.result.word == "pass")
        facts.parts[.mainCF] = .init(name: "main.cf", text: "mynetworks_style = class\n")
        #expect(MTAChecks.findings(facts).first { $0.check == .mtaNetworks }?.result.word == "fail")
    }

    @Test(arguments: [
        ("garbage without a sign\n", "main.cf"), ("= x", "main.cf"),
    ]) func brokenFilesAreUnknown(text: String, name: String) {
        var facts = Self.facts()
        facts.parts[.mainCF] = .init(name: "main.cf", text: text)
        let findings = MTAChecks.findings(facts)
        #expect(!findings.contains { $0.result.word == "pass" })
        facts = Self.facts(master: "smtp inet n -\n")
        #expect(!MTAChecks.findings(facts).contains { $0.result.word == "pass" })
    }

    @Test(arguments: [
        ("$a", "x"), ("${a?yes}", "yes"), ("${none?yes}", ""), ("${none:no}", "no"), ("${a?{1}:{2}}", "1"),
        ("$$a", "$a"), ("${{$level} <level {1} ? {old} : {new}}", "new"), ("$(a)-$a.", "x-x."),
        ("${{$a} == {x} ? {same} : {other}}", "same"),
    ]) func expands(text: String, expected: String) throws {
        var settings = PostfixSettings()
        try settings.read(.init(name: "main.cf", text: "a = x\nlevel = 3.6\nloop = $loop\nbig = $a$a\n"))
        #expect(settings.expanded(text) == expected)
        #expect(settings.value("loop") == nil)
    }

    @Test func expansionIsBounded() throws {
        var text = "a0 = 0123456789\n"
        for index in 1..<35 { text += "a\(index) = $a\(index - 1) $a\(index - 1)\n" }
        var settings = PostfixSettings()
        try settings.read(.init(name: "main.cf", text: text))
        #expect(settings.value("a34") == nil)
    }
}
