import Crypto
import FirewallModel
package import MailTypes

/// A report of `sluice check` with a signature that only the holder of a case's token can make.
///
/// `Documentation/check.md` describes the format. The signature is HMAC-SHA256, keyed with the token's bytes, over the canonical
/// bytes of the member `report` (`CanonicalJSON`): it survives reformatting, and nothing but what was signed is ever read.
package struct SignedReport: Sendable, Hashable {
    /// Of the format. Others are refused.
    package static let version = 1
    /// Larger reports are refused unread.
    package static let maximumSize = ByteCount.mib(8)
    /// Findings in one report.
    package static let maximumFindings = 20_000
    package static let algorithm = "HMAC-SHA256"

    /// One finding, as the verifier needs it.
    package struct Item: Sendable, Hashable {
        /// As `RELAY-01`.
        package var check: String
        package var target: String
        /// `pass`, `fail`, `unknown` or `waived`.
        package var result: String
        package var evidence: [String]

        package init(check: String, target: String, result: String, evidence: [String]) {
            self.check = check
            self.target = target
            self.result = result
            self.evidence = evidence
        }
    }

    /// Who wrote it: program and version.
    package var producer: String
    /// The host that was looked at, by its own name. The host says so itself: to be compared with what is known.
    package var host: String
    /// When, as `2026-11-25T14:00:00Z`.
    package var time: String
    /// Sixteen random bytes in hexadecimal: a verifier takes each only once.
    package var nonce: String
    /// The case it was made for; the signature binds it.
    package var caseID: String
    /// Where the facts came from: `host` or `files`.
    package var origin: String
    package var items: [Item]

    package init(
        producer: String, host: String, time: String, nonce: String, caseID: String, origin: String, items: [Item]
    ) {
        self.producer = producer
        self.host = host
        self.time = time
        self.nonce = nonce
        self.caseID = caseID
        self.origin = origin
        self.items = items
    }

    private var value: CanonicalJSON {
        .object([
            "version": .integer(Self.version), "producer": .string(producer), "host": .string(host),
            "time": .string(time), "nonce": .string(nonce), "case": .string(caseID), "origin": .string(origin),
            "findings": .array(
                items.map { item in
                    .object([
                        "id": .string(item.check), "target": .string(item.target), "result": .string(item.result),
                        "evidence": .array(item.evidence.map { .string($0) }),
                    ])
                }),
        ])
    }

    /// The signed text: one JSON object with `report` and `signature`.
    package func signed(token: [UInt8]) -> String {
        let report = value
        let signature = CanonicalJSON.object([
            "algorithm": .string(Self.algorithm), "value": .string(Self.signature(report.text, token)),
        ])
        return "{\"report\":\(report.text),\"signature\":\(signature.text)}\n"
    }

    private static func signature(_ text: String, _ token: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: token))
        return Hexadecimal.text(code)
    }
}

extension SignedReport {
    /// Reads a signed report and checks its signature. What comes back was written by somebody who knows the token; that it is
    /// new (`nonce`, `time`), about the right host and case is the caller's to check.
    package static func verify(_ bytes: [UInt8], token: [UInt8]) throws(SignedReportError) -> SignedReport {
        guard bytes.count <= maximumSize.bytes else {
            throw SignedReportError(.size, "larger than \(maximumSize.bytes) bytes")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw SignedReportError(.syntax, "no UTF-8") }
        let root: CanonicalJSON
        do {
            root = try CanonicalJSON(JSONReader.read(SourceFile(name: "report", bytes: bytes)))
        } catch let error as FirewallError {
            throw SignedReportError(.syntax, error.description)
        } catch let error as SignedReportError {
            throw error
        } catch {
            throw SignedReportError(.syntax, "no JSON")
        }
        guard case .object(let envelope) = root, envelope.count == 2, let report = envelope["report"],
            case .object(let signature)? = envelope["signature"],
            signature["algorithm"] == .string(algorithm), case .string(let code)? = signature["value"]
        else { throw SignedReportError(.syntax, "not a report and an HMAC-SHA256 signature") }
        guard let given = Hexadecimal.bytes(code),
            HMAC<SHA256>.isValidAuthenticationCode(
                given, authenticating: Array(report.text.utf8), using: SymmetricKey(data: token))
        else { throw SignedReportError(.signature, "the signature does not fit: another token, or changed since") }
        return try SignedReport(report)
    }

    private init(_ value: CanonicalJSON) throws(SignedReportError) {
        guard case .object(let report) = value, report["version"] == .integer(Self.version) else {
            throw SignedReportError(.version, "not of version \(Self.version)")
        }
        func text(_ object: [String: CanonicalJSON], _ key: String) throws(SignedReportError) -> String {
            guard case .string(let text)? = object[key], text.utf8.count <= 4096 else {
                throw SignedReportError(.syntax, "no text “\(key)”")
            }
            return text
        }
        guard case .array(let findings)? = report["findings"], findings.count <= Self.maximumFindings else {
            throw SignedReportError(.syntax, "no findings, or too many")
        }
        var items: [Item] = []
        for finding in findings {
            guard case .object(let object) = finding, case .array(let lines)? = object["evidence"], lines.count <= 1000
            else { throw SignedReportError(.syntax, "a finding without evidence") }
            let result = try text(object, "result")
            guard ["pass", "fail", "unknown", "waived"].contains(result) else {
                throw SignedReportError(.syntax, "a result that is none")
            }
            items.append(
                Item(
                    check: try text(object, "id"), target: try text(object, "target"), result: result,
                    evidence: lines.compactMap { if case .string(let line) = $0 { line } else { nil } }))
        }
        self.init(
            producer: try text(report, "producer"), host: try text(report, "host"), time: try text(report, "time"),
            nonce: try text(report, "nonce"), caseID: try text(report, "case"), origin: try text(report, "origin"),
            items: items)
    }
}

/// Why a report is not taken.
package struct SignedReportError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        case size, syntax, signature, version
    }

    package var code: Code
    package var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
