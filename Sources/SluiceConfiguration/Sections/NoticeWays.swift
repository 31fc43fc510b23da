package import Enforcement
package import MailTypes

extension Configuration {
    package enum Language: String, Hashable, Sendable, CaseIterable {
        case english = "en"
        case german = "de"
    }

    /// A web address that is told of notices.
    package struct Webhook: Hashable, Sendable {
        package enum Audience: String, Hashable, Sendable, CaseIterable {
            case `operator`, customer
        }

        package var url: String
        package var secret: Secret
        package var audiences: [Audience]

        init?(_ section: Section) {
            let url = section.required(
                "url", .webAddress, example: "https://tickets.example.net/sluice",
                "Where each notice is posted as JSON.")
            let secret = section.secretFile(
                "secret-file", example: "/etc/sluice/webhook.secret",
                "A file with the secret that each request is signed with (HMAC-SHA256). Must be given.")
            audiences = section.list(
                "audiences", .choice(), example: ["operator"], default: [.operator],
                "Whose notices: operator, customer, or both.")
            if secret == nil, !section.decoding.isDocumenting {
                section.error("secret-file", "is missing: requests are signed")
            }
            guard let url, let secret else { return nil }
            self.url = url
            self.secret = secret
        }
    }

    /// How one customer is told.
    package struct CustomerNotices: Hashable, Sendable {
        package var language: Language?
        package var second: [EmailAddress]
        package var reports: [EmailAddress]
        package var muted: [NoticePlan.Stage]

        init(_ section: Section) {
            language = section.optional(
                "language", .choice(), example: "de", "en or de. Left out: as notices.language says.")
            second = section.list(
                "second-contact", .mailbox, example: ["head-of-it@acme.example"],
                "Who is told when nobody has begun after notices.escalate-after.")
            reports = section.list(
                "abuse-reports", .mailbox, example: ["abuse@acme.example"],
                "Who gets a report for programs (ARF, RFC 5965) of each stop, recipients redacted.")
            muted = section.list(
                "mute", .choice(), example: ["held"],
                "Stages of which no letter is sent: held, doubted, stopped, lifted, relapsed or closed.")
        }
    }
}
