package import SMTPProtocol

/// What sending a message came to. Never an error: trouble is a temporary reply of our own.
package typealias DeliveryResult = TransactionOutcome

/// No host of a target could be used.
package struct ConnectError: Error, Sendable, CustomStringConvertible {
    /// In the order of the attempts; empty if the target has no hosts.
    package var failures: [Failure]

    package struct Failure: Sendable {
        package var host: HostAddress
        package var failure: ClientFailure
    }

    /// The last thing that a server said, if any said something: it tells more than "connection refused".
    package var decisive: Failure? { failures.last { $0.failure.reply != nil } ?? failures.last }

    package var description: String {
        failures.isEmpty
            ? "There is no host to connect to"
            : failures.map { "\($0.host): \($0.failure)" }.joined(separator: "; ")
    }
}
