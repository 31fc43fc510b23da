import ContentAnalysis
import MTAControl
import MailTypes
import Testing

@testable import QueueCleanup

/// Letters that carry the spam without being it: never among what is surely spam, and never lost in its group.
@Suite struct LookAlikeTests {
    enum Carrier: String, CaseIterable, Sendable {
        case attached, inlineToAbuse, originalMessage, forwardedHeader, bounce, feedbackReport, marked, germanReply

        /// Head and text around a spam's own.
        func letter(_ spam: String, _ number: Int) -> (sender: String, text: String) {
            let body = spam.split(separator: "\n\n", maxSplits: 1).last.map(String.init) ?? ""
            let mine =
                "Good morning, my neighbour got the letter below with my name on it. What am I to do? Regards, Ann\n\n"
            let head = "From: <ann\(number)@customer.example>\nSubject: Fwd: please look\nMIME-Version: 1.0\n"
            func multipart(_ type: String, _ part: String) -> String {
                head
                    + "Content-Type: \(type); boundary=b\n\n--b\nContent-Type: text/plain\n\n\(mine)\n--b\nContent-Type: \(part)\n\n\(spam)\n--b--\n"
            }
            let plain = "Content-Type: text/plain\n\n"
            switch self {
            case .attached: return ("ann\(number)@customer.example", multipart("multipart/mixed", "message/rfc822"))
            case .inlineToAbuse: return ("ann@customer.example", head + plain + mine + body)
            case .originalMessage:
                return ("ann@customer.example", head + plain + mine + "-----Original Message-----\n" + body)
            case .forwardedHeader:
                return (
                    "ann@customer.example",
                    head + plain + mine + "Von: Bank\nGesendet: gestern\nAn: mich\nBetreff: Konto\n\n" + body
                )
            case .bounce: return ("", multipart("multipart/report; report-type=delivery-status", "message/rfc822"))
            case .feedbackReport:
                return (
                    "fbl@provider.example", multipart("multipart/report; report-type=feedback-report", "message/rfc822")
                )
            case .marked:
                let quoted = body.split(separator: "\n", omittingEmptySubsequences: false).map { "> " + $0 }
                return ("ann@customer.example", head + plain + mine + quoted.joined(separator: "\n") + "\n")
            case .germanReply:
                return (
                    "ann@customer.example",
                    head + "In-Reply-To: <1@x.example>\n" + plain + mine + body
                )
            }
        }
    }

    /// One, five, or as many near-alike ones as a campaign has.
    @Test(arguments: Carrier.allCases, [1, 5, 40])
    func carriersAreNeverSurelySpam(_ carrier: Carrier, _ count: Int) async throws {
        var maker = Letters(seed: UInt64(count))
        let queue = FakeQueue()
        for number in 0..<120 {
            let letter = maker.letter(number % 2 == 0 ? .bank : .lottery)
            queue.add(number, letter.text, sender: letter.sender)
        }
        for number in 0..<count {
            let letter = carrier.letter(maker.letter(.bank).text, number)
            queue.add(1000 + number, letter.text, sender: letter.sender)
            if carrier == .inlineToAbuse, let id = QueueID("QUEUE\(11_000 + number)") {
                queue.messages[id]?.recipients = [.init("abuse@customer.example")]
            }
        }
        let scan = try await GroupingTests.scan(queue)
        for (index, message) in scan.survey.messages.enumerated() {
            let group = scan.groups[scan.groupOf[index]]
            let isCarrier = message.id.description >= "QUEUE11000"
            if isCarrier {
                #expect(group.verdict != .spam, "\(carrier): in \(group.name), \(group.members.count): \(group.reason)")
                #expect(
                    !scan.messages(of: group).contains { $0.id.description < "QUEUE11000" }, "\(carrier): \(group.name)"
                )
            }
        }
        // The campaigns are as whole as before.
        #expect(scan.groups.count { $0.members.count == 60 } == 2, "\(scan.groups.map(\.members.count))")
    }

    /// A campaign that imitates an answer, sent by one account, is still a campaign; so is one that goes to helpdesks too.
    @Test func imitationsDoNotHelpSpammers() async throws {
        var maker = Letters(seed: 21)
        let queue = FakeQueue()
        for number in 0..<60 {
            let letter = maker.letter(.pharmacy)
            let text = letter.text.replacing("MIME-Version", with: "In-Reply-To: <\(number)@x.example>\nMIME-Version")
            queue.add(number, text, sender: letter.sender, account: "joe")
        }
        for number in 100..<160 {
            let letter = maker.letter(.lottery)
            let id = queue.add(number, letter.text, sender: letter.sender)
            if number % 6 == 0, let id { queue.messages[id]?.recipients = [.init("support@dead.example")] }
        }
        let scan = try await GroupingTests.scan(queue)
        #expect(scan.groups.map(\.members.count) == [60, 60])
        #expect(scan.groups.allSatisfy { $0.verdict == .spam }, "\(scan.groups.map(\.reason))")
    }
}

/// Campaigns without much text in common, and good mail of the same sort from other senders.
@Suite struct ShortCampaignTests {
    static let names = ["Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Henry", "Ida", "Jonas"]
    static let noise = [
        "river", "window", "garden", "silver", "mountain", "letter", "yellow", "bridge", "market", "winter", "singer",
        "corner", "harbour", "village", "candle", "forest", "kitchen", "museum", "pocket", "station",
    ]

    enum Sort: String, CaseIterable, Sendable {
        case link, image, chinese, diluted

        func text(_ number: Int, isSpam: Bool) -> String {
            let name = ShortCampaignTests.names[number % 10]
            let random = (0..<30).map { ShortCampaignTests.noise[(number * 7 + $0 * $0 * (number % 13 + 1)) % 20] }
            let plain = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
            switch self {
            case .link:
                return isSpam
                    ? "Subject: \(name)?\n\(plain)Hey \(name), is this you in the video? http://x\(number).clip.example/\(number)\n"
                    : "Subject: Photos\n\(plain)Hi \(name), here are the photos: https://albums.example/\(number)\n"
            case .image:
                let word = isSpam ? "Offer" : "Scan"
                return
                    "Subject: \(word) for \(name)\nMIME-Version: 1.0\nContent-Type: image/png; name=\"i\(number).png\"\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo\(number)=\n"
            case .chinese:
                return isSpam
                    ? "Subject: x\n\(plain)\(name)您好我司常年代开各类发票税点优惠可先开票验证后付款欢迎来电咨询 http://\(number).fapiao.example/\n"
                    : "Subject: x\n\(plain)\(name)你好下周二上午的项目会议改到三楼大会议室请把上个月的进度表带来谢谢\n"
            case .diluted:
                return isSpam
                    ? "Subject: \(name), your parcel waits\n\(plain)Dear \(name), your parcel could not be delivered because the customs fee was not paid. Pay the small fee now with your card, or the parcel goes back to its sender tomorrow. http://x\(number).fee.example/\n\(random.joined(separator: " "))\n"
                    : "Subject: Your parcel\n\(plain)Dear \(name), your parcel was handed to the carrier this afternoon. If you are not at home tomorrow it waits for you at the post office, and nothing is to be paid. https://carrier.example/\(number)\n"
            }
        }
    }

    @Test(arguments: Sort.allCases) func aCampaignIsInFewGroupsAndAlone(_ sort: Sort) async throws {
        let queue = FakeQueue()
        for number in 0..<200 { queue.add(number, sort.text(number, isSpam: true), sender: "kim@customer.example") }
        for number in 0..<60 {
            let sender = "\(Self.names[number % 10].lowercased())@customer.example"
            queue.add(1000 + number, sort.text(number, isSpam: false), sender: sender)
        }
        let scan = try await GroupingTests.scan(queue)
        var spamGroups = 0
        for group in scan.groups where !group.isOdd {
            let spam = scan.messages(of: group).count { $0.id.description < "QUEUE11000" }
            #expect(
                spam == 0 || spam == group.members.count, "\(sort): \(spam) of \(group.members.count) in \(group.name)")
            if spam > 0 { spamGroups += 1 }
        }
        #expect((1...12).contains(spamGroups), "\(sort): \(scan.groups.map(\.members.count))")
    }
}
