import MailTypes

/// What a listing is about, across lists.
package enum ListingKind: String, Sendable, Hashable, CaseIterable, Codable {
    case spam, compromised, policy, network, phishing, malware, botnet, abused, grey

    /// How bad it is for who sends mail from there.
    package var severity: Severity {
        switch self {
        case .spam, .compromised, .network, .phishing, .malware, .botnet: .high
        case .policy, .abused: .medium
        case .grey: .low
        }
    }
}

/// What one list said about one address or domain, at one time.
package struct ListingObservation: Sendable, Hashable, Codable {
    package struct Listed: Sendable, Hashable, Codable {
        package var kind: ListingKind
        /// What the code means, for people.
        package var text: String

        package init(_ kind: ListingKind, _ text: String) {
            self.kind = kind
            self.text = text
        }
    }

    package enum Answer: Sendable, Hashable, Codable {
        /// At least one.
        case listed([Listed])
        case notListed
        /// With what is missing: a list that refuses or does not answer says nothing.
        case unknown(String)
    }

    package var subject: ListingSubject
    /// The list's name; its zone may hold a key.
    package var list: String
    package var answer: Answer
    /// The list's own text, made safe.
    package var reasons: [String]
    /// How and when the list lets go.
    package var removal: String
    /// What an entry covers, when more than the address.
    package var covers: String?
    /// The list also has ranges that are not to send mail.
    package var tellsPolicy: Bool

    /// Texts that are kept, and how long each may be: a list may send anything.
    package static let maximumReasons = 3
    package static let maximumReason = 300

    package init(
        subject: ListingSubject, list: String, answer: Answer, reasons: [String] = [], removal: String = "",
        covers: String? = nil, tellsPolicy: Bool = false
    ) {
        self.subject = subject
        self.list = list
        self.answer = answer
        self.reasons = reasons.prefix(Self.maximumReasons).map {
            SafeText.printable($0, limit: Self.maximumReason)
        }
        self.removal = removal
        self.covers = covers
        self.tellsPolicy = tellsPolicy
    }
}

/// What asking all lists came to.
package struct ListingFacts: Sendable, Hashable {
    /// Whether a list answered its test points rightly.
    package enum Test: Sendable, Hashable {
        case passed
        /// The list does not answer this resolver.
        case refused(String)
        case unknown(String)
    }

    package struct List: Sendable, Hashable {
        package var name: String
        package var test: Test

        package init(name: String, test: Test) {
            self.name = name
            self.test = test
        }
    }

    package var lists: [List]
    package var observations: [ListingObservation]

    package init(lists: [List], observations: [ListingObservation]) {
        self.lists = lists
        self.observations = observations
    }
}
