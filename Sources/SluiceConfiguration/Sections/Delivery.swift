package import MailTypes

extension Configuration {
    /// Delivery to other hosts.
    package struct Delivery: Hashable, Sendable {
        package var lifetime: Duration
        /// `nil`: no notice.
        package var delayNotice: Duration?
        package var firstRetry: Duration
        package var longestRetry: Duration
        package var connections: Int
        package var connectionsPerDestination: Int
        package var messagesPerConnection: Int
        package var recipientsPerTransaction: Int
        package var tls: Route.TLSLevel
        package var memory: ByteCount

        init(_ section: Section) {
            lifetime = section.value(
                "lifetime", .duration(.seconds(3600)...(.seconds(30 * 86_400))), default: .seconds(5 * 86_400),
                "Then the sender is told that it could not be delivered (RFC 5321 §4.5.4.1: 4 to 5 days).")
            let delay = section.value(
                "delay-notice", .duration(.zero...(.seconds(30 * 86_400))), default: .seconds(4 * 3600),
                "The sender is told that it takes longer; 0s: never.")
            delayNotice = delay == .zero ? nil : delay
            firstRetry = section.value(
                "first-retry", .duration(.seconds(1)...(.seconds(86_400))), default: .seconds(300),
                "Wait after the first failure; doubled after each further one.")
            longestRetry = section.value(
                "longest-retry", .duration(.seconds(1)...(.seconds(86_400))), default: .seconds(4 * 3600),
                "The longest wait.")
            connections = section.value(
                "connections", .integer(1...100_000), default: 400, "Connections to other hosts, in all.")
            connectionsPerDestination = section.value(
                "connections-per-destination", .integer(1...10_000), default: 20,
                "To one destination at most; fewer while it fails.")
            messagesPerConnection = section.value(
                "messages-per-connection", .integer(1...100_000), default: 100,
                "Some receivers count them and break off beyond.")
            recipientsPerTransaction = section.value(
                "recipients-per-transaction", .integer(1...1000), default: 100,
                "RFC 5321 §4.5.3.1.8: every server takes at least 100.")
            tls = section.value(
                "tls", .choice(), default: .may, "Where no route matches: none, may, encrypt or verify, as in routes.")
            memory = section.value(
                "memory", .size(.mib(1)...(.mib(1_048_576))), default: .mib(64),
                "Fresh messages kept in memory until they are delivered.")
            if firstRetry > longestRetry { section.error("first-retry", "is longer than longest-retry") }
            if let notice = delayNotice, notice >= lifetime {
                section.warning("delay-notice", "comes after lifetime and so never")
            }
        }
    }

    /// Name resolution.
    package struct DNS: Hashable, Sendable {
        /// Empty: from the root servers down.
        package var forwarders: [SocketAddress]
        package var timeout: Duration
        /// A file with the root's trust anchor; `nil`: nothing is validated.
        package var trustAnchor: String?
        package var maximumLookups: Int

        init(_ section: Section) {
            forwarders = section.list(
                "forwarders", .nameServer, example: ["127.0.0.1", "192.0.2.53:5353"],
                "Name servers that are asked. Left out: Sluice resolves by itself, from the root servers down.")
            timeout = section.value(
                "timeout", .duration(.seconds(1)...(.seconds(120))), default: .seconds(10),
                "A look-up that takes longer is tried again later.")
            trustAnchor = section.file(
                "trust-anchor", example: "/usr/share/dns/root.key", isRequired: false,
                "The root's key, for DNSSEC. Left out: nothing is validated.")
            maximumLookups = section.value(
                "maximum-lookups", .integer(16...1_000_000), default: 4096, "Look-ups at the same time.")
        }
    }
}
