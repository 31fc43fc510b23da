import Enforcement
import MailTypes

/// One check that a case asks for. What we `verified`, what the server `reported` and signed, and what a person `attested`
/// stand apart, as they are not worth the same.
package struct CheckView: Codable, Hashable, Sendable {
    package struct Statement: Codable, Hashable, Sendable {
        /// `pass`, `fail` or `unknown`; unknown is never a pass.
        package let result: String
        package let at: String
        package let by: String
        package let detail: String

        init(_ statement: CheckState.Statement) {
            result = statement.result.rawValue
            at = statement.time.iso8601
            by = SafeText.printable(statement.author)
            detail = SafeText.printable(statement.detail, limit: 1000)
        }
    }

    package let name: String
    /// What is to be true, in a plain sentence.
    package let title: String
    /// The weakest assurance that will do.
    package let needs: String
    package let result: String
    /// What is missing, exactly; left out when it is done.
    package let missing: String?
    package let advice: String
    package let verified: Statement?
    package let reported: Statement?
    package let attested: Statement?
    /// An operator took it upon themselves: who and why.
    package let waivedBy: String?
    package let waivedFor: String?

    init(_ check: RequiredCheck, at time: Timestamp, in texts: CaseTexts = .english, link: String? = nil) {
        name = check.name.rawValue
        title = texts.title(check.name)
        needs = check.needs.rawValue
        result = check.result(at: time).rawValue
        missing = texts.missing(check, at: time)
        advice = texts.advice(check, link: link)
        verified = check.state[.verified].map(Statement.init)
        reported = check.state[.reported].map(Statement.init)
        attested = check.state[.attested].map(Statement.init)
        waivedBy = check.waiver.map { SafeText.printable($0.author, limit: 200) }
        waivedFor = check.waiver.map { SafeText.printable($0.reason, limit: 1000) }
    }
}
