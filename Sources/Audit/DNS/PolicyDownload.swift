package import MailTypes
package import Posture

/// The policy of MTA-STS from its web server. By curl, as the host trusts it; redirects are not followed (RFC 8461 §3.3).
package struct PolicyDownload: Sendable {
    /// More of curl's options: tests have authorities and addresses of their own.
    package var options: [String] = []

    package init(options: [String] = []) { self.options = options }

    package func fetch(_ domain: DomainName) async -> DomainFacts.Policy {
        let command = HostCommand(
            [
                "curl", "--silent", "--show-error", "--proto", "=https", "--max-time", "30", "--max-filesize",
                String(MTASTSPolicy.maximumBytes), "--write-out", "\n%{http_code} %{content_type}",
            ] + options + [
                "--", "https://mta-sts.\(domain)/.well-known/mta-sts.txt",
            ], maximumOutput: MTASTSPolicy.maximumBytes + 64, timeout: .seconds(40))
        do throws(AuditError) {
            let output = try await command.onThread()
            return Self.read(output.output, status: output.status, complaint: output.complaint)
        } catch {
            return .failure(error.message)
        }
    }

    /// What curl's end means: certificate and protocol faults are the server's; no connection says nothing.
    static func read(_ output: [UInt8], status: Int32, complaint: String) -> DomainFacts.Policy {
        let why = SafeText.printable(complaint)
        switch status {
        case 0: break
        case 35, 51, 60, 63, 83, 90, 91: return .wrong(why)
        default: return .failure(why.isEmpty ? "curl ended with \(status)" : why)
        }
        guard let end = output.lastIndex(of: UInt8(ascii: "\n")) else { return .failure("curl told no status") }
        let words = String(decoding: output[(end + 1)...], as: UTF8.self).split(separator: " ", maxSplits: 1)
        let code = words.first.map(String.init) ?? ""
        guard code == "200" else { return .wrong("the web server answered \(SafeText.printable(code, limit: 8))") }
        // RFC 8461 §3.2: any other type is not to be taken for a policy.
        let type = words.count > 1 ? String(words[1]) : ""
        guard ASCII.lowercased(type).hasPrefix("text/plain") else {
            return .wrong("its media type is \(SafeText.printable(type, limit: 60)), not text/plain")
        }
        return .fetched(Array(output[..<end]))
    }
}
