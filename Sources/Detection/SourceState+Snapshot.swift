import MailTypes

extension SourceState {
    func write(to writer: inout ByteWriter) {
        writer.add(last.microseconds)
        for rates in [messages, recipients, suspects] { rates.write(to: &writer) }
        writer.add(sum)
        writer.add(suspectsInSum)
        writer.add(sumBegan.microseconds)
        newRecipients.write(to: &writer)
        writer.add(usualNewShare)
        for count in [delivered, unknown, refused] { count.write(to: &writer) }
        for count in [senders, heloNames, addresses] {
            writer.add(count.day)
            writer.add(count.today)
            writer.add(count.yesterday)
        }
        writer.add(UInt8(parts.entries.count))
        for entry in parts.entries {
            writer.add(entry.hash)
            writer.add(entry.time.microseconds)
            writer.add(UInt8(entry.isStopped ? 1 : 0))
        }
        writer.add(UInt8(memory == nil ? 0 : 1))
        if let memory { memory.write(to: &writer) }
    }

    init?(from reader: inout ByteReader) {
        guard let last = reader.microseconds() else { return nil }
        self.init(at: Timestamp(microseconds: last))
        guard let messages = Rates(from: &reader), let recipients = Rates(from: &reader),
            let suspects = Rates(from: &reader), let sum = reader.double(), sum >= 0,
            let suspectsInSum = reader.integer(UInt32.self), let sumBegan = reader.microseconds(),
            let newRecipients = WindowCount(from: &reader), let usualNewShare = reader.double(),
            let delivered = WindowCount(from: &reader), let unknown = WindowCount(from: &reader),
            let refused = WindowCount(from: &reader), let senders = DistinctCount(from: &reader),
            let heloNames = DistinctCount(from: &reader), let addresses = DistinctCount(from: &reader),
            let partCount = reader.integer(UInt8.self), partCount <= SuspectParts.capacity
        else { return nil }
        (self.messages, self.recipients, self.suspects) = (messages, recipients, suspects)
        (self.sum, self.suspectsInSum) = (sum, suspectsInSum)
        self.sumBegan = Timestamp(microseconds: sumBegan)
        (self.newRecipients, self.usualNewShare) = (newRecipients, usualNewShare)
        (self.delivered, self.unknown, self.refused) = (delivered, unknown, refused)
        (self.senders, self.heloNames, self.addresses) = (senders, heloNames, addresses)
        for _ in 0..<partCount {
            guard let hash = reader.integer(UInt64.self), let time = reader.microseconds(),
                let flag = reader.integer(UInt8.self), flag <= 1
            else { return nil }
            parts.entries.append(
                SuspectParts.Entry(hash: hash, time: Timestamp(microseconds: time), isStopped: flag == 1))
        }
        guard let hasMemory = reader.integer(UInt8.self), hasMemory <= 1 else { return nil }
        if hasMemory == 1 {
            guard let memory = RecipientMemory(from: &reader) else { return nil }
            self.memory = memory
        }
    }
}

extension WindowCount {
    func write(to writer: inout ByteWriter) {
        writer.add(bucket)
        writer.add(current)
        writer.add(previous)
    }

    init?(from reader: inout ByteReader) {
        guard let bucket = reader.integer(Int64.self), let current = reader.integer(UInt32.self),
            let previous = reader.integer(UInt32.self)
        else { return nil }
        self.init(bucket: bucket, current: current, previous: previous)
    }
}

extension Rates {
    func write(to writer: inout ByteWriter) {
        for count in [minute, hour, day] { count.write(to: &writer) }
        writer.add(usualHour)
        writer.add(activeHours)
    }

    init?(from reader: inout ByteReader) {
        guard let minute = WindowCount(from: &reader), let hour = WindowCount(from: &reader),
            let day = WindowCount(from: &reader), let usualHour = reader.double(), usualHour >= 0,
            let activeHours = reader.integer(UInt32.self), activeHours < .max
        else { return nil }
        self.init(minute: minute, hour: hour, day: day, usualHour: usualHour, activeHours: activeHours)
    }
}

extension DistinctCount {
    init?(from reader: inout ByteReader) {
        guard let day = reader.integer(Int64.self), let today = reader.integer(UInt64.self),
            let yesterday = reader.integer(UInt64.self)
        else { return nil }
        self.init(day: day, today: today, yesterday: yesterday)
    }
}

extension RecipientMemory {
    func write(to writer: inout ByteWriter) {
        for word in young { writer.add(word) }
        for word in old { writer.add(word) }
        writer.add(inserted)
        writer.add(began)
        writer.add(total)
    }

    init?(from reader: inout ByteReader) {
        self.init(at: 0)
        for index in young.indices {
            guard let word = reader.integer(UInt64.self) else { return nil }
            young[index] = word
        }
        for index in old.indices {
            guard let word = reader.integer(UInt64.self) else { return nil }
            old[index] = word
        }
        guard let inserted = reader.integer(UInt32.self), let began = reader.microseconds(),
            let total = reader.integer(UInt32.self), total < .max
        else { return nil }
        (self.inserted, self.began, self.total) = (inserted, began, total)
    }
}
