package import MailTypes

/// Why a message or a recipient was refused, as far as code and text tell.
package enum ReplyClass: UInt8, Sendable, CaseIterable {
    case none, unknownRecipient, blocklist, policy, rateLimit, greylisted, relayDenied, mailboxFull, authentication,
        unreachable, other

    package var name: String {
        switch self {
        case .none: "none"
        case .unknownRecipient: "unknown-recipient"
        case .blocklist: "blocklist"
        case .policy: "policy"
        case .rateLimit: "rate-limit"
        case .greylisted: "greylisted"
        case .relayDenied: "relay-denied"
        case .mailboxFull: "mailbox-full"
        case .authentication: "authentication"
        case .unreachable: "unreachable"
        case .other: "other"
        }
    }

    /// Classes by which a receiver says that it takes us for a source of spam.
    package var isReputation: Bool { self == .blocklist || self == .policy }

    /// Reads the class from a reply's text and codes. Words before codes: receivers use 5.7.1 and 550 for everything.
    package init(text: ByteSlice, code: UInt16, enhanced: EnhancedStatusCode?) {
        let text = text.prefix(1024)
        self = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: WordFilter.size) {
            ReplyClass.classify(WordFilter(text, $0), code, enhanced)
        }
    }

    private static func classify(_ text: WordFilter, _ code: UInt16, _ enhanced: EnhancedStatusCode?) -> ReplyClass {
        if text.hasAny(greylisting) { return .greylisted }
        if text.hasAny(blocklists) { return .blocklist }
        if text.hasAny(relaying) { return .relayDenied }
        if unknownUser(enhanced) || text.hasAny(unknownMailbox) { return .unknownRecipient }
        if text.hasAny(rates) { return .rateLimit }
        if text.hasAny(policies) { return .policy }
        if text.hasAny(full) || (enhanced?.subject == 2 && enhanced?.detail == 2) { return .mailboxFull }
        if text.hasAny(network) || enhanced?.subject == 4 { return .unreachable }
        if code == 535 || code == 530 { return .authentication }
        return enhanced?.subject == 7 ? .policy : .other
    }

    private static func unknownUser(_ enhanced: EnhancedStatusCode?) -> Bool {
        guard let enhanced, enhanced.statusClass == 5, enhanced.subject == 1 else { return false }
        return [1, 2, 3, 6, 10].contains(enhanced.detail)
    }

    private static let greylisting: [StaticString] = ["greylist", "graylist", "grey list", "greyl"]
    private static let blocklists: [StaticString] = [
        "spamhaus", "blocklist", "blacklist", "block list", "black list", "blocked using", "spamcop",
        "barracudacentral",
        "dnsbl", " rbl", "rbl.", "sorbs", "abusix", "uceprotect", "is listed", "listed by", "listed in", "listed on",
        "banned sending ip", "spamrats", "invaluement", "proofpoint.com/ipblock", "block/ip", "s3140", "s3150",
        "postmaster.info.aol.com/errors/554rlyb1", "mailspike",
    ]
    private static let relaying: [StaticString] = [
        "relay access denied", "relaying denied", "relay not permitted", "not permitted to relay", "unable to relay",
        "relaying not allowed", "relay denied", "authentication is required for relay",
    ]
    private static let unknownMailbox: [StaticString] = [
        "user unknown", "unknown user", "no such user", "unknown recipient", "recipient unknown", "mailbox not found",
        "mailbox unavailable", "no such mailbox", "does not exist", "doesn't exist", "no mailbox",
        "unrouteable address",
        "unroutable address", "recipient not found", "invalid recipient", "no such recipient", "unknown local part",
        "account disabled", "account is disabled", "not a valid mailbox", "user not found", "undeliverable address",
        "address unknown", "unknown address", "recipient address rejected: access denied", "no such person",
    ]
    private static let rates: [StaticString] = [
        "rate limit", "ratelimit", "too many", "rate-limited", "throttl", "exceeded the rate", "unusual rate",
        "sending too fast", "try again later, too", "temporarily rate", "max message per connection", "exceeded max",
        "limit exceeded", "exceeds the limit", "hourly",
    ]
    private static let policies: [StaticString] = [
        "spam", "reputation", "unsolicited", "policy", "abuse", "content rejected", "message rejected", "blocked",
        "suspicious", "spf ", "dmarc", "dkim", "junk", "bulk", "high-probability", "not accepted for policy",
        "virus", "phish", "malware", "sender address rejected", "not owned by user", "banned",
    ]
    private static let full: [StaticString] = [
        "mailbox full", "over quota", "quota exceeded", "mailbox is full", "insufficient storage", "out of storage",
        "overquota", "exceeded storage", "quota",
    ]
    private static let network: [StaticString] = [
        "connection timed out", "connection refused", "no route to host", "network is unreachable", "host not found",
        "name service error", "host or domain name not found", "lost connection", "timed out", "connection reset",
        "all hosts", "dns", "could not be resolved", "no mx",
    ]
}
