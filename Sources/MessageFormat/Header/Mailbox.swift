package import MailTypes

/// An entry of an address list: display name and address (RFC 5322 §3.4), read leniently.
package struct Mailbox: Hashable, Sendable {
    /// Decoded to UTF-8, without quotes; empty if none.
    package var displayName: [UInt8]
    /// What stood for the address, without comments and white space.
    package var addressText: [UInt8]
    /// `nil` if the text is no address.
    package var address: EmailAddress?
}
