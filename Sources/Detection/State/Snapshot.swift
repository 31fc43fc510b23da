package import MailTypes

/// Why a snapshot cannot be read. Detection then starts with no memory, which is safe: it only holds later.
package struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        /// Not a snapshot, or of another version.
        case unknownFormat
        /// Cut short, or changed on the disk.
        case damaged
    }

    package var code: Code
    package var description: String { "detection snapshot: \(code.rawValue)" }

    package init(_ code: Code) { self.code = code }
}

extension Detector {
    private static let magic: [UInt8] = Array("SLUICEDT".utf8)
    private static let version: UInt32 = 4
    /// The oldest that is still read: without learnt traps, returned mail and countries.
    private static let oldestVersion: UInt32 = 3

    /// The whole state, without the policy: restored into an equal detector it changes no later verdict.
    package func snapshot() -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes = Self.magic
        writer.add(Self.version)
        for scope in SourceID.Scope.allCases {
            let table = table(scope)
            writer.add(UInt32(table.count))
            table.forEach { source, state in
                writer.add(source)
                state.write(to: &writer)
            }
        }
        networks.write(to: &writer)
        relay.write(to: &writer)
        held.write(to: &writer)
        traps.write(to: &writer)
        returned.write(to: &writer)
        writer.add(StableHash.checksum(writer.bytes[...]))
        return writer.bytes
    }

    /// Takes the state of a snapshot in the place of its own; on an error nothing is changed. Of more sources than there
    /// is room for, the oldest go.
    package mutating func restore(_ snapshot: [UInt8]) throws(SnapshotError) {
        guard snapshot.count >= Self.magic.count + 12, snapshot.starts(with: Self.magic) else {
            throw SnapshotError(.unknownFormat)
        }
        var trailer = ByteReader(snapshot[(snapshot.count - 8)...])
        guard trailer.integer(UInt64.self) == StableHash.checksum(snapshot[..<(snapshot.count - 8)]) else {
            throw SnapshotError(.damaged)
        }
        var reader = ByteReader(snapshot[Self.magic.count..<(snapshot.count - 8)])
        guard let version = reader.integer(UInt32.self), Self.oldestVersion...Self.version ~= version else {
            throw SnapshotError(.unknownFormat)
        }
        reader.version = version
        var restored = self
        restored.forgetAll()
        for scope in SourceID.Scope.allCases {
            guard let count = reader.integer(UInt32.self) else { throw SnapshotError(.damaged) }
            for _ in 0..<count {
                guard let source = reader.source(), source.scope == scope, let state = SourceState(from: &reader)
                else { throw SnapshotError(.damaged) }
                restored.insert(source, state)
            }
        }
        guard let networks = NetworkTable(from: &reader, capacity: networks.capacity),
            let relay = RelayMemory(from: &reader), let held = HeldQueue(from: &reader, capacity: held.capacity)
        else { throw SnapshotError(.damaged) }
        (restored.networks, restored.relay, restored.held) = (networks, relay, held)
        (restored.traps, restored.returned) = (
            TrapMemory(capacity: traps.table.capacity), ReturnedMail(capacity: returned.table.capacity)
        )
        if version > 3 {
            guard let traps = TrapMemory(from: &reader, capacity: traps.table.capacity),
                let returned = ReturnedMail(from: &reader, capacity: returned.table.capacity)
            else { throw SnapshotError(.damaged) }
            (restored.traps, restored.returned) = (traps, returned)
        }
        guard reader.isAtEnd else { throw SnapshotError(.damaged) }
        self = restored
    }

    private mutating func forgetAll() {
        campaigns = SourceTable(capacity: campaigns.capacity)
        accounts = SourceTable(capacity: accounts.capacity)
        servers = SourceTable(capacity: servers.capacity)
        customers = SourceTable(capacity: customers.capacity)
    }

    private mutating func insert(_ source: SourceID, _ state: SourceState) {
        func put(_ table: inout SourceTable) { table[table.place(of: source, at: state.last)] = state }
        switch source.scope {
        case .campaign: put(&campaigns)
        case .account: put(&accounts)
        case .server: put(&servers)
        case .customer: put(&customers)
        }
    }
}

extension StableHash {
    /// FNV-1a over the bytes: against torn writes and bit rot, not against forgery (the file is the gateway's own).
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { buffer in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in buffer { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return mix(hash)
        }
    }
}

extension ByteWriter {
    package mutating func add(_ source: SourceID) {
        let name = Array(source.description.utf8)
        add(UInt16(clamping: name.count))
        bytes += name
    }
}

extension ByteReader {
    /// A source's name: scope, customer and an account of at most 255 bytes.
    private static let longestName = 400

    package mutating func source() -> SourceID? {
        guard let length = integer(UInt16.self), length <= Self.longestName, let name = take(Int(length)),
            let text = String(validating: name, as: UTF8.self)
        else { return nil }
        return SourceID(text)
    }
}

extension HeldQueue {
    func write(to writer: inout ByteWriter) {
        writer.add(UInt32(clamping: waiting.count))
        for entry in waiting {
            writer.add(entry.id.rawValue)
            writer.add(entry.source)
            writer.add(entry.time.microseconds)
            writer.add(entry.logOdds)
        }
    }

    init?(from reader: inout ByteReader, capacity: Int) {
        self.init(capacity: capacity)
        guard let count = reader.integer(UInt32.self) else { return nil }
        for _ in 0..<count {
            guard let id = reader.integer(Int64.self), let source = reader.source(), let time = reader.time(),
                let logOdds = reader.double()
            else { return nil }
            append(Entry(id: SubmissionID(rawValue: id), source: source, time: time, logOdds: logOdds))
        }
    }
}
