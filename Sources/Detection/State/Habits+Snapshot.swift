import MailTypes

extension Habits {
    func write(to writer: inout ByteWriter) {
        writer.add(learned)
        writer.add(firstSeen)
        for memory in [recipients, froms, links, ids] { memory.write(to: &writer) }
        for traits in [programs, zones, formats, names, helos, networks, senderDomains, countries] {
            traits.write(to: &writer)
        }
        writer.bytes += hours
        writer.add(peakMessages)
        writer.add(peakRecipients)
        writer.add(peakDay)
        writer.add(bulk)
    }

    init?(from reader: inout ByteReader) {
        guard let learned = reader.counter(), let firstSeen = reader.microseconds(),
            let recipients = RecipientMemory(from: &reader), let froms = RecipientMemory(from: &reader),
            let links = RecipientMemory(from: &reader), let ids = RecipientMemory(from: &reader)
        else { return nil }
        self.init(at: firstSeen)
        (self.learned, self.recipients, self.froms, self.links, self.ids) = (learned, recipients, froms, links, ids)
        guard let programs = TraitMemory(from: &reader), let zones = TraitMemory(from: &reader),
            let formats = TraitMemory(from: &reader), let names = TraitMemory(from: &reader),
            let helos = TraitMemory(from: &reader), let networks = TraitMemory(from: &reader),
            let domains = TraitMemory(from: &reader),
            let countries = reader.version < 4 ? .some(nil) : TraitMemory(from: &reader).map(Optional.some),
            let hours = reader.take(24),
            let peakMessages = reader.amount(), let peakRecipients = reader.amount(),
            let peakDay = reader.microseconds(), let bulk = reader.counter()
        else { return nil }
        (self.programs, self.zones, self.formats, self.names) = (programs, zones, formats, names)
        (self.helos, self.networks, self.senderDomains) = (helos, networks, domains)
        self.hours = Array(hours)
        (self.peakMessages, self.peakRecipients) = (peakMessages, peakRecipients)
        (self.peakDay, self.bulk) = (peakDay, bulk)
        if let countries { self.countries = countries }
    }
}

extension TraitMemory {
    /// No memory has more, whatever a snapshot says.
    private static let most = 128

    func write(to writer: inout ByteWriter) {
        writer.add(UInt8(clamping: entries.count))
        for entry in entries {
            writer.add(entry.hash)
            writer.add(entry.firstDay)
            writer.add(entry.lastDay)
            writer.add(entry.count)
        }
    }

    init?(from reader: inout ByteReader) {
        self.init()
        guard let count = reader.integer(UInt8.self), count <= Self.most else { return nil }
        for _ in 0..<count {
            guard let hash = reader.integer(UInt32.self), let first = reader.integer(UInt16.self),
                let last = reader.integer(UInt16.self), let count = reader.integer(UInt16.self), first < .max - 8
            else { return nil }
            entries.append(Entry(hash: hash, firstDay: first, lastDay: last, count: count))
        }
    }
}

extension LoginRecord {
    func write(to writer: inout ByteWriter) {
        failures.write(to: &writer)
        writer.add(strange)
        writer.add(strangeSince.microseconds)
        writer.add(guessed)
        writer.add(shared)
        writer.add(abroad)
        writer.add(latest)
        writer.add(latestTime.microseconds)
        writer.add(updated.microseconds)
        networks.write(to: &writer)
    }

    init?(from reader: inout ByteReader) {
        self.init()
        guard let failures = WindowCount(from: &reader), let strange = reader.amount(), let since = reader.time(),
            let guessed = reader.amount(), let shared = reader.amount(),
            let abroad = reader.version < 4 ? 0 : reader.amount(),
            let latest = reader.version < 4 ? 0 : reader.integer(UInt64.self),
            let latestTime = reader.version < 4 ? .distantPast : reader.time(), let updated = reader.time(),
            let networks = TraitMemory(from: &reader)
        else { return nil }
        (self.failures, self.strange, strangeSince, self.guessed) = (failures, strange, since, guessed)
        (self.shared, self.updated, self.networks) = (shared, updated, networks)
        (self.abroad, self.latest, self.latestTime) = (abroad, latest, latestTime)
    }
}

extension RecipientMemory {
    func write(to writer: inout ByteWriter) {
        for bits in [young, old] {
            writer.add(UInt32(bits.count))
            for word in bits { writer.add(word) }
        }
        writer.add(inserted)
        writer.add(began)
        writer.add(total)
        writer.add(UInt8(mayGrow ? 1 : 0))
    }

    init?(from reader: inout ByteReader) {
        self.init(at: 0, words: 1)
        guard let young = Self.bits(from: &reader), let old = Self.bits(from: &reader),
            let inserted = reader.integer(UInt32.self), let began = reader.microseconds(),
            let total = reader.counter(), let mayGrow = reader.flag()
        else { return nil }
        (self.young, self.old, self.inserted, self.began) = (young, old, inserted, began)
        (self.total, self.mayGrow) = (total, mayGrow)
    }

    private static func bits(from reader: inout ByteReader) -> [UInt64]? {
        guard let count = reader.integer(UInt32.self), count > 0, count <= mostWords, count & (count - 1) == 0,
            reader.remaining >= Int(count) * 8
        else { return nil }
        var bits = [UInt64](repeating: 0, count: Int(count))
        for index in bits.indices {
            guard let word = reader.integer(UInt64.self) else { return nil }
            bits[index] = word
        }
        return bits
    }
}

extension RelayMemory {
    func write(to writer: inout ByteWriter) {
        recipients.write(to: &writer)
        links.write(to: &writer)
        writer.add(learned)
    }

    init?(from reader: inout ByteReader) {
        self.init(words: 8)
        guard let recipients = RecipientMemory(from: &reader), let links = RecipientMemory(from: &reader),
            let learned = reader.counter()
        else { return nil }
        (self.recipients, self.links, self.learned) = (recipients, links, learned)
    }
}

extension NetworkTable {
    func write(to writer: inout ByteWriter) {
        writer.add(clock)
        writer.add(UInt32(clamping: entries.count))
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.add(key)
            writer.add(entry.used)
            writer.add(entry.state.firstVisit.microseconds)
            writer.add(entry.state.tainted.microseconds)
            writer.add(UInt8(clamping: entry.state.visitors.count))
            for visitor in entry.state.visitors { writer.add(visitor) }
        }
    }

    init?(from reader: inout ByteReader, capacity: Int) {
        self.init(capacity: capacity)
        guard let clock = reader.integer(UInt64.self), clock < .max / 2, let count = reader.integer(UInt32.self) else {
            return nil
        }
        self.clock = clock
        for _ in 0..<count {
            guard let key = reader.integer(UInt32.self), let used = reader.integer(UInt64.self),
                let first = reader.time(), let tainted = reader.time(), let visitors = reader.integer(UInt8.self),
                visitors <= NetworkState.visitorLimit
            else { return nil }
            var state = NetworkState()
            (state.firstVisit, state.tainted) = (first, tainted)
            for _ in 0..<visitors {
                guard let visitor = reader.integer(UInt64.self) else { return nil }
                state.visitors.append(visitor)
            }
            if entries.count < self.capacity { entries[key] = Entry(state: state, used: used) }
        }
    }
}
