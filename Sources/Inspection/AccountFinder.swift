import MailTypes
import MessageFormat

/// Reads the account from the fields that a customer's servers add.
enum AccountFinder {
    /// The identity with the account that the header names, if it may name one; else unchanged: who logged in has no say
    /// in who he is.
    static func refine(
        _ identity: SubmissionIdentity, _ header: MessageHeader, _ profile: CustomerProfile
    ) -> SubmissionIdentity {
        guard identity.account == nil, identity.evidence == .address else { return identity }
        for trusted in profile.trustedHeaders {
            guard let account = trusted.account(in: header) else { continue }
            var refined = identity
            refined.account = account
            refined.evidence = .header
            return refined
        }
        return identity
    }
}
