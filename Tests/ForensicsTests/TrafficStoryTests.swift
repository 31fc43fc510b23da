import Forensics
import MailTypes
import Testing

/// Guessing, storms, the queue, receivers' refusals, and firewalls against the mail log.
struct TrafficStoryTests {
    @Test func guessersAreToldByAddressAndByAccount() throws {
        let story = try Story()
        for index in 0..<100 { story.failure(Story.at(2, 1) + Int64(index) * 5, "info@shop.example", "45.9.8.7") }
        for index in 0..<100 {
            story.failure(Story.at(3, 1) + Int64(index) * 60, "sales@shop.example", "\(50 + index).1.2.3")
        }
        for index in 0..<60 {
            story.line(Story.at(4, 1) + Int64(index), "mx sshd[1]: Failed password for root from 91.1.2.3 port 1 ssh2")
        }
        let report = try story.report()
        #expect(report.finding("45.9.8.7", .bruteForce)?.confidence == .high)
        #expect(report.finding("sales@shop.example", .distributedGuessing)?.confidence == .high)
        #expect(report.finding("91.1.2.3", .bruteForce)?.summary.contains("ssh") == true)
        #expect(report.finding("45.9.8.7")?.evidence.first?.line == 1)
    }

    @Test func receiversRefuseAndTheQueueGrows() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7")
        for index in 0..<400 {
            let id = "4B\(String(index + 1_000_000, radix: 36).uppercased())X"
            let at = Story.at(18, 4) + Int64(index) * 5
            story.line(at, "mx postfix/pickup[1]: \(id): uid=33 from=<www-data>")
            story.line(at, "mx postfix/qmgr[1]: \(id): from=<www-data@mx>, size=1, nrcpt=1 (queue active)")
            story.line(
                at,
                "mx postfix/smtp[1]: \(id): to=<a\(index)@far.example>, relay=mx.far.example[198.51.100.7]:25, delay=1, delays=0/0/0/1, dsn=4.7.1, status=deferred (host mx.far.example[198.51.100.7] said: 450 4.7.1 blocked using zen.spamhaus.org (in reply to RCPT TO command))"
            )
        }
        let report = try story.report()
        #expect(report.findings.contains { $0.kind == .blocklisted && $0.confidence == .high })
        #expect(report.findings.contains { $0.kind == .deferredQueue })
    }

    @Test func aClientAsksForManyUnknownRecipients() throws {
        let story = try Story()
        for index in 0..<300 {
            story.line(
                Story.at(2, 1) + Int64(index),
                "mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from h[45.9.8.7]: 550 5.1.1 <a\(index)@shop.example>: Recipient address rejected: User unknown; from=<x@y.example> to=<a\(index)@shop.example> proto=ESMTP helo=<h>"
            )
        }
        #expect(try story.report().finding("45.9.8.7", .recipientStorm)?.confidence == .high)
    }

    @Test func aSecondSenderShowsOnlyInTheFirewall() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7")
        func out(_ at: Int64, _ from: String, _ to: String) {
            story.line(
                at, "gw kernel: OUT-SMTP IN= OUT=eth0 SRC=\(from) DST=\(to) LEN=60 PROTO=TCP SPT=40000 DPT=25 SYN",
                file: "firewall.log")
        }
        for day in 1...20 {
            for hour in 8..<12 {
                out(Story.at(day, hour, 10, day), "192.0.2.1", "198.51.100.\(1 + ((day - 1) * 4 + hour - 7) % 200)")
            }
        }
        for index in 0..<300 { out(Story.at(15, 2) + Int64(index) * 4, "192.0.2.44", "93.184.\(index % 200).9") }
        let report = try story.report()
        let finding = try #require(report.finding("192.0.2.44", .secondSender))
        #expect(finding.confidence == .high && Int64(finding.start) == Story.at(15, 2))
        #expect(report.finding("192.0.2.1", .secondSender) == nil)
    }

    @Test func strangersReachPort25() throws {
        let story = try Story()
        func reach(_ at: Int64, _ from: String) {
            story.line(
                at,
                "gw kernel: ACCEPT-SMTP IN=eth0 OUT= SRC=\(from) DST=192.0.2.1 LEN=60 PROTO=TCP SPT=40000 DPT=25 SYN",
                file: "firewall.log")
        }
        for index in 0..<20 { reach(Story.at(2, index), "203.0.113.7") }
        reach(Story.at(3, 1), "45.9.8.7")
        var options = AnalysisOptions()
        options.provider = [try #require(IPNetwork("203.0.113.0/24"))]
        let finding = try #require(try story.report(options).findings.first { $0.kind == .foreignAccept })
        #expect(finding.addresses.map(\.address.description) == ["45.9.8.7"])
    }

    @Test func aHostRelaysWithoutALogin() throws {
        let story = try Story()
        story.ordinary("ann@shop.example", "203.0.10.7")
        for index in 0..<300 {
            let id = "4C\(String(index + 1_000_000, radix: 36).uppercased())X"
            let at = Story.at(15, 2) + Int64(index) * 5
            story.line(at, "mx postfix/smtpd[1]: \(id): client=pc7[10.0.0.7]")
            story.line(at, "mx postfix/qmgr[1]: \(id): from=<x\(index)@y.example>, size=1, nrcpt=1 (queue active)")
            let bad = index % 5 == 0
            story.line(
                at + 1,
                "mx postfix/smtp[1]: \(id): to=<a\(index)@far.example>, relay=mx[198.51.100.\(index % 200)]:25, delay=1, delays=0/0/0/1, dsn=\(bad ? "5.1.1" : "2.0.0"), status=\(bad ? "bounced (host mx said: 550 5.1.1 User unknown)" : "sent (250 Ok)")"
            )
        }
        let finding = try #require(try story.report().finding("10.0.0.7", .spammingClient))
        #expect(finding.confidence == .high && abs(Int64(finding.start) - Story.at(15, 2)) <= 60)
    }
}
