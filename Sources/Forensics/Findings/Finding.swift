package import MailTypes

/// One thing that the logs show and somebody should look at.
package struct Finding: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case compromisedAccount = "compromised-account"
        case spammingScript = "spamming-script"
        case spammingClient = "spamming-client"
        case successAfterFailures = "success-after-failures"
        case manyNetworks = "account-used-from-many-networks"
        case sendingSpike = "sending-spike"
        case secondSender = "second-sender"
        case blocklisted = "blocklist-replies"
        case refused = "policy-refusals"
        case bruteForce = "brute-force"
        case spraying = "password-spraying"
        case distributedGuessing = "distributed-guessing"
        case recipientStorm = "unknown-recipient-storm"
        case deferredQueue = "deferred-queue-growth"
        case foreignAccept = "port-25-open-to-strangers"
        case forgotten = "memory-bound-reached"

        /// Findings about mail that left or may leave now, before those about attacks that are only tried.
        package var rank: Int { Kind.allCases.firstIndex(of: self) ?? 0 }
    }

    package enum Confidence: String, Sendable, Comparable {
        case low, medium, high

        package static func < (a: Confidence, b: Confidence) -> Bool { a.number < b.number }
        private var number: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            }
        }
    }

    /// An address that took part.
    package struct AddressUse: Sendable {
        package var address: IPAddress
        package var first: UInt32
        package var last: UInt32
        package var logins: Int
        package var failures: Int
        package var messages: Int
        package var recipients: Int
        /// Country and network, when a database was given.
        package var place: String?
    }

    /// One moment of the story.
    package struct Moment: Sendable {
        package var seconds: UInt32
        package var text: String
        package var evidence: Evidence?
    }

    /// A line that shows it.
    package struct Evidence: Sendable, Hashable {
        package var ref: UInt64
        /// The file's path and the line's number, from 1.
        package var file = ""
        package var line = 0
        /// The line itself, cut; empty when it cannot be read again.
        package var text = ""

        init(_ ref: EvidenceRef) { self.ref = ref.rawValue }
    }

    package var kind: Kind
    package var confidence: Confidence
    /// Log-odds that it is what it seems; the confidence comes from it.
    package var score: Double
    /// The account, script, address or host it is about; as in the log, not yet made safe.
    package var subject: String
    package var start: UInt32
    package var end: UInt32
    /// What it is, in a sentence.
    package var summary: String
    package var numbers: [(name: String, value: Int)] = []
    /// Why: each signal in a sentence.
    package var signals: [String] = []
    package var addresses: [AddressUse] = []
    package var timeline: [Moment] = []
    package var evidence: [Evidence] = []
    /// Recipients and failures by day (days since 1970), for charts.
    package var days: [(day: Int, recipients: Int, failed: Int)] = []
    /// What harmless thing it could be.
    package var benign: String?
    package var advice: [String] = []

    static func confidence(_ score: Double) -> Confidence { score >= 2.5 ? .high : score >= 0.5 ? .medium : .low }

    /// 1 / (1 + e^-score), as a whole percentage.
    package var probability: Int { Int((100 / (1 + exponential(-score))).rounded()) }
}

extension Finding {
    package func number(_ name: String) -> Int? { numbers.first { $0.name == name }?.value }
}
