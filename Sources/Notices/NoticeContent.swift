package import MailTypes

/// Everything a notice about one case says. Plain values: whatever comes from outside (names, header values, extracts) is
/// made safe by the composer, never by the caller.
package struct NoticeContent: Hashable, Sendable {
    package var caseID: CaseID
    /// What happened last.
    package var stage: Stage
    /// The customer's name for people; its id if it has none.
    package var customerName: String
    /// Who or what sent it.
    package var source: SourceID
    /// The first message that counts for the case.
    package var since: Timestamp
    /// When this is written.
    package var now: Timestamp
    /// Until when held mail is kept; `nil` when nothing is held.
    package var heldUntil: Timestamp?
    package var counts: Counts
    /// Sentences from `Evidence.summary`, strongest first; at most `NoticeBounds.evidence` are shown.
    package var evidence: [String]
    /// At most `NoticeBounds.samples` are shown.
    package var samples: [Sample]
    /// Where the console is, such as `https://sluice.example.net`; the case's page is `…/cases/case-7`. `nil`: no link.
    package var baseURL: String?
    /// The customer's own page, with a token; for the customer's notice only.
    package var privateURL: String?
    /// What is asked before mail is accepted again, a sentence each.
    package var checks: [String] = []

    package init(
        caseID: CaseID, stage: Stage, customerName: String, source: SourceID, since: Timestamp, now: Timestamp,
        heldUntil: Timestamp? = nil, counts: Counts, evidence: [String] = [], samples: [Sample] = [],
        baseURL: String? = nil
    ) {
        self.caseID = caseID
        self.stage = stage
        self.customerName = customerName
        self.source = source
        self.since = since
        self.now = now
        self.heldUntil = heldUntil
        self.counts = counts
        self.evidence = evidence
        self.samples = samples
        self.baseURL = baseURL
    }

    package enum Stage: String, Hashable, Sendable, CaseIterable {
        /// Suspect mail is held; new mail is accepted.
        case held
        /// In doubt: new mail is refused for the time being (451).
        case doubted
        /// The source may not send (550).
        case stopped
        /// The stop was lifted.
        case lifted
        /// It came back on probation, and is stopped again.
        case relapsed
        /// The case is over.
        case closed
        /// The case is over: it was no spam.
        case cleared
        /// Nobody has answered the first notice: to the second contact.
        case escalated
    }

    /// Messages of the source since `since`.
    package struct Counts: Hashable, Sendable {
        /// Went out before anything was held.
        package var delivered: Int
        package var held: Int
        package var refused: Int

        package init(delivered: Int, held: Int, refused: Int) {
            self.delivered = delivered
            self.held = held
            self.refused = refused
        }
    }

    /// One of the messages: some header fields and the beginning of the text.
    package struct Sample: Hashable, Sendable {
        package var id: SubmissionID
        package var fields: [Field]
        package var extract: [UInt8]

        package init(id: SubmissionID, fields: [Field], extract: [UInt8]) {
            self.id = id
            self.fields = fields
            self.extract = extract
        }
    }

    /// A header field of a sample, decoded.
    package struct Field: Hashable, Sendable {
        package var name: [UInt8]
        package var value: [UInt8]

        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }
}

/// What a notice shows at most: it is to be read on a telephone at night.
package enum NoticeBounds {
    package static let evidence = 8
    package static let samples = 3
    package static let checks = 12
    package static let fields = 8
    /// Characters of one header value, of one line, of an extract.
    package static let fieldCharacters = 200
    package static let extractCharacters = 1000
    package static let extractLines = 20
    /// Lines of a digest.
    package static let digestEntries = 50
}
