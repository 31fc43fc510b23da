package import MailTypes

extension Configuration {
    /// Health, metrics and the console.
    package struct HTTP: Hashable, Sendable {
        package var address: SocketAddress
        /// Where API and pages are; `nil`: at `address`, too.
        package var consoleAddress: SocketAddress?
        /// Whose `X-Forwarded-For` is believed.
        package var proxies: [IPNetwork]
        /// Who may use the API from elsewhere.
        package var tokens: [APIToken]
        /// The certificate of the console's listener; `nil`: plain HTTP.
        package var tls: TLS?

        init(_ section: Section) {
            address = section.value(
                "address", .socketAddress, default: SocketAddress(address: .v4(0x7f00_0001), port: 8025),
                "Without a login: keep it on loopback, or behind a proxy that asks for one.")
            if !address.address.isLoopback {
                section.warning("address", "\(address) is not loopback; whoever reaches it can read health and metrics")
            }
            consoleAddress = section.optional(
                "console-address", .socketAddress, example: "127.0.0.1:8026",
                """
                Where the API, the console and the customers' pages of cases are, on a listener of their own. Left out: at
                `address`.
                """)
            proxies = section.list(
                "proxies", .network, example: ["127.0.0.1", "::1"],
                "Proxies whose X-Forwarded-For tells who asks; limits of guessing go by it.")
            tokens =
                section.sections(
                    "tokens",
                    "Who may use the API and the console. Commands of this machine need none. Read again at a reload.",
                    APIToken.init) ?? []
            tls = section.optionalSection(
                "tls",
                "A certificate for the listener of API and pages. Left out: plain HTTP, with a proxy for TLS before it.",
                TLS.init)
            if let twice = Dictionary(grouping: tokens, by: \.name).first(where: { $0.value.count > 1 })?.key {
                section.error("tokens", "'\(twice)' is there twice; the audit log could not tell them apart")
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
