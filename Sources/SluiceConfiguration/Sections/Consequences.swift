package import MailTypes

extension Configuration {
    /// Held mail.
    package struct Hold: Hashable, Sendable {
        package enum Fate: String, Hashable, Sendable, CaseIterable {
            case release, delete, bounce
        }

        package var deadline: Duration
        package var fate: Fate

        init(_ section: Section) {
            deadline = section.value(
                "deadline", .duration(.seconds(60)...(.seconds(30 * 86_400))), default: .seconds(3 * 86_400),
                "How long a person has to decide.")
            fate = section.value(
                "then", .choice(), default: .bounce,
                "What happens then: bounce (the sender is told), delete, or release (sent through the risky pool).")
        }
    }

    /// Stopped sources.
    package struct Stops: Hashable, Sendable {
        /// A stop in doubt that nothing confirms ends by itself after this.
        package var doubtDuration: Duration
        /// A confirmed stop's end; `nil`: when somebody lifts it.
        package var duration: Duration?
        /// Suspect messages, held or refused, that confirm a stop.
        package var confirmAfter: Int

        init(_ section: Section) {
            doubtDuration = section.value(
                "doubt-duration", .duration(.seconds(60)...(.seconds(30 * 86_400))), default: .seconds(86_400),
                "A stop begins in doubt: mail is asked to come later (451). Unconfirmed, it ends by itself after this.")
            let given = section.value(
                "duration", .duration(.zero...(.seconds(365 * 86_400))), default: .zero,
                "A confirmed stop (550) ends after this; 0s: when somebody lifts it.")
            duration = given == .zero ? nil : given
            confirmAfter = section.value(
                "confirm-after", .integer(1...10_000), default: 6,
                "Suspect messages after the stop, held or refused, that confirm it.")
        }
    }

    /// Who is told what, by mail.
    package struct Notices: Hashable, Sendable {
        package var operators: [EmailAddress]
        package var from: EmailAddress
        package var language: Language
        /// Below it, `cases/ID` is a case's page; `nil`: none is given.
        package var consoleURL: String?
        package var informsCustomers: Bool
        /// How long delivery of a notice is tried.
        package var lifetime: Duration
        /// Words that take the place of the built-in ones; the file's text.
        package var words: String?
        package var webhooks: [Webhook]
        package var escalateAfter: Duration?
        package var usesSystemLog: Bool

        init(_ section: Section, hostname: DomainName) {
            operators = section.list(
                "operator", .mailbox, example: ["abuse@example.net"], "Who is told of every case.")
            from =
                section.optional(
                    "from", .mailbox, example: "postmaster@mail.example.org",
                    "The notices' sender. Left out: postmaster at hostname.")
                ?? EmailAddress(localPart: "postmaster", domain: hostname)
            language = section.value("language", .choice(), default: .english, "The language of notices.")
            consoleURL = section.optional(
                "console-url", .webAddress, example: "https://sluice.example.net",
                "Refusals and notices point to cases/ID below this address. Left out: they only name the case.")
            informsCustomers = section.value(
                "customers", .flag, default: true, "Tell the contacts of the customer, too.")
            lifetime = section.value(
                "lifetime", .duration(.seconds(3600)...(.seconds(30 * 86_400))), default: .seconds(3 * 86_400),
                "How long delivery of a notice is tried.")
            words = section.textFile(
                "words-file", example: "/etc/sluice/notices.txt",
                "Words of the notices that take the place of the built-in ones, by key; see Documentation/cases.md.")
            webhooks =
                section.sections(
                    "webhooks", "Web addresses that are told of each notice, signed and in order.", Webhook.init) ?? []
            let given = section.value(
                "escalate-after", .duration(.zero...(.seconds(30 * 86_400))), default: .seconds(4 * 3600),
                "A customer's second contact is told when nobody has begun after this; 0s: never.")
            escalateAfter = given == .zero ? nil : given
            usesSystemLog = section.value(
                "syslog", .flag, default: false, "Each stage as a line to /dev/log (facility mail, warning), too.")
        }
    }
}
