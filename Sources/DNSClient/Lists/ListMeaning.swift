/// What a DNS list says about an address or a domain, as its operator documents the code.
package struct ListMeaning: Sendable, Hashable {
    package var kind: ListKind
    /// For people, in a few words.
    package var text: String

    package init(_ kind: ListKind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

/// What a listing is about, across lists.
package enum ListKind: String, Sendable, Hashable, CaseIterable {
    /// Spam was seen from the address, or the domain is a spammer's.
    case spam
    /// Taken over, infected, or an open proxy or relay.
    case compromised
    /// A range that is not meant to send mail to strangers.
    case policy
    /// A whole network of a criminal operator.
    case network
    case phishing
    case malware
    /// A botnet's command and control.
    case botnet
    /// An honest site or redirector that is abused.
    case abused
    /// Also in mail that was asked for: weak evidence by itself.
    case grey
}

/// What asking one list came to. An error is never a listing, and never its absence either.
package enum ListAnswer: Sendable, Hashable {
    /// At least one.
    case listed([ListMeaning])
    case notListed
    /// The list does not answer this resolver: too many questions, a public resolver, a wrong key.
    case refused(String)
    /// Not answered, or answered with what the list does not document; the reason is for people.
    case unknown(String)

    /// Why it is no answer; `nil` if it is one.
    package var problem: String? {
        switch self {
        case .listed, .notListed: nil
        case .refused(let reason), .unknown(let reason): reason
        }
    }

    package var meanings: [ListMeaning] {
        if case .listed(let meanings) = self { return meanings }
        return []
    }
}
