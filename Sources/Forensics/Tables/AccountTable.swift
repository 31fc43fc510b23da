import LogFormats

/// The names that logged in, were tried, or sent, numbered; names in ASCII lower case.
final class AccountTable {
    let records: Slab<AccountRecord>
    let sending: Slab<SendingRecord>
    private let index = HashIndex()
    private var names: [UInt8] = []
    private let hasher: Hasher64
    private(set) var overflow = 0

    private static let nameLimit = 255

    init(limit: Int, sendingLimit: Int, hasher: Hasher64) {
        records = Slab(limit: limit)
        sending = Slab(limit: sendingLimit)
        self.hasher = hasher
    }

    /// The name's number; new ones are made until the table is full.
    func number(_ name: ByteSlice, _ kind: AccountKind) -> UInt32 {
        let name = name.prefix(AccountTable.nameLimit)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: AccountTable.nameLimit) { lowered in
            for i in 0..<name.count {
                let byte = name[i]
                lowered[i] = byte &- 0x41 < 26 ? byte | 0x20 : byte
            }
            guard let base = lowered.baseAddress else { return noRecord }
            return number(UnsafePointer(base), name.count, kind)
        }
    }

    private func number(_ name: UnsafePointer<UInt8>, _ count: Int, _ kind: AccountKind) -> UInt32 {
        let hash = hasher.hash(name, count) &+ UInt64(kind.rawValue) &* 0x9e37_79b9_7f4a_7c15
        let found = index.find(hash) { number in
            let record = records.pointer(number)
            return record.pointee.hash == hash && Int(record.pointee.nameLength) == count
        }
        if let found { return found }
        guard
            let made = records.append(
                AccountRecord(
                    hash: hash, nameOffset: UInt32(names.count), nameLength: UInt16(count), kind: kind))
        else {
            overflow += 1
            return noRecord
        }
        names.append(contentsOf: UnsafeBufferPointer(start: name, count: count))
        index.insert(hash, made) { [records] in records.pointer($0).pointee.hash }
        return made
    }

    /// The account's sending record, made when it has none; `nil` when there is no more room.
    func sending(_ account: UInt32, now: UInt32) -> UnsafeMutablePointer<SendingRecord>? {
        let record = records.pointer(account)
        if record.pointee.detail == noRecord {
            guard let made = sending.append(SendingRecord(firstSeen: now, lastSeen: now)) else { return nil }
            record.pointee.detail = made
        }
        let found = sending.pointer(record.pointee.detail)
        if found.pointee.lastSeen < now { found.pointee.lastSeen = now }
        return found
    }

    func name(_ number: UInt32) -> String {
        let record = records[number]
        let start = Int(record.nameOffset)
        return String(decoding: names[start..<(start + Int(record.nameLength))], as: UTF8.self)
    }

    func hash(_ number: UInt32) -> UInt64 { hasher.hash(UInt64(number), 0x51) }
}
