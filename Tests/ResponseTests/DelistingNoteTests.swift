import Enforcement
import MailTypes
import Testing

@testable import Response

struct DelistingNoteTests {
    private static let time = Timestamp(seconds: 1_795_000_000)
    private let joe: SourceID
    private let listing: OwnListing
    private let hostname: DomainName

    init() throws {
        joe = .account(try #require(AccountName("joe")), try #require(CustomerID("acme")))
        hostname = try #require(DomainName("relay.example.net"))
        listing = OwnListing(
            id: 1, address: try #require(IPAddress("192.0.2.25")), list: "zen", since: Self.time, until: nil,
            caseID: CaseID(rawValue: 1), said: "trap\u{1b}[2J", removal: "https://list.example/removal")
    }

    /// A case whose source is let in again, with its checks as given.
    private func incident(_ result: CheckState.Result, lifted: Bool = true) -> IncidentCase {
        var incident = IncidentCase(id: CaseID(rawValue: 1), source: joe, at: Self.time)
        _ = incident.event(.stopped(joe, evidence: []), at: Self.time)
        let checks = [
            RequiredCheck(.passwordChanged, needs: .attested), RequiredCheck(.noListing, needs: .verified),
        ]
        _ = incident.event(.classified([.stolenPassword], checks, ProbationPlan(), earlier: 0), at: Self.time)
        let statement = CheckState.Statement(result, at: Self.time + .seconds(60), author: "person:joe")
        _ = incident.event(.stated(.passwordChanged, .attested, statement), at: Self.time + .seconds(60))
        if lifted { _ = incident.event(.reinstated(isOperator: true), at: Self.time + .seconds(120)) }
        return incident
    }

    private func note(
        _ incident: IncidentCase?, _ damage: CaseDamage? = nil, _ change: (inout OwnListing) -> Void = { _ in }
    )
        -> DelistingNote
    {
        var listing = listing
        change(&listing)
        return DelistingNote(
            listing, incident: incident, damage: damage, hostname: hostname, at: Self.time + .seconds(3600))
    }

    @Test func whenTheCauseIsGoneTheFactsAreReadyToSend() {
        var damage = CaseDamage(counted: Self.time)
        (damage.suspect, damage.complaints) = (12, 3)
        let note = note(incident(.pass), damage)
        #expect(note.isReady, "\(note.missing)")
        for fact in [
            "192.0.2.25", "relay.example.net", "password", Self.time.iso8601, "12 suspect messages", "3 complaints",
            "stated by the customer", (Self.time + .seconds(120)).iso8601,
        ] { #expect(note.text.contains(fact), "\(fact) in \(note.text)") }
        // Neither the customer's name nor what the list wrote for terminals.
        #expect(!note.text.contains("acme") && !note.text.contains("joe") && !note.text.contains("\u{1b}"))
    }

    @Test func beforeThatItSaysWhatIsMissing() {
        #expect(note(incident(.pass, lifted: false)).missing.contains { $0.contains("stopped") })
        #expect(note(incident(.fail)).missing.contains { $0.contains("password-changed") })
        #expect(note(incident(.unknown)).missing.contains { $0.contains("password-changed") })
        #expect(!note(nil).isReady)
        // The listing is what the letter is about: that check does not stand in its own way.
        #expect(!note(incident(.fail)).missing.contains { $0.contains("no-new-listing") })
    }

    @Test func whatHasEndedNeedsNoLetter() {
        let note = note(incident(.pass)) { $0.until = Self.time + .seconds(5) }
        #expect(!note.isReady && note.missing.count == 1)
    }

    @Test func aSuspicionAloneIsNoCause() {
        let suspicion = IncidentCase(id: CaseID(rawValue: 1), source: joe, at: Self.time)
        #expect(note(suspicion).missing.contains { $0.contains("never confirmed") })
    }
}
