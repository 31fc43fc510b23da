import MailTypes
import Testing

@testable import Audit

extension RelayProbeSettings {
    /// A stranger's probe of a server on this machine, without a pause between its steps.
    static func ofTest(
        _ port: Int, ownDomain: DomainName? = DomainName("own.test")
    ) throws -> RelayProbeSettings {
        var settings = RelayProbeSettings(
            host: "127.0.0.1", port: port, ownDomain: ownDomain,
            recipient: try #require(EmailAddress("victim@elsewhere.test")),
            sender: try #require(EmailAddress("stranger@foreign.test")), helo: "probe.foreign.test",
            nonce: "no-such-box")
        settings.pace = .zero
        return settings
    }
}
