package import MailTypes

/// The policy that MTA-STS has on a web server (RFC 8461 §3.2).
package struct MTASTSPolicy: Sendable, Hashable {
    package enum Mode: String, Sendable, Hashable {
        case enforce, testing, none
    }

    package var mode: Mode?
    /// Host names, or `*.` and a domain.
    package var patterns: [String] = []
    package var maximumAge: Int?
    package var problems: [String] = []

    /// No policy is longer (RFC 8461 §3.3).
    package static let maximumBytes = 65_536

    package init(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumBytes, let text = String(validating: bytes, as: UTF8.self) else {
            problems = ["the policy is too long, or not UTF-8"]
            return
        }
        var version: String?
        for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" }).prefix(1000) {
            let parts = line.split(separator: ":", maxSplits: 1).map {
                String(decoding: Array(TagList.trimmed(Array($0.utf8))), as: UTF8.self)
            }
            guard parts.count == 2 else {
                if !TagList.trimmed(Array(line.utf8)).isEmpty { problems.append("a line without a colon") }
                continue
            }
            switch parts[0] {
            case "version": version = version ?? parts[1]
            case "mode": mode = mode ?? Mode(rawValue: parts[1])
            case "max_age": maximumAge = maximumAge ?? Int(parts[1])
            case "mx": patterns.append(ASCII.lowercased(parts[1]))
            default: break
            }
        }
        if version != "STSv1" { problems.append("its version is not STSv1") }
        if mode == nil { problems.append("there is no mode that can be read") }
        if !(0...31_557_600).contains(maximumAge ?? -1) { problems.append("max_age is not 0 to 31557600") }
        if patterns.isEmpty, mode != MTASTSPolicy.Mode.none { problems.append("no mx is named") }
    }

    /// A wildcard stands for one label (RFC 8461 §4.1).
    package func covers(_ host: DomainName) -> Bool {
        patterns.contains { pattern in
            guard pattern.hasPrefix("*.") else { return pattern == host.description }
            return host.labels.dropFirst().joined(separator: ".") == pattern.dropFirst(2)
        }
    }
}

/// A TLSA record (RFC 6698 §2.1).
package struct TLSARecord: Sendable, Hashable {
    package let usage: UInt8
    package let selector: UInt8
    package let matching: UInt8
    /// What the certificate or its key has to be.
    package let data: [UInt8]

    /// Why senders of mail pass the record over; `nil` if they use it (RFC 7672 §3.1).
    package let problem: String?

    package init?(_ data: [UInt8]) {
        guard data.count > 3 else { return nil }
        usage = data[0]
        selector = data[1]
        matching = data[2]
        self.data = Array(data[3...])
        let length = data.count - 3
        let text = "\(data[0]) \(data[1]) \(data[2])"
        if usage < 2 {
            problem = "\(text): usage \(usage) is not for mail"
        } else if usage > 3 || selector > 1 || matching > 2 {
            problem = "\(text): no such usage, selector or matching"
        } else if matching == 1 && length != 32 || matching == 2 && length != 64 {
            problem = "\(text): \(length) bytes are no digest of that kind"
        } else {
            problem = nil
        }
    }
}
