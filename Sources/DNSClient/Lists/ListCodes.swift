package import MailTypes

/// The codes of a DNS list (RFC 5782 §2.1): which address in 127.0.0.0/8 means what.
package struct ListCodes: Sendable, Hashable {
    package enum Form: Sendable, Hashable {
        /// The last three bytes of the address, as a number: `0x0102` is 127.0.1.2.
        case values([UInt32: ListMeaning])
        /// Bits of the last byte; the middle bytes are to be passed over.
        case bits([UInt8: ListMeaning])
        /// Any code is a listing and says no more.
        case any(ListMeaning)
    }

    package var form: Form

    package init(_ form: Form) { self.form = form }

    /// Some code means a range that is not to send mail.
    package var tellsPolicy: Bool {
        switch form {
        case .values(let table): table.values.contains { $0.kind == .policy }
        case .bits(let table): table.values.contains { $0.kind == .policy }
        case .any(let meaning): meaning.kind == .policy
        }
    }

    /// Reads an answer.
    ///
    /// 127.255.255.0/24 are errors (a public resolver, too many questions, a wrong key), and so is 127.0.0.1, with which
    /// SURBL and URIBL refuse. An address outside 127.0.0.0/8 is no code: the zone was sold, or the resolver answers
    /// what does not exist with its own page.
    package func read(_ answer: Lookup<IPAddress>) -> ListAnswer {
        switch answer {
        case .noData, .nxDomain: return .notListed
        case .temporaryFailure(let reason): return .unknown(SafeText.printable(reason))
        case .records(let addresses, _):
            var found: [ListMeaning] = []
            var strange: IPAddress?
            for address in addresses {
                if let problem = Self.problem(address) { return problem }
                let meanings = meanings(address)
                if meanings.isEmpty { strange = address }
                for meaning in meanings where !found.contains(meaning) { found.append(meaning) }
            }
            if !found.isEmpty { return .listed(found) }
            return .unknown("the code \(strange.map(\.description) ?? "") is not one that the list documents")
        }
    }

    private static func problem(_ address: IPAddress) -> ListAnswer? {
        guard case .v4(let bits) = address, bits >> 24 == 127 else {
            return .unknown("\(address) is no code of a list: its zone, or the resolver, answers what does not exist")
        }
        switch bits & 0xff_ffff {
        case 0xff_ff00...0xff_ffff:
            let why =
                switch bits & 0xff {
                case 252: "its name is mistyped"
                case 254: "asked through a public resolver"
                case 255: "too many questions"
                default: "an error"
                }
            return .refused("the list refused with \(address): \(why)")
        case 1: return .refused("the list refused with 127.0.0.1")
        default: return nil
        }
    }

    private func meanings(_ address: IPAddress) -> [ListMeaning] {
        guard case .v4(let bits) = address else { return [] }
        switch form {
        case .values(let table): return table[bits & 0xff_ffff].map { [$0] } ?? []
        case .bits(let table):
            return table.filter { UInt8(bits & 0xff) & $0.key != 0 }.sorted { $0.key < $1.key }.map(\.value)
        case .any(let meaning): return [meaning]
        }
    }
}
