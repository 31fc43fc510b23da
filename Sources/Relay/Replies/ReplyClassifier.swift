package import Detection
package import MailTypes

/// What a receiver's reply means: for the queue (try again or not), and for detection (does the mailbox exist, does the
/// receiver refuse us).
package enum ReplyClassifier {
    /// For the queue. The code's first digit decides, as RFC 5321 §4.2.1 has it; where the enhanced code's class says
    /// otherwise (some servers answer `450 5.1.1` for a mailbox that never was), only `5yz` fails for good: what one half
    /// of a reply calls temporary is tried again.
    package static func disposition(_ reply: Reply) -> DeliveryScheduler.Disposition {
        if reply.code.isPositive { return .delivered }
        guard reply.code.isPermanent else {
            let isTooMany =
                reply.code == .insufficientStorage
                && (reply.enhanced == EnhancedStatusCode(4, 5, 3) || contains(reply, ["too many recipients"]))
            return isTooMany ? .again : .deferred
        }
        // RFC 5321 §4.5.3.1.10: some servers say 552 where 452 is meant.
        if reply.code == .exceededStorage, contains(reply, ["too many recipients"]) { return .again }
        return reply.enhanced?.statusClass == 4 ? .deferred : .failed
    }

    /// For detection.
    package static func result(_ reply: Reply) -> OutcomeEvent.Result {
        if reply.code.isPositive { return .delivered }
        if isPolicyRefusal(reply) { return .policyRefusal }
        if reply.code.isTransient { return .deferred }
        return isUnknownRecipient(reply) ? .unknownRecipient : .otherFailure
    }

    private static func isUnknownRecipient(_ reply: Reply) -> Bool {
        if let enhanced = reply.enhanced, enhanced.subject == 1 {
            // 5.1.1 mailbox, 5.1.2 system, 5.1.3 syntax, 5.1.6 moved, 5.1.10 null MX (RFC 3463 §3.2, RFC 7505 §4.2).
            return [1, 2, 3, 6, 10].contains(enhanced.detail)
        }
        if let enhanced = reply.enhanced, enhanced.subject == 2, enhanced.detail == 1 {
            return contains(reply, ["disabled", "inactive"] + unknownTexts)
        }
        guard [550, 551, 553, 554].contains(reply.code.value) else { return false }
        return contains(reply, unknownTexts)
    }

    private static func isPolicyRefusal(_ reply: Reply) -> Bool {
        if let enhanced = reply.enhanced {
            // 5.7.x and 4.7.x, but for what concerns only TLS and authentication (RFC 3463 §3.8, RFC 7372, RFC 5248).
            if enhanced.subject == 7 {
                return ![3, 4, 5, 6, 8, 9, 10, 11, 30].contains(enhanced.detail) && !isGreylisting(reply)
            }
            // An address that does not exist is no judgement of us, whatever the text says.
            if enhanced.subject == 1, enhanced.statusClass == 5, [1, 2, 3, 6, 10].contains(enhanced.detail) {
                return false
            }
        }
        return contains(reply, policyTexts) && !isGreylisting(reply)
    }

    private static func isGreylisting(_ reply: Reply) -> Bool {
        reply.code.isTransient && contains(reply, ["greylist", "graylist", "grey-list", "gray-list"])
    }

    private static func contains(_ reply: Reply, _ needles: [String]) -> Bool {
        // Replies are short and failures rare: no hot path.
        let text = ASCII.lowercased(String(reply.text.prefix(1000)))
        return needles.contains { text.contains($0) }
    }

    private static let unknownTexts = [
        "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "unknown recipient",
        "recipient unknown", "unknown mailbox", "mailbox unknown", "does not exist", "doesn't exist", "not exist",
        "mailbox not found", "user not found", "recipient not found", "address not found", "invalid recipient",
        "invalid mailbox", "unknown address", "address unknown", "no mailbox here", "unrouteable address",
        "unroutable address", "account is unavailable", "no such address", "recipient address rejected: undeliverable",
    ]

    private static let policyTexts = [
        "spam", "spamhaus", "blocked", "blocklist", "block list", "blacklist", "black list", "dnsbl", " rbl",
        "reputation", "junk", "unsolicited", "bulk mail", "banned", "listed at", "listed in", "listed on",
        "policy violation", "policy reasons", "content rejected", "message content", "poor reputation", "barracuda",
        "spamcop", "sorbs", "proofpoint", "cloudmark", "suspicious", "abuse", "too much mail", "rate limited",
    ]
}
