package import MailTypes

/// What got out in one incident: how much, to which receivers, who complained or refused, and which of our own addresses were
/// listed since. Recipients' addresses are not in it: the journal that it is made from has none.
package struct CaseDamage: Hashable, Sendable {
    /// Messages that are named; the counts are of all.
    package static let listed = 100
    /// Receivers that are named.
    package static let named = 50

    /// How much of it a customer is shown.
    package enum Detail: String, Hashable, Sendable, CaseIterable {
        /// Receivers by their domains.
        case domains
        /// Counts only.
        case counts
    }

    /// One message that at least one receiver took, refused, or complained of.
    package struct Message: Hashable, Sendable {
        package var id: SubmissionID
        /// The smallest sender known.
        package var source: SourceID
        package var time: Timestamp
        /// Recipients of it, by what their servers said.
        package var delivered = 0
        package var refused = 0
        package var unknown = 0
        package var complaints = 0
        /// It was like the incident's mail, or a receiver said so since.
        package var isSuspect: Bool

        package init(id: SubmissionID, source: SourceID, time: Timestamp, isSuspect: Bool) {
            self.id = id
            self.source = source
            self.time = time
            self.isSuspect = isSuspect
        }
    }

    package struct Receiver: Hashable, Sendable {
        package var domain: DomainName
        package var delivered = 0
        package var refused = 0
        package var unknown = 0
        package var complaints = 0

        package init(_ domain: DomainName) { self.domain = domain }
    }

    /// When the journal was read for it.
    package var counted: Timestamp
    /// First and last message that got out; `nil`: none did.
    package var first: Timestamp?
    package var last: Timestamp?
    /// Messages of the case's sources that at least one receiver took, suspect or not.
    package var messages = 0
    /// Those of them that were suspect.
    package var suspect = 0
    /// Recipients, by what their servers said.
    package var delivered = 0
    package var refused = 0
    package var unknown = 0
    package var complaints = 0
    /// There was more mail than is followed: the counts are too small.
    package var isCut = false
    /// Suspect ones first, then in the order of their coming; at most `listed`.
    package var list: [Message] = []
    /// Most complaints and refusals first; at most `named`.
    package var receivers: [Receiver] = []
    /// Own addresses on lists since the incident began, because of it.
    package var listings: [OwnListing] = []

    package init(counted: Timestamp) { self.counted = counted }

    /// What a customer is shown of it.
    package func shown(_ detail: Detail) -> CaseDamage {
        guard detail == .counts else { return self }
        var shown = self
        shown.receivers = []
        return shown
    }
}

/// One of our own addresses on a list, from when it was seen until it was seen no more.
package struct OwnListing: Hashable, Sendable {
    package var id: Int64
    package var address: IPAddress
    /// The list's name. From the configuration or the catalogue.
    package var list: String
    package var since: Timestamp
    /// `nil`: it is listed still.
    package var until: Timestamp?
    /// The incident that brought it there, as far as can be told.
    package var caseID: CaseID?
    /// What the list said. From outside: whoever shows it makes it safe.
    package var said: String
    /// Where and how the list takes entries out.
    package var removal: String

    package init(
        id: Int64, address: IPAddress, list: String, since: Timestamp, until: Timestamp?, caseID: CaseID?,
        said: String, removal: String
    ) {
        self.id = id
        self.address = address
        self.list = list
        self.since = since
        self.until = until
        self.caseID = caseID
        self.said = said
        self.removal = removal
    }
}
