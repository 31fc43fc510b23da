/// An element's name packed into a number, so that looking it up costs no memory: at most 8 bytes, in lower case; longer
/// names keep their first 8, which no two that matter here share.
struct TagName: Hashable, Sendable {
    let packed: UInt64

    /// The first bytes of `range`, lowered.
    init(_ source: Span<UInt8>, _ range: Range<Int>) {
        var packed: UInt64 = 0
        for i in range.prefix(8) {
            packed = packed << 8 | UInt64(source[i] &- 0x41 < 26 ? source[i] | 0x20 : source[i])
        }
        self.packed = packed
    }

    init(_ name: some StringProtocol) {
        packed = name.utf8.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What the element means for reading.
    var role: Role { Self.roles[self] ?? .inline }

    enum Role: Sendable {
        case anchor
        /// Begins and ends a line.
        case block
        /// Sets its content apart by a space.
        case cell
        /// As `cell`, and without content.
        case image
        /// Has no content.
        case void
        /// Its content is no markup and is not shown.
        case raw
        case inline
    }

    private static let roles: [TagName: Role] = {
        let lists: [(Role, String)] = [
            (.anchor, "a"), (.raw, "script style title"), (.cell, "td th"), (.image, "img"),
            (.void, "area base col embed input link meta source track wbr"),
            (
                .block,
                "p div br tr li h1 h2 h3 h4 h5 h6 table hr blockquote ul ol dl dt dd pre center section article header "
                    + "footer address form body html option"
            ),
        ]
        var roles: [TagName: Role] = [:]
        for (role, names) in lists { for name in names.split(separator: " ") { roles[TagName(name)] = role } }
        return roles
    }()

    /// Elements that never have content, so that hiding them hides nothing behind them.
    var isVoid: Bool {
        switch role {
        case .void, .image: true
        case .block: self == TagName("br") || self == TagName("hr")
        default: false
        }
    }
}
