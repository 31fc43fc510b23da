/// Accounts at addresses, from the first success there.
final class PairTable {
    let records: Slab<PairRecord>
    private let index = HashIndex()
    private let hasher: Hasher64
    private(set) var overflow = 0

    init(limit: Int, hasher: Hasher64) {
        records = Slab(limit: limit)
        self.hasher = hasher
    }

    /// More than half full.
    var isCrowded: Bool { records.count > records.limit / 2 }

    /// Brings near what `find` will look at first.
    @inline(__always)
    func approach(_ account: UInt32, _ address: UInt32) { index.approach(hash(account, address)) }

    /// Brings near what it will look at next.
    @inline(__always)
    func approachRecord(_ account: UInt32, _ address: UInt32) {
        if let number = index.guess(hash(account, address)) { records.approach(number, lines: 2) }
    }

    @inline(__always)
    func find(_ account: UInt32, _ address: UInt32) -> UInt32? {
        index.find(hash(account, address)) {
            records.pointer($0).pointee.account == account && records.pointer($0).pointee.address == address
        }
    }

    func insert(_ record: PairRecord) -> UInt32? {
        guard let made = records.append(record) else {
            overflow += 1
            return nil
        }
        index.insert(hash(record.account, record.address), made) { [self] number in
            hash(records.pointer(number).pointee.account, records.pointer(number).pointee.address)
        }
        return made
    }

    @inline(__always)
    private func hash(_ account: UInt32, _ address: UInt32) -> UInt64 {
        hasher.hash(UInt64(account) << 32 | UInt64(address), 0x9a1)
    }
}
