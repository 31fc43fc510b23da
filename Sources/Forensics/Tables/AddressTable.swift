import MailTypes

/// The addresses seen, numbered.
final class AddressTable {
    let records: Slab<AddressRecord>
    private let index = HashIndex()
    private let hasher: Hasher64
    /// Events of addresses that came when the table was full: counted, not kept.
    private(set) var overflow = 0

    init(limit: Int, hasher: Hasher64) {
        records = Slab(limit: limit)
        self.hasher = hasher
    }

    @inline(__always)
    static func key(_ address: IPAddress) -> (high: UInt64, low: UInt64) {
        switch address {
        case .v4(let bits): (0, 0xffff_0000_0000 | UInt64(bits))
        case .v6(let high, let low): (high, low)
        }
    }

    @inline(__always)
    func hash(_ address: IPAddress) -> UInt64 {
        let key = AddressTable.key(address)
        return hasher.hash(key.high, key.low)
    }

    /// Brings near what `number` will look at first.
    @inline(__always)
    func approach(_ hash: UInt64) { index.approach(hash) }

    /// Brings near what it will look at next.
    @inline(__always)
    func approachRecord(_ hash: UInt64) {
        if let number = index.guess(hash) { records.approach(number) }
    }

    /// The address's number; new ones are made until the table is full.
    func number(_ address: IPAddress, now: UInt32) -> UInt32 { number(address, hash(address), now: now) }

    /// - Parameter hash: the address's, from `hash(_:)`.
    @inline(__always)
    func number(_ address: IPAddress, _ hash: UInt64, now: UInt32) -> UInt32 {
        let key = AddressTable.key(address)
        let found = index.find(hash) {
            let record = records.pointer($0)
            return record.pointee.high == key.high && record.pointee.low == key.low
        }
        guard let found else { return make(key, hash, now) }
        let record = records.pointer(found)
        if record.pointee.lastSeen < now { record.pointee.lastSeen = now }
        return found
    }

    private func make(_ key: (high: UInt64, low: UInt64), _ hash: UInt64, _ now: UInt32) -> UInt32 {
        guard let made = records.append(AddressRecord(high: key.high, low: key.low, firstSeen: now, lastSeen: now))
        else {
            overflow += 1
            return noRecord
        }
        index.insert(hash, made) { [records, hasher] in
            hasher.hash(records.pointer($0).pointee.high, records.pointer($0).pointee.low)
        }
        return made
    }

    func hash(_ number: UInt32) -> UInt64 {
        let record = records.pointer(number)
        return hasher.hash(record.pointee.high, record.pointee.low)
    }

    func address(_ number: UInt32) -> IPAddress {
        let record = records[number]
        return IPAddress(high: record.high, low: record.low)
    }
}
