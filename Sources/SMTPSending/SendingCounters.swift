/// What a connector did since it was made.
package struct SendingCounters: Sendable, Hashable {
    package var attempts = 0
    /// Ready for mail.
    package var connections = 0
    /// Of these, with TLS.
    package var protectedConnections = 0
    /// TLS did not work, and plain text was taken instead.
    package var plainFallbacks = 0
    package var transactions = 0
    package var acceptedRecipients = 0
    /// Of the messages' content that was handed to the network.
    package var contentBytes = 0
}
