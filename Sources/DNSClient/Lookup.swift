package import MailTypes

/// What DNS said about a name and a type. "There is none" is an answer; "no answer came" is none, and never a verdict.
package enum Lookup<Record: Sendable & Hashable>: Sendable, Hashable {
    /// At least one.
    case records([Record], LookupValidity)
    /// The name exists without records of this type.
    case noData(LookupValidity)
    case nxDomain(LookupValidity)
    /// Timeout, SERVFAIL, DNSSEC failure, overload: try again later. The reason is for people.
    case temporaryFailure(String)

    /// The records; none in every other case.
    package var records: [Record] {
        if case .records(let records, _) = self { return records }
        return []
    }

    /// `nil` for a failure.
    package var validity: LookupValidity? {
        switch self {
        case .records(_, let validity), .noData(let validity), .nxDomain(let validity): validity
        case .temporaryFailure: nil
        }
    }
}

/// How long an answer holds, and whether DNSSEC vouches for it.
package struct LookupValidity: Sendable, Hashable {
    /// At most a day, whatever the zone says.
    package var ttl: Duration
    /// Validated by DNSSEC from the root (RFC 4035): needed for DANE.
    package var isSecure: Bool

    /// RFC 8767 §4 suggests days as the bound for stale-prone caches; a day is what mail needs.
    package static let maximumTTL = Duration.seconds(86_400)

    package init(ttl: Duration, isSecure: Bool) {
        self.ttl = min(max(ttl, .zero), Self.maximumTTL)
        self.isSecure = isSecure
    }

    /// What holds for an answer made of both.
    package func combined(with other: LookupValidity) -> LookupValidity {
        LookupValidity(ttl: min(ttl, other.ttl), isSecure: isSecure && other.isSecure)
    }
}

/// One MX record (RFC 5321 §5.1).
package struct MXRecord: Sendable, Hashable {
    package var preference: UInt16
    /// `nil`: the root name, which in a single record says that the domain takes no mail (RFC 7505).
    package var exchange: DomainName?

    package init(preference: UInt16, exchange: DomainName?) {
        self.preference = preference
        self.exchange = exchange
    }
}
