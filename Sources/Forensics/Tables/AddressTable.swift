import MailTypes

/// The addresses seen, numbered.
final class AddressTable {
    let records: Slab<AddressRecord>
    private let index = HashIndex()
    private let hasher: Hasher64
    /// Events of addresses that came when the table was full: counted, not kept.
    private(set) var overflow = 0
    private var last: (high: UInt64, low: UInt64, number: UInt32) = (0, 0, noRecord)

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

    /// The address's number; new ones are made until the table is full.
    func number(_ address: IPAddress, now: UInt32) -> UInt32 {
        let key = AddressTable.key(address)
        if last.number != noRecord, last.high == key.high, last.low == key.low {
            touch(last.number, now)
            return last.number
        }
        let hash = hasher.hash(key.high, key.low)
        var number: UInt32
        if let found = index.find(
            hash, { records.pointer($0).pointee.high == key.high && records.pointer($0).pointee.low == key.low })
        {
            number = found
            touch(number, now)
        } else {
            guard let made = records.append(AddressRecord(high: key.high, low: key.low, firstSeen: now, lastSeen: now))
            else {
                overflow += 1
                return noRecord
            }
            number = made
            index.insert(hash, number) { [records, hasher] in
                hasher.hash(records.pointer($0).pointee.high, records.pointer($0).pointee.low)
            }
        }
        last = (key.high, key.low, number)
        return number
    }

    private func touch(_ number: UInt32, _ now: UInt32) {
        let record = records.pointer(number)
        if record.pointee.lastSeen < now { record.pointee.lastSeen = now }
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
