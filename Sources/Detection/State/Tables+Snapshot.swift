import MailTypes

extension TrapMemory {
    func write(to writer: inout ByteWriter) {
        table.write(to: &writer) { entry, writer in
            writer.add(entry.lastDay)
            writer.add(UInt8(clamping: entry.customers.count))
            for customer in entry.customers { writer.add(customer) }
        }
    }

    init?(from reader: inout ByteReader, capacity: Int) {
        self.init(capacity: capacity)
        let isWhole = table.read(from: &reader) { reader in
            guard let day = reader.integer(UInt16.self), let count = reader.integer(UInt8.self),
                count <= Self.fewestCustomers
            else { return nil }
            var customers: [UInt32] = []
            for _ in 0..<count {
                guard let customer = reader.integer(UInt32.self) else { return nil }
                customers.append(customer)
            }
            return Entry(customers: customers, lastDay: day)
        }
        if !isWhole { return nil }
    }
}

extension ReturnedMail {
    func write(to writer: inout ByteWriter) {
        table.write(to: &writer) { entry, writer in
            writer.add(entry.time.microseconds)
            writer.add(UInt8(entry.isLearnt ? 1 : 0))
        }
    }

    init?(from reader: inout ByteReader, capacity: Int) {
        self.init(capacity: capacity)
        let isWhole = table.read(from: &reader) { reader in
            guard let time = reader.time(), let isLearnt = reader.flag() else { return nil }
            return Entry(time: time, isLearnt: isLearnt)
        }
        if !isWhole { return nil }
    }
}

extension RecentTable {
    fileprivate func write(to writer: inout ByteWriter, _ value: (Value, inout ByteWriter) -> Void) {
        writer.add(clock)
        writer.add(UInt32(clamping: entries.count))
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.add(key)
            writer.add(entry.used)
            value(entry.value, &writer)
        }
    }

    /// False where the bytes are none of these. Of more than there is room for, those of the highest hashes go.
    fileprivate mutating func read(from reader: inout ByteReader, _ value: (inout ByteReader) -> Value?) -> Bool {
        guard let clock = reader.integer(UInt64.self), clock < .max / 2, let count = reader.integer(UInt32.self) else {
            return false
        }
        for _ in 0..<count {
            guard let key = reader.integer(UInt64.self), let used = reader.integer(UInt64.self), used <= clock,
                let value = value(&reader)
            else { return false }
            if entries.count < capacity { entries[key] = Entry(value: value, used: used) }
        }
        self.clock = clock
        return true
    }
}
