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

    /// The name's hash, the same in upper and lower case.
    @inline(__always)
    func hash(_ name: ByteSlice, _ kind: AccountKind) -> UInt64 {
        hasher.hash(name.pointer, min(name.count, AccountTable.nameLimit), folding: true)
            &+ UInt64(kind.rawValue) &* 0x9e37_79b9_7f4a_7c15
    }

    /// Brings near what `number` will look at first.
    @inline(__always)
    func approach(_ hash: UInt64) { index.approach(hash) }

    /// Brings near what it will look at next.
    @inline(__always)
    func approachRecord(_ hash: UInt64) {
        if let number = index.guess(hash) { records.approach(number) }
    }

    /// The name's number; new ones are made until the table is full.
    func number(_ name: ByteSlice, _ kind: AccountKind) -> UInt32 { number(name, hash(name, kind), kind) }

    /// - Parameter hash: the name's, from `hash(_:_:)`.
    @inline(__always)
    func number(_ name: ByteSlice, _ hash: UInt64, _ kind: AccountKind) -> UInt32 {
        let count = min(name.count, AccountTable.nameLimit)
        let found = index.find(hash) { number in
            let record = records.pointer(number)
            return record.pointee.hash == hash && Int(record.pointee.nameLength) == count
        }
        return found ?? make(name.prefix(count), hash, kind)
    }

    private func make(_ name: ByteSlice, _ hash: UInt64, _ kind: AccountKind) -> UInt32 {
        let record = AccountRecord(
            hash: hash, nameOffset: UInt32(names.count), nameLength: UInt16(name.count), kind: kind)
        guard let made = records.append(record) else {
            overflow += 1
            return noRecord
        }
        names.append(contentsOf: name.bytes.lazy.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
        index.insert(hash, made) { [records] in records.pointer($0).pointee.hash }
        return made
    }

    /// The account's sending record, made when it has none; `nil` when there is no more room.
    @inline(__always)
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

    /// Brings near what `sending` and its changes will look at.
    @inline(__always)
    func approachSending(_ account: UInt32) { sending.approach(records.pointer(account).pointee.detail, lines: 4) }

    func name(_ number: UInt32) -> String {
        let record = records[number]
        let start = Int(record.nameOffset)
        return String(decoding: names[start..<(start + Int(record.nameLength))], as: UTF8.self)
    }

    func hash(_ number: UInt32) -> UInt64 { hasher.hash(UInt64(number), 0x51) }
}
