import MailTypes

extension SourceState {
    func write(to writer: inout ByteWriter) {
        writer.add(last.microseconds)
        for rates in [messages, recipients, suspects] { rates.write(to: &writer) }
        writer.add(sum)
        writer.add(suspectsInSum)
        for time in [sumBegan, lastSuspect, stoppedAt] { writer.add(time.microseconds) }
        for count in [
            newRecipients, newRecipientsInDay, firstTimeInMinute, firstTimeInHour, delivered, unknown, refused,
        ] {
            count.write(to: &writer)
        }
        writer.add(complaints)
        writer.add(traps)
        for count in [senders, heloNames] { count.write(to: &writer) }
        writer.add(named)
        writer.add(unnamed)
        parts.write(to: &writer)
        stoppedAccounts.write(to: &writer)
        writer.add(UInt8(habits == nil ? 0 : 1))
        habits?.write(to: &writer)
        writer.add(UInt8(logins == nil ? 0 : 1))
        logins?.write(to: &writer)
    }

    init?(from reader: inout ByteReader) {
        guard let last = reader.microseconds() else { return nil }
        self.init(at: Timestamp(microseconds: last))
        guard let messages = Rates(from: &reader), let recipients = Rates(from: &reader),
            let suspects = Rates(from: &reader), let sum = reader.amount(),
            let suspectsInSum = reader.counter(), let sumBegan = reader.time(), let lastSuspect = reader.time(),
            let stoppedAt = reader.time(), let newRecipients = WindowCount(from: &reader),
            let newInDay = WindowCount(from: &reader),
            let firstInMinute = WindowCount(from: &reader), let firstInHour = WindowCount(from: &reader),
            let delivered = WindowCount(from: &reader),
            let unknown = WindowCount(from: &reader), let refused = WindowCount(from: &reader),
            let complaints = reader.amount(), let traps = reader.amount(),
            let senders = DistinctCount(from: &reader), let heloNames = DistinctCount(from: &reader),
            let named = reader.counter(),
            let unnamed = reader.counter(), let parts = SuspectParts(from: &reader),
            let stoppedAccounts = SuspectParts(from: &reader), let hasHabits = reader.flag()
        else { return nil }
        (self.messages, self.recipients, self.suspects) = (messages, recipients, suspects)
        (self.sum, self.suspectsInSum, self.sumBegan) = (sum, suspectsInSum, sumBegan)
        (self.lastSuspect, self.stoppedAt) = (lastSuspect, stoppedAt)
        (self.newRecipients, newRecipientsInDay) = (newRecipients, newInDay)
        (firstTimeInMinute, firstTimeInHour) = (firstInMinute, firstInHour)
        (self.delivered, self.unknown, self.refused) = (delivered, unknown, refused)
        (self.complaints, self.traps) = (complaints, traps)
        (self.senders, self.heloNames) = (senders, heloNames)
        (self.named, self.unnamed) = (named, unnamed)
        (self.parts, self.stoppedAccounts) = (parts, stoppedAccounts)
        if hasHabits {
            guard let habits = Habits(from: &reader) else { return nil }
            self.habits = habits
        }
        guard let hasLogins = reader.flag() else { return nil }
        if hasLogins {
            guard let logins = LoginRecord(from: &reader) else { return nil }
            self.logins = logins
        }
    }
}

extension SuspectParts {
    func write(to writer: inout ByteWriter) {
        writer.add(UInt8(clamping: entries.count))
        for entry in entries {
            writer.add(entry.hash)
            writer.add(entry.time.microseconds)
            writer.add(UInt8(entry.isStopped ? 1 : 0))
        }
    }

    init?(from reader: inout ByteReader) {
        self.init()
        guard let count = reader.integer(UInt8.self), count <= Self.capacity else { return nil }
        for _ in 0..<count {
            guard let hash = reader.integer(UInt64.self), let time = reader.time(), let isStopped = reader.flag() else {
                return nil
            }
            entries.append(Entry(hash: hash, time: time, isStopped: isStopped))
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
            let day = WindowCount(from: &reader), let usualHour = reader.amount(), let activeHours = reader.counter()
        else { return nil }
        self.init(minute: minute, hour: hour, day: day, usualHour: usualHour, activeHours: activeHours)
    }
}

extension DistinctCount {
    func write(to writer: inout ByteWriter) {
        writer.add(day)
        writer.add(today)
        writer.add(yesterday)
    }

    init?(from reader: inout ByteReader) {
        guard let day = reader.integer(Int64.self), let today = reader.integer(UInt64.self),
            let yesterday = reader.integer(UInt64.self)
        else { return nil }
        self.init(day: day, today: today, yesterday: yesterday)
    }
}
