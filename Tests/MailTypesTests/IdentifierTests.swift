import MailTypes
import Testing

struct IdentifierTests {
    @Test func submissionIDsGrowAlsoWhenTheClockStepsBack() throws {
        let noon = Timestamp(seconds: 1_795_000_000)
        let first = SubmissionID.next(after: nil, at: noon)
        let second = SubmissionID.next(after: first, at: noon)
        let third = SubmissionID.next(after: second, at: noon - .seconds(3600))
        #expect(first < second)
        #expect(second < third)
        #expect(first.arrival == noon)
        #expect(SubmissionID(first.description) == first)
        #expect(SubmissionID(first.description.uppercased()) == first)
    }

    @Test(arguments: ["", "0", "zzzzzzzzzzzzz", "000000000000u", "00000000000000", "g000000000000"])
    func refusedSubmissionIDs(text: String) { #expect(SubmissionID(text) == nil) }

    @Test func sourcesReadWhatTheyWrite() throws {
        let acme = try #require(CustomerID("acme"))
        let sources: [SourceID] = [
            .customer(acme), .server(try #require(IPAddress("2001:db8::1")), acme),
            .account(try #require(AccountName("Joe/x:y@example.org")), acme), .campaign(CampaignID(rawValue: 7), acme),
        ]
        for source in sources { #expect(SourceID(source.description) == source) }
        #expect(SourceID.Scope.campaign < .account)
        for text in ["", "customer:", "customer:acme/x", "account:acme", "planet:acme", "server:acme/1.2.3"] {
            #expect(SourceID(text) == nil)
        }
    }

    @Test(arguments: ["", "Acme", "-a", "a b", "a/b", "a:b"])
    func refusedCustomers(text: String) { #expect(CustomerID(text) == nil) }

    @Test func caseNumbers() {
        #expect(CaseID("case-17")?.rawValue == 17)
        #expect(CaseID("case-0") == nil)
        #expect(CaseID("17") == nil)
    }
}
