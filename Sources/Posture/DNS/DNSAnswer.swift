/// What DNS answered, for checks. "There is none" is an answer; a failure is none, and never passes.
package enum DNSAnswer<Record: Sendable & Hashable>: Sendable, Hashable {
    /// At least one. `isSecure`: validated by DNSSEC.
    case records([Record], isSecure: Bool)
    case none
    /// Timeout, SERVFAIL, an answer that cannot be read: with the reason, for people.
    case failure(String)

    package var records: [Record] {
        if case .records(let records, _) = self { return records }
        return []
    }

    var failure: String? {
        if case .failure(let reason) = self { return reason }
        return nil
    }

    var isSecure: Bool {
        if case .records(_, let isSecure) = self { return isSecure }
        return false
    }
}
