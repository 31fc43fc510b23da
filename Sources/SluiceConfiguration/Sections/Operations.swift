import MailTypes

extension Configuration {
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
