package import ControlStore
package import MailTypes

/// The address of a case's page: `BASE/cases/case-17/TOKEN`.
package enum CaseLink {
    /// - Parameter base: `notices.console-url`; `nil`: only the path is known.
    package static func url(base: String?, caseID: CaseID, token: CapabilityToken) -> String {
        let base = base.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? ""
        return "\(base)/cases/\(caseID)/\(token.text)"
    }

    /// Reads what `url` wrote, whatever the base.
    package static func parse(_ url: String) -> (base: String, caseID: CaseID, token: CapabilityToken)? {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[parts.count - 3] == "cases", let id = CaseID(String(parts[parts.count - 2])),
            let token = CapabilityToken(String(parts[parts.count - 1]))
        else { return nil }
        return (parts.dropLast(3).joined(separator: "/"), id, token)
    }
}
