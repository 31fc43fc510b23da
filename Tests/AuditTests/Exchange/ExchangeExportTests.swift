import Audit
import FirewallModel
import Foundation
import MailTypes
import Posture
import Testing

@Suite struct ExchangeChecksTests {
    private func findings(_ texts: String..., ranges: [String]? = nil) throws -> [String: Finding] {
        let objects = try texts.flatMap { try ExchangeReader.read("x", Array(($0 + "\n").utf8)).objects }
        let set = ranges.map { AddressSet($0.compactMap { IPNetwork($0) }) }
        let found = ExchangeExportChecks.findings(objects, ranges: set, target: "ex01")
        return Dictionary(found.map { ($0.check.description, $0) }) { first, _ in first }
    }

    private func connector(
        _ ranges: String = "0.0.0.0-255.255.255.255", groups: String = "AnonymousUsers, ExchangeServers",
        mechanism: String = "Tls, Integrated, BasicAuth, BasicAuthRequireTLS", bindings: String = "0.0.0.0:25",
        enabled: String = "True"
    ) -> String {
        """
        Identity : EX01\\Relay
        Enabled : \(enabled)
        AuthMechanism : \(mechanism)
        PermissionGroups : \(groups)
        Bindings : {\(bindings)}
        RemoteIPRanges : {\(ranges)}

        """
    }

    private func permission(_ user: String, deny: String = "False", right: String = "Ms-Exch-SMTP-Accept-Any-Recipient")
        -> String
    {
        "Identity : EX01\\Relay\nUser : \(user)\nDeny : \(deny)\nExtendedRights : {\(right)}\n"
    }

    @Test(arguments: [
        ("NT AUTHORITY\\ANONYMOUS LOGON", "0.0.0.0-255.255.255.255", CheckResult.fail(.critical)),
        ("NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG", "0.0.0.0-255.255.255.255", .fail(.critical)),
        ("S-1-5-7", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .fail(.critical)),
        ("Jeder", "198.51.100.0/24", .fail(.high)),
        ("NT AUTHORITY\\ANONYMOUS LOGON", "10.0.0.0/8", .fail(.medium)),
        ("NT AUTHORITY\\ANONYMOUS LOGON", "10.1.2.3, 10.1.2.4", .pass), ("EX\\Exchange Servers", "0.0.0.0/0", .pass),
    ])
    func findsAnonymousRelays(user: String, ranges: String, result: CheckResult) throws {
        #expect(try findings(connector(ranges), permission(user))["EXC-01"]?.result == result)
    }

    @Test func knowsWhatItDoesNotKnow() throws {
        #expect(try findings(connector())["EXC-01"]?.result.word == "unknown")
        #expect(try findings(connector(groups: "ExchangeServers"))["EXC-01"]?.result == .pass)
        let denied = permission("NT AUTHORITY\\ANONYMOUS LOGON", deny: "True")
        #expect(try findings(connector(), denied)["EXC-01"]?.result == .pass)
        #expect(try findings(connector(enabled: "False"))["EXC-01"]?.result == .pass)
        let all = try findings(connector())
        for id in ["EXC-03", "EXC-06", "EXC-07", "EXC-08", "EXC-09", "EXC-10"] {
            #expect(all[id]?.result.word == "unknown", "\(id)")
        }
        #expect(all["EXC-11"] == nil)
    }

    /// What is left out of an export is never a pass.
    @Test(arguments: ["Enabled", "AuthMechanism", "PermissionGroups", "RemoteIPRanges"])
    func missesProperties(name: String) throws {
        let cut = connector(groups: "ExchangeServers").split(separator: "\n").filter { !$0.hasPrefix(name) }
        let text = cut.joined(separator: "\n") + "\n"
        guard name != "RemoteIPRanges" else {
            #expect(throws: AuditError.self) { try findings(text) }
            return
        }
        let found = try findings(text)
        let id = name == "AuthMechanism" ? "EXC-02" : "EXC-01"
        #expect(found[id]?.result.word == "unknown")
    }

    @Test func findsExternalAuthoritative() throws {
        let mechanism = "Tls, ExternalAuthoritative"
        #expect(try findings(connector(mechanism: mechanism))["EXC-02"]?.result == .fail(.critical))
        #expect(try findings(connector("192.0.2.7", mechanism: mechanism))["EXC-02"]?.result == .pass)
        #expect(try findings(connector())["EXC-02"]?.result == .pass)
    }

    @Test func subtractsTheProvider() throws {
        #expect(try findings(connector(), ranges: ["192.0.2.0/24"])["EXC-03"]?.result == .fail(.high))
        #expect(
            try findings(connector("192.0.2.0/25, 10.0.0.0/8"), ranges: ["192.0.2.0/24"])["EXC-03"]?.result == .pass)
        #expect(
            try findings(connector("192.0.2.0(255.255.255.0)"), ranges: ["192.0.2.0/24"])["EXC-03"]?.result == .pass)
    }

    @Test func findsPasswordsInTheClearAndLoginsOnPort25() throws {
        #expect(try findings(connector(mechanism: "Tls, BasicAuth"))["EXC-04"]?.result == .fail(.high))
        #expect(try findings(connector(mechanism: "4"))["EXC-04"]?.result == .fail(.high))
        #expect(try findings(connector(mechanism: "12"))["EXC-04"]?.result == .pass)
        #expect(try findings(connector(groups: "ExchangeUsers"))["EXC-05"]?.result == .fail(.medium))
        #expect(try findings(connector(groups: "ExchangeUsers", bindings: "0.0.0.0:587"))["EXC-05"]?.result == .pass)
    }

    @Test func looksAtDomainsAndForwards() throws {
        #expect(try findings("DomainName : a.test\nDomainType : Authoritative\n")["EXC-06"]?.result == .pass)
        #expect(try findings("DomainName : b.test\nDomainType : ExternalRelay\n")["EXC-06"]?.result == .fail(.medium))
        #expect(try findings("DomainName : *\nDomainType : InternalRelay\n")["EXC-06"]?.result == .fail(.critical))
        #expect(try findings("DomainName : *\nDomainType : Strange\n")["EXC-06"]?.result.word == "unknown")
        let on = "DomainName : *\nAutoForwardEnabled : True\n"
        let off = "DomainName : *\nAutoForwardEnabled : False\n"
        #expect(try findings(on)["EXC-07"]?.result == .fail(.medium))
        #expect(try findings(off)["EXC-07"]?.result == .pass)
        let mailbox = "Alias : ann\nRecipientTypeDetails : UserMailbox\nForwardingSmtpAddress : smtp:ann@other.test\n"
        #expect(try findings(off, mailbox)["EXC-07"]?.result == .fail(.medium))
        #expect(try findings(mailbox)["EXC-07"]?.result == .fail(.medium))
    }

    @Test func looksAtMailboxesAndLimits() throws {
        func mailbox(_ name: String, _ control: String = "None") -> String {
            "Alias : \(name)\nRecipientTypeDetails : UserMailbox\nExchangeUserAccountControl : \(control)\n"
        }
        #expect(try findings(mailbox("demo"), mailbox("ann"))["EXC-08"]?.result == .fail(.high))
        #expect(try findings(mailbox("Gast"))["EXC-08"]?.result == .fail(.high))
        #expect(try findings(mailbox("demo", "AccountDisabled"))["EXC-08"]?.result == .pass)
        #expect(try findings(mailbox("ann"))["EXC-08"]?.result == .pass)
        let limit = "Name : Transport Settings\nMaxRecipientEnvelopeLimit : 500\n"
        let policy =
            "Name : P\nThrottlingPolicyScope : Global\nRecipientRateLimit : 2000\nMessageRateLimit : Unlimited\n"
        #expect(try findings(limit, policy)["EXC-09"]?.result == .pass)
        #expect(try findings(limit)["EXC-09"]?.result.word == "unknown")
        #expect(try findings(limit.replacing("500", with: "Unlimited"), policy)["EXC-09"]?.result == .fail(.medium))
        #expect(try findings(limit, policy.replacing("2000", with: "Unlimited"))["EXC-09"]?.result == .fail(.medium))
    }

    @Test func looksAtSendConnectors() throws {
        func send(_ hosts: String, _ login: String = "None", tls: String = "False") -> String {
            "Identity : \(hosts)\nEnabled : True\nAddressSpaces : {SMTP:*;1}\nSmartHosts : {\(hosts)}\nSmartHostAuthMechanism : \(login)\nRequireTLS : \(tls)\n"
        }
        #expect(try findings(send("relay.test"))["EXC-10"]?.result == .pass)
        #expect(try findings(send("relay.test", "BasicAuth"))["EXC-10"]?.result == .fail(.high))
        #expect(try findings(send("relay.test", "BasicAuth", tls: "True"))["EXC-10"]?.result == .pass)
        #expect(try findings(send("relay.test"), send(""))["EXC-10"]?.result == .fail(.medium))
    }
}

@Suite struct MetabaseTests {
    /// As IIS writes a list with one address granted: heads, flags, sizes, mask, address.
    static let only127 =
        "18000080" + "20000080" + "3c000080" + "44000080" + "01000000" + "4c000000" + "00000000" + "00000000"
        + "01000000"
        + "00000000" + "02000000" + "01000000" + "04000000" + "00000000" + "4c000080" + "00000000" + "00000000"
        + "00000000"
        + "00000000" + "ffffffff"

    private func findings(_ service: String, _ server: String) throws -> [String: Finding] {
        let text = """
            <?xml version="1.0"?>
            <configuration xmlns="urn:microsoft-catalog:XML_Metabase_V64_0">
            <MBProperty>
            <IIsWebServer Location="/LM/W3SVC/1" />
            <IIsSmtpService Location="/LM/SmtpSvc"
                \(service)
                LogType="1">
            </IIsSmtpService>
            <IIsSmtpServer Location="/LM/SmtpSvc/1"
                ServerComment="Default SMTP Virtual Server"
                \(server)
            >
            </IIsSmtpServer>
            </MBProperty>
            </configuration>
            """
        let export = try ExchangeReader.read("MetaBase.xml", Array(text.utf8))
        let found = ExchangeExportChecks.findings(export.objects, ranges: nil, target: "ex2003")
        #expect(found.count == 2)
        return Dictionary(found.map { ($0.check.description, $0) }) { first, _ in first }
    }

    @Test(arguments: [
        ("", "RelayForAuth=\"-1\"", "fail"), ("", "RelayForAuth=\"1\"", "fail"), ("", "RelayForAuth=\"0\"", "pass"),
        ("RelayForAuth=\"-1\"", "", "fail"), ("RelayForAuth=\"-1\"", "RelayForAuth=\"0\"", "pass"),
        ("RelayForAuth=\"0\"", "", "pass"), ("", "", "fail"), ("", "RelayForAuth=\"maybe\"", "unknown"),
    ])
    func readsTheBox(service: String, server: String, word: String) throws {
        let finding = try #require(try findings(service, server)["EXC-11"])
        #expect(finding.result.word == word)
        #expect(finding.evidence.contains { $0.contains("MetaBase.xml:9") })
    }

    @Test func readsThePropertyByItsNumber() throws {
        let text = """
            <configuration><MBProperty><IIsSmtpServer Location="/LM/SmtpSvc/1">
            <Custom Name="UnknownName_36973" ID="36973" Value="0" Type="DWORD"/>
            </IIsSmtpServer></MBProperty></configuration>
            """
        let objects = try ExchangeReader.read("m", Array(text.utf8)).objects
        #expect(ExchangeExportChecks.findings(objects, ranges: nil, target: "x").first?.result == .pass)
    }

    @Test func readsTheList() throws {
        let own = Self.only127 + "7f000001"
        #expect(try findings("", "RelayForAuth=\"0\" RelayIpList=\"\(own)\"")["EXC-12"]?.result == .pass)
        #expect(try findings("", "RelayForAuth=\"0\"")["EXC-12"]?.result == .pass)
        #expect(try findings("", "RelayIpList=\"\"")["EXC-12"]?.result == .fail(.critical))
        #expect(try findings("RelayIpList=\"\"", "")["EXC-12"]?.result == .fail(.critical))
        let network = String(Self.only127.dropLast(8)) + "ff000000" + "05000000"
        #expect(try findings("", "RelayIpList=\"\(network)\"")["EXC-12"]?.result == .fail(.high))
        let denied =
            "18000080" + "20000080" + "3c000080" + "44000080" + "01000000" + "4c000000" + "01000000" + "00000000"
            + "00000000"
        #expect(try findings("", "RelayIpList=\"\(denied)\"")["EXC-12"]?.result == .fail(.critical))
        for broken in ["zz", "1800", "18000080ffffff7f", "180"] {
            #expect(try findings("", "RelayIpList=\"\(broken)\"")["EXC-12"]?.result.word == "unknown")
        }
    }

    /// What adsutil.vbs and WMI print.
    @Test func readsScriptsOutput() throws {
        let adsutil = "RelayForAuth                    : (INTEGER) -1\nRelayIpList : (IPSec) \"\"\n\n"
        let objects = try ExchangeReader.read("m", Array(adsutil.utf8)).objects
        let found = ExchangeExportChecks.findings(objects, ranges: nil, target: "x")
        #expect(found.map(\.result) == [.fail(.high), .fail(.critical)])
        let bytes = stride(from: 0, to: (Self.only127 + "7f000001").count, by: 2).map { index in
            String(UInt8((Self.only127 + "7f000001").dropFirst(index).prefix(2), radix: 16) ?? 0)
        }
        let wmi = "Name : SmtpSvc/1\nRelayForAuth : 0\nRelayIpList : {\(bytes.joined(separator: ", "))}\n\n"
        let other = try ExchangeReader.read("m", Array(wmi.utf8)).objects
        #expect(ExchangeExportChecks.findings(other, ranges: nil, target: "x").allSatisfy { $0.result == .pass })
    }
}
