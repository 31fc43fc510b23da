import MailTypes
import Testing

@testable import Posture

/// Findings of a Sendmail by its sendmail.cf, sendmail.mc, access and relay-domains.
struct SendmailChecksTests {
    static func cf(_ more: String = "", daemons: String = "Port=smtp, Name=MTA, M=A", denies: Bool = true) -> String {
        """
        #####  $Id: cf.m4,v 8.33 2013-11-22 20:51:13 ca Exp $  #####
        #####  $Id: access_db.m4,v 8.28 2013-11-22 20:51:11 ca Exp $  #####
        DZ8.18.1/Debian
        C{TrustAuthMech}PLAIN LOGIN
        O DaemonPortOptions=\(daemons)
        O DaemonPortOptions=Port=submission, Name=MSA, M=Ea
        O PrivacyOptions=goaway,restrictqrun
        O ServerCertFile=/etc/cert.pem
        O ServerKeyFile=/etc/key.pem
        O AuthMechanisms=PLAIN LOGIN
        O AuthOptions=A p y
        O InputMailFilters=filter
        \(more)
        SBasic_check_rcpt
        R$*\t\t\t$#error $@ 5.7.1 $: "550 \(denies ? "Relaying denied" : "Go away")"
        """
    }

    static func facts(_ cf: String = cf(), access: String = "", relayDomains: String = "", mc: String? = nil)
        -> MTAFacts
    {
        var facts = MTAFacts(target: "host")
        facts.parts[.sendmailCF] = .init(name: "sendmail.cf", text: cf)
        facts.parts[.sendmailAccess] = .init(name: "access", text: access)
        facts.parts[.sendmailRelayDomains] = .init(name: "relay-domains", text: relayDomains)
        if let mc { facts.parts[.sendmailMC] = .init(name: "sendmail.mc", text: mc) }
        return facts
    }

    static func failures(_ facts: MTAFacts) -> [String] {
        MTAChecks.findings(facts).filter { $0.result.word == "fail" }.map(\.check.description)
    }

    @Test func passesAHardenedOne() {
        let access =
            "Connect:192.0.2.1 RELAY\nConnect:127.0.0.1\tRELAY\nTo:own.test RELAY\nFrom:own.test RELAY\nspam.test REJECT\n"
        let facts = Self.facts(access: access, relayDomains: "# ours\n10.1\n", mc: "dnl FEATURE(`promiscuous_relay')\n")
        #expect(Self.failures(facts) == [])
    }

    @Test(arguments: [
        ("promiscuous_relay", ["MTA-01"]), ("relay_entire_domain", ["MTA-02"]), ("relay_local_from", ["MTA-03"]),
        ("relay_based_on_MX", ["MTA-04"]), ("loose_relay_check", ["MTA-05"]),
    ]) func knowsFeatures(name: String, expected: [String]) {
        #expect(Self.failures(Self.facts(Self.cf("#####  $Id: \(name).m4,v 8.1 2013 ca Exp $  #####"))) == expected)
        #expect(Self.failures(Self.facts(mc: "FEATURE(`\(name)')dnl\n")) == expected)
    }

    @Test(arguments: [
        ("Connect:8 RELAY", "", ["MTA-02"]), ("8.9 RELAY", "", ["MTA-02"]), ("Connect:com RELAY", "", ["MTA-03"]),
        ("To:com RELAY", "", ["MTA-04"]), ("com RELAY", "", ["MTA-03", "MTA-04"]), ("", "com\n", ["MTA-03", "MTA-04"]),
        ("", "8\n", ["MTA-02"]), ("", "192.0.2\n", []),
    ]) func knowsLists(access: String, relayDomains: String, expected: [String]) {
        #expect(Self.failures(Self.facts(access: access, relayDomains: relayDomains)) == expected)
    }

    @Test(arguments: [
        (cf(denies: false), ["MTA-01"]), (cf(daemons: "Port=smtp"), ["MTA-07", "MTA-10"]),
        (cf("O AuthOptions=A"), ["MTA-08"]), (cf("O AuthMechanisms=PLAIN CRAM-MD5"), ["MTA-09"]),
        (cf("O InputMailFilters="), ["MTA-11", "MTA-12"]), (cf("O DaemonPortOptions=Port=587, M=E"), ["MTA-13"]),
        (cf("O DaemonPortOptions=Port=587, M=Ea, I="), ["MTA-16"]), (cf("O PrivacyOptions=authwarnings"), ["MTA-18"]),
        (cf("O DaemonPortOptions=Port=2525, M=A"), ["MTA-20"]), (cf("DLlocal:all"), ["MTA-06"]),
        (cf("O DaemonPortOptions=Port=2525, Addr=127.0.0.1"), []),
    ]) func knowsOptions(cf: String, expected: [String]) {
        #expect(Self.failures(Self.facts(cf)) == expected)
    }

    @Test func relayMailFromNeedsAnEntry() {
        let cf = Self.cf("#####  $Id: relay_mail_from.m4,v 8.1 2013 ca Exp $  #####")
        #expect(Self.failures(Self.facts(cf)) == [])
        #expect(Self.failures(Self.facts(cf, access: "From:own.test RELAY")) == ["MTA-03"])
    }

    @Test func doesNotKnowWhatIsNotThere() {
        var facts = MTAFacts(target: "host")
        facts.parts[.sendmailMC] = .init(name: "sendmail.mc", text: "FEATURE(`access_db')\n")
        #expect(!MTAChecks.findings(facts).contains { $0.result == .pass })
        facts.parts[.sendmailCF] = .init(name: "sendmail.cf", text: "half")
        #expect(!MTAChecks.findings(facts).contains { $0.result == .pass })
        facts.parts[.sendmailCF] = .init(
            name: "sendmail.cf", text: Self.cf().replacing("O AuthMechanisms=PLAIN LOGIN", with: ""))
        #expect(MTAChecks.findings(facts).first { $0.check == .mtaMechanisms }?.result.word == "unknown")
        #expect(MTAChecks.findings(facts).first { $0.check == .mtaNetworks }?.result.word == "unknown")
    }
}
