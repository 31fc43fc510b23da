import MailTypes

/// An account with the addresses it was used from, made ready for judging.
struct AccountView {
    struct Use {
        var number: UInt32
        var record: PairRecord
        var address: IPAddress
        var place: Place?
        /// In no network that the account had used before.
        var isAlien = false
        /// Webmail servers, NATs, known ranges: many use it, it tells nothing.
        var isShared = false
        /// The address guesses passwords of many accounts.
        var isAttacker = false
    }

    let account: UInt32
    let name: String
    let record: AccountRecord
    let sending: SendingRecord
    /// In the order of their first success.
    var uses: [Use]

    /// /16 of IPv4, /32 of IPv6: about what one access provider gives one customer over time.
    static func region(_ address: IPAddress) -> UInt64 {
        switch address {
        case .v4(let bits): UInt64(bits >> 16)
        case .v6(let high, _): 1 << 40 | high >> 32
        }
    }

    /// /24 of IPv4, /48 of IPv6.
    static func site(_ address: IPAddress) -> UInt64 {
        switch address {
        case .v4(let bits): UInt64(bits >> 8)
        case .v6(let high, _): 1 << 60 | high >> 16
        }
    }
}
