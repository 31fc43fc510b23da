package import MailTypes

/// Where a listener really listens.
package struct BoundListener: Hashable, Sendable {
    /// The listener's.
    package let name: String
    package let address: IPAddress
    /// Never 0.
    package let port: UInt16
}

/// The intake at one moment.
package struct IntakeStatistics: Hashable, Sendable {
    /// Connections that are open.
    package let connections: Int
    /// Connections since the start.
    package let opened: UInt64
    /// Connections and logins that a limit sent away since the start.
    package let turnedAway: UInt64
    /// What messages under way and waiting input take of the memory budget.
    package let memory: ByteCount
}
