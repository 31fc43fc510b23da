package import MailTypes

/// A notice for programs: one JSON object, with the same facts as the letter. Members and their order are fixed, so that the
/// same notice gives the same bytes, which is what is signed.
package enum WebhookContent {
    /// - Parameter id: the same for the same notice, also when a crash makes it come twice: receivers drop what they have.
    package static func json(_ content: NoticeContent, customer: CustomerID, audience: String, id: String)
        -> [UInt8]
    {
        var members: [(String, String)] = [
            ("version", "1"), ("id", quoted(id)), ("time", quoted(content.now.iso8601)),
            ("case", quoted(content.caseID.description)), ("stage", quoted(content.stage.rawValue)),
            ("audience", quoted(audience)), ("customer", quoted(customer.description)),
            ("source", quoted(content.source.description)), ("since", quoted(content.since.iso8601)),
            ("delivered", "\(content.counts.delivered)"), ("held", "\(content.counts.held)"),
            ("refused", "\(content.counts.refused)"),
            ("evidence", "[" + content.evidence.prefix(NoticeBounds.evidence).map(quoted).joined(separator: ",") + "]"),
        ]
        if let base = content.baseURL { members.append(("page", quoted(base + "/cases/\(content.caseID)"))) }
        return Array(("{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}").utf8)
    }

    private static func quoted(_ text: String) -> String { JSONString.quoted(SafeText.printable(text, limit: 1000)) }
}
