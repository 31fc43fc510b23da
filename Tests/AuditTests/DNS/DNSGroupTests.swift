import Audit
import DNSClient
import Foundation
import MailTypes
import NIOCore
import NIOPosix
import Posture
import TestSupport
import Testing

/// The whole group against real zones.
@Suite(.serialized, .enabled(if: NameServer.isInstalled)) struct DNSGroupTests {
    static let key =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxfsUla6ejHCAZLn+qDtkXv/ohV5Z+cjXJS9oBwevjUcNQTj7FNbUBf2ZDVnQIpDm6IzA8qXYkZcWSRH8X7FahOQ4ABspJ8FMRW7NyhysZFniQNOJcwj7qJyfWMQ0e30HoeTxzrxB1SYPcD3IslfldULT7nx7QzbTZSacu7UupyiZ8JFFqOgDhwSZslIL2xIZWT2m9+nhmsVuMArgdf0gcKqCSlZCWyhf9n71FuIg1TfVfjcu4xM+w4PdE/d5LcCqC/ratvHsW2gQ2QuSpapjILX960Qy88Gx+T9qq4yWrXB0UNRDo6gZYj3JVQau/JKzSTxoFas+qhQdqDx6+q31pQIDAQAB"

    static let soa = "@ 60 IN SOA ns.x.test. x.x.test. 1 60 60 60 60\n@ 60 IN NS ns.x.test.\n"

    static let good =
        "$ORIGIN good.example.org.\n" + soa + """
            @ 60 IN MX 10 mail
            @ 60 IN TXT "v=spf1 ip4:192.0.2.25 -all"
            mail 60 IN A 192.0.2.25
            s1._domainkey 60 IN TXT "v=DKIM1; k=rsa; p=\(key.prefix(200))" "\(key.dropFirst(200))"
            _dmarc 60 IN TXT "v=DMARC1; p=reject; rua=mailto:r@good.example.org,mailto:r@reports.example.net"
            _mta-sts 60 IN TXT "v=STSv1; id=1"
            _smtp._tls 60 IN TXT "v=TLSRPTv1; rua=mailto:t@good.example.org"

            """

    static let bad =
        "$ORIGIN bad.example.org.\n" + soa + """
            @ 60 IN MX 10 alias
            @ 60 IN MX 20 private
            @ 60 IN TXT "v=spf1 +all"
            alias 60 IN CNAME private
            private 60 IN A 10.1.2.3
            loop 60 IN CNAME loop2
            loop2 60 IN CNAME loop
            s1._domainkey 60 IN TXT "v=DKIM1; p=MIIB"
            _dmarc 60 IN TXT "v=DMARC1; p=reject"
            _dmarc 60 IN TXT "v=DMARC1; p=none"

            """

    static let reverse =
        "$ORIGIN 2.0.192.in-addr.arpa.\n" + soa
        + "25 60 IN PTR mail.good.example.org.\n26 60 IN PTR 192-0-2-26.dyn.example.net.\n"

    static let reports =
        "$ORIGIN example.net.\n" + soa + "good.example.org._report._dmarc.reports 60 IN TXT \"v=DMARC1\"\n"

    static let zones = [
        "good.example.org": good, "bad.example.org": bad, "2.0.192.in-addr.arpa": reverse, "example.net": reports,
    ]

    func words(_ findings: [Finding]) -> [String] {
        findings.sorted { ($0.check, $0.target) < ($1.check, $1.target) }.map {
            "\($0.check.description.dropFirst(4)) \($0.result.severity?.description ?? $0.result.word)"
        }
    }

    func group(_ server: NameServer, _ domain: String, _ address: String, helo: String) throws -> DNSGroup {
        let settings = UnboundSettings(
            forwarders: [.init(.v4(0x7f00_0001), port: server.port)], askedLocalZones: ["2.0.192.in-addr.arpa."],
            timeout: .seconds(120))
        var group = DNSGroup(resolver: settings, on: MultiThreadedEventLoopGroup.singleton)
        group.addresses = [try #require(IPAddress(address))]
        group.domains = [try #require(DomainName(domain))]
        group.helo = helo
        group.selectors = ["s1"]
        return group
    }

    let request = AuditRequest(origin: .host, target: "host", facts: CollectedFacts())

    @Test func passesWhatIsGood() async throws {
        let server = try await NameServer.withReservedZones([], zones: Self.zones)
        defer { server.stop() }
        var group = try group(server, "good.example.org", "192.0.2.25", helo: "mail.good.example.org")
        let offline = words(try await group.findings(request))
        #expect(
            offline == [
                "01 pass", "02 pass", "03 pass", "04 pass", "05 pass", "06 pass", "07 pass", "08 pass", "09 pass",
                "10 pass", "11 pass", "12 pass", "13 pass", "14 pass", "15 unknown", "16 pass", "17 pass",
            ])
        group.policy = { _ in
            .fetched(Array("version: STSv1\nmode: enforce\nmx: mail.good.example.org\nmax_age: 604800\n".utf8))
        }
        #expect(words(try await group.findings(request)).contains("15 pass"))
    }

    @Test func failsWhatIsBad() async throws {
        let server = try await NameServer.withReservedZones([], zones: Self.zones)
        defer { server.stop() }
        let group = try group(server, "bad.example.org", "192.0.2.26", helo: "localhost")
        let found = try await group.findings(request)
        #expect(
            words(found) == [
                "01 pass", "02 critical", "03 pass", "04 low", "05 pass", "06 high", "07 high", "08 medium", "09 high",
                "10 unknown", "11 unknown", "12 medium", "13 unknown", "14 high", "15 low", "16 pass", "17 pass",
            ], "\(found)")
    }

    @Test func isUnknownWithoutAnything() async throws {
        let settings = UnboundSettings(timeout: .milliseconds(100))
        let group = DNSGroup(resolver: settings, on: MultiThreadedEventLoopGroup.singleton)
        let found = try await group.findings(request)
        #expect(found.count == 17 && found.allSatisfy { $0.result.word == "unknown" })
    }

    @Test func aHugeRecordIsNone() async throws {
        let strings = (0..<200).map { _ in "\"\(String(repeating: "x", count: 250))\"" }.joined(separator: " ")
        let zone =
            "$ORIGIN huge.example.org.\n" + Self.soa + "_dmarc 60 IN TXT \"v=DMARC1; p=reject; x=\" \(strings)\n"
            + "s1._domainkey 60 IN TXT \"v=DKIM1; x=\" \(strings)\n@ 60 IN TXT \"v=spf1 \" \(strings)\n"
        let server = try await NameServer.withReservedZones([], zones: ["huge.example.org": zone])
        defer { server.stop() }
        let group = try group(server, "huge.example.org", "192.0.2.25", helo: "mail.good.example.org")
        let found = try await group.findings(request)
        let about: [CheckID] = [.spfAuthorises, .spfWorld, .spfValid, .dkimPublished, .dmarcPolicy]
        #expect(found.filter { about.contains($0.check) && $0.result.word == "pass" }.isEmpty, "\(found)")
        #expect(found.flatMap(\.evidence).allSatisfy { $0.utf8.count < 600 })
    }

    @Test("DANE counts with DNSSEC only", .enabled(if: SignedZone.isInstalled)) func dane() async throws {
        let digest = String(repeating: "ab", count: 32)
        let zone =
            "$ORIGIN dane.example.org.\n" + Self.soa + "@ 60 IN MX 10 mx\nmx 60 IN A 192.0.2.25\n"
            + "_25._tcp.mx 60 IN TLSA 3 1 1 \(digest)\n"
        let signed = try SignedZone("dane.example.org", zone)
        defer { signed.remove() }
        for (anchor, isSigned, word) in [
            (signed.anchor, true, "unknown"), (nil, true, "unknown"), (signed.anchor, false, "unknown"),
            (signed.other, true, "medium"),
        ] {
            let server = try await NameServer.withReservedZones(
                [], zones: ["dane.example.org": isSigned ? signed.text : zone])
            defer { server.stop() }
            var group = try group(server, "dane.example.org", "192.0.2.25", helo: "mail.good.example.org")
            group.resolver.trustAnchor = anchor
            let found = try await group.findings(request).first { $0.check == .dane }
            #expect((found?.result.severity?.description ?? found?.result.word) == word, "\(String(describing: found))")
        }
    }
}

/// TLSA records against the certificate that a real Postfix shows.
@Suite(.serialized, .enabled(if: NameServer.isInstalled && SignedZone.isInstalled)) struct CertificateTests {
    /// Digests by openssl and sha256sum, not by the code under test.
    private func digest(_ words: [String], in directory: String) async throws -> String {
        _ = try await HostCommand(["openssl"] + words + ["-out", directory + "/x.der"]).onThread()
        let output = try await HostCommand(["sha256sum", directory + "/x.der"]).onThread()
        return String(decoding: output.output.prefix(64), as: UTF8.self)
    }

    @Test func comparesWithTheHostsCertificate() async throws {
        let directory = try UnpackedServer.directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await UnpackedServer.makeCertificate(in: directory)
        let mail = try await TestPostfix(
            settings:
                "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = \(directory)/cert.pem\nsmtpd_tls_key_file = \(directory)/key.pem\n"
        )
        var words: [String] = []
        do {
            let whole = try await digest(["x509", "-in", directory + "/cert.pem", "-outform", "DER"], in: directory)
            let key = try await digest(
                ["pkey", "-in", directory + "/key.pem", "-pubout", "-outform", "DER"], in: directory)
            let wrong = String(repeating: "ab", count: 32)
            for record in ["3 1 1 \(key)", "3 0 1 \(whole)", "2 0 1 \(whole)", "3 1 1 \(whole)", "3 1 1 \(wrong)"] {
                words.append(try await word(record, port: mail.port))
            }
        } catch {
            await mail.stop()
            throw error
        }
        // Nobody listens there any more.
        let closed = mail.port
        await mail.stop()
        words.append(try await word("3 1 1 \(String(repeating: "ab", count: 32))", port: closed))
        #expect(words == ["pass", "pass", "pass", "high", "high", "unknown"])
    }

    private func word(_ record: String, port: Int) async throws -> String {
        let zone =
            "$ORIGIN dane.example.org.\n" + DNSGroupTests.soa + "@ 60 IN MX 10 mx\nmx 60 IN A 127.0.0.1\n"
            + "_25._tcp.mx 60 IN TLSA \(record)\n"
        let signed = try SignedZone("dane.example.org", zone)
        defer { signed.remove() }
        let server = try await NameServer.withReservedZones([], zones: ["dane.example.org": signed.text])
        defer { server.stop() }
        let settings = UnboundSettings(
            forwarders: [.init(.v4(0x7f00_0001), port: server.port)], trustAnchor: signed.anchor,
            timeout: .seconds(120))
        var group = DNSGroup(resolver: settings, on: MultiThreadedEventLoopGroup.singleton)
        group.domains = [try #require(DomainName("dane.example.org"))]
        var probe = CertificateProbe(helo: "probe.example.net", on: MultiThreadedEventLoopGroup.singleton)
        probe.port = port
        probe.timeout = .seconds(120)
        group.certificates = probe
        let request = AuditRequest(origin: .host, target: "host", facts: CollectedFacts())
        let found = try await group.findings(request).first { $0.check == .dane }
        return found?.result.severity?.description ?? found?.result.word ?? "none"
    }
}

/// A zone signed by ldns, with its key as a trust anchor and that of another zone.
struct SignedZone {
    let text: String
    let anchor: String
    /// A trust anchor that says nothing about this zone: it is insecure.
    let other: String
    private let directory: URL

    static var isInstalled: Bool {
        ["/usr/bin/ldns-keygen", "/usr/bin/ldns-signzone"].allSatisfy(FileManager.default.isExecutableFile)
    }

    init(_ name: String, _ zone: String) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("zone-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = directory.path
        try zone.write(toFile: path + "/zone", atomically: true, encoding: .utf8)
        // A key for the zone, and one for a name beside it.
        try #require(
            ChildProcess.run(
                "/usr/bin/ldns-keygen", ["-k", "-a", "ECDSAP256SHA256", "-r", "/dev/urandom", name], in: path))
        let first = try FileManager.default.contentsOfDirectory(atPath: path).first { $0.hasSuffix(".key") }
        let key = path + "/" + (try #require(first)).dropLast(4)
        try #require(
            ChildProcess.run(
                "/usr/bin/ldns-signzone", ["-o", name, "-f", path + "/signed", path + "/zone", key], in: path))
        text = try String(contentsOfFile: path + "/signed", encoding: .utf8)
        anchor = key + ".key"
        other = path + "/other.key"
        let record = try String(contentsOfFile: anchor, encoding: .utf8)
        try record.replacingOccurrences(of: name, with: "other.example.com").write(
            toFile: other, atomically: true, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
}
