/// How much of a message is kept, whatever its size: what a reader holds in memory is bounded by these (about 0.6 MiB
/// for a hostile message, a few times its text for an ordinary one).
package enum ReadingBounds {
    /// Header fields kept; ordinary mail has 10…60.
    package static let fields = 200
    /// Bytes of header kept (names and values).
    package static let headerBytes = 64 * 1024
    /// Bytes kept of one field in a part's header; only Content-* fields are looked at there.
    package static let partFieldBytes = 8 * 1024
    /// Lines are looked at in pieces of at most this: RFC 5322 allows 998.
    package static let linePiece = 4096
    /// Nested multiparts and messages: mail programs show a handful.
    package static let depth = 32
    /// Parts described and looked into.
    package static let parts = 500
    /// Decoded text kept, of text parts and likewise of what HTML shows.
    package static let textBytes = 64 * 1024
    /// HTML source kept, of all parts.
    package static let htmlBytes = 96 * 1024
    /// URLs kept, and bytes of each.
    package static let urls = 256
    package static let urlBytes = 2048
    /// The first bytes of the message as they came.
    package static let rawHead = 4096
    /// RFC 2046 §5.1.1 allows 70; some software writes more.
    package static let boundaryBytes = 250
    /// A file name, decoded.
    package static let fileNameBytes = 512
    /// Mailboxes read of one address list.
    package static let mailboxes = 100
    /// Message ids read of one References field.
    package static let references = 50
}
