import DNSClient
import MailTypes
import SluiceConfiguration
import Testing

@testable import Gateway

struct LinkListTests {
    private static func report(_ kinds: [[ListKind]]) throws -> URLListReport {
        var report = URLListReport()
        let domain = try #require(DomainName("shop.example"))
        for (index, kinds) in kinds.enumerated() {
            report.listings.append(
                .init(domain: domain, list: "list\(index)", meanings: kinds.map { ListMeaning($0, "") }))
        }
        return report
    }

    @Test(
        arguments: [
            ([], 0.0), ([[.spam]], 4), ([[.grey]], 0.5), ([[.abused]], 1.5), ([[.policy]], 0),
            ([[.grey, .phishing]], 4),
            ([[.spam], [.malware]], 5), ([[.spam], [.grey]], 4.125), ([[.spam], [.spam], [.spam], [.spam]], 5),
        ] as [([[ListKind]], Double)])
    func theStrongestListingCounts(kinds: [[ListKind]], logOdds: Double) throws {
        #expect(LinkLists.logOdds(try Self.report(kinds)) == logOdds)
    }

    @Test func silenceAndErrorsSayNothing() {
        var report = URLListReport()
        report.unanswered = 3
        report.problems = ["surbl": "refused"]
        #expect(LinkLists.logOdds(report) == 0)
    }
}
