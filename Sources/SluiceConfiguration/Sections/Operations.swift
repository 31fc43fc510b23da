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

    /// Who is told what, by mail.
    package struct Notices: Hashable, Sendable {
        package var operators: [EmailAddress]
        package var from: EmailAddress
        /// The start of a case's address, to which the case's id is added; `nil`: none is given.
        package var caseURL: String?
        package var informsCustomers: Bool

        init(_ section: Section, hostname: DomainName) {
            operators = section.list(
                "operator", .mailbox, example: ["abuse@example.net"], "Who is told of every case.")
            from =
                section.optional(
                    "from", .mailbox, example: "postmaster@mail.example.org",
                    "The notices' sender. Left out: postmaster at hostname.")
                ?? EmailAddress(localPart: "postmaster", domain: hostname)
            caseURL = section.optional(
                "case-url", .webAddress, example: "https://sluice.example.net/cases/",
                "Stands in refusals and notices, with the case's id behind it. Left out: only the id.")
            informsCustomers = section.value(
                "customers", .flag, default: true, "Tell the contacts of the customer, too.")
        }
    }

    /// Health, metrics and the console.
    package struct HTTP: Hashable, Sendable {
        package var address: SocketAddress

        init(_ section: Section) {
            address = section.value(
                "address", .socketAddress, default: SocketAddress(address: .v4(0x7f00_0001), port: 8025),
                "Without a login: keep it on loopback, or behind a proxy that asks for one.")
            if !address.address.isLoopback {
                section.warning("address", "\(address) is not loopback; whoever reaches it can read health and metrics")
            }
        }
    }

    /// The log.
    package struct Logging: Hashable, Sendable {
        package enum Format: String, Hashable, Sendable, CaseIterable {
            case text, json
        }

        package enum Level: String, Hashable, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        package var format: Format
        package var level: Level
        /// `nil`: standard error.
        package var file: String?

        init(_ section: Section) {
            format = section.value("format", .choice(), default: .text, "text or json.")
            level = section.value(
                "level", .choice(), default: .info, "trace, debug, info, notice, warning, error or critical.")
            file = section.optional(
                "file", .path, example: "/var/log/sluice.log", "Left out: standard error, for systemd to keep."
            ).map(section.decoding.resolved)
        }
    }
}
