package import MailTypes

/// An own address that is on a list since just now. Texts from outside are made safe by the composer.
package struct ListingAlarm: Hashable, Sendable {
    package var address: IPAddress
    package var list: String
    package var since: Timestamp
    package var now: Timestamp
    /// What the list says.
    package var said: String
    /// How the list takes entries out.
    package var removal: String
    /// The incident that brought it there; `nil`: none is known.
    package var caseID: CaseID?

    package init(
        address: IPAddress, list: String, since: Timestamp, now: Timestamp, said: String, removal: String,
        caseID: CaseID?
    ) {
        self.address = address
        self.list = list
        self.since = since
        self.now = now
        self.said = said
        self.removal = removal
        self.caseID = caseID
    }
}
