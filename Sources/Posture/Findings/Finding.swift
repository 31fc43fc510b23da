import MailTypes

/// How bad a failed check is.
package enum Severity: Int, Sendable, Hashable, Comparable, CustomStringConvertible {
    case low, medium, high, critical

    package var description: String {
        switch self {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }

    package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}

/// What a check came to. There is no way to pass without having looked: what is missing makes it `unknown`.
package enum CheckResult: Sendable, Hashable {
    case pass
    case fail(Severity)
    /// With what is missing to know, for people.
    case unknown(String)
    /// A failure that somebody answers for.
    case waived(Severity, Waiver)

    package var word: String {
        switch self {
        case .pass: "pass"
        case .fail: "fail"
        case .unknown: "unknown"
        case .waived: "waived"
        }
    }

    package var severity: Severity? {
        switch self {
        case .fail(let severity), .waived(let severity, _): severity
        case .pass, .unknown: nil
        }
    }
}

/// A check's result about one target, with the evidence.
package struct Finding: Sendable, Hashable {
    package var check: CheckID
    /// The host, account or domain; from outside, made safe at `init`.
    package var target: String
    package var result: CheckResult
    /// Facts that anybody can look up again; made safe at `init`, never a password.
    package var evidence: [String]

    /// Lines of evidence that are kept.
    package static let maximumEvidence = 200

    package init(_ check: CheckID, target: String, _ result: CheckResult, evidence: [String] = []) {
        self.check = check
        self.target = SafeText.printable(target)
        if case .unknown(let missing) = result {
            self.result = .unknown(SafeText.printable(missing, limit: 500))
        } else {
            self.result = result
        }
        self.evidence = evidence.prefix(Self.maximumEvidence).map { SafeText.printable($0, limit: 500) }
        if evidence.count > Self.maximumEvidence {
            self.evidence.append("… and \(evidence.count - Self.maximumEvidence) more")
        }
    }
}
