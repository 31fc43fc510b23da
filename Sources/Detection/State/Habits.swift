import MailTypes

/// How a source usually sends: what a compromise is measured against. Only mail that was not suspect is learnt.
struct Habits: Hashable, Sendable {
    /// Messages learnt.
    var learned: UInt32 = 0
    var firstSeen: Int64
    var recipients: RecipientMemory
    /// From addresses.
    var froms: RecipientMemory
    /// Domains linked to.
    var links: RecipientMemory
    /// Its own Message-IDs.
    var ids: RecipientMemory
    var programs = TraitMemory()
    var zones = TraitMemory()
    var formats = TraitMemory()
    var names = TraitMemory()
    var helos = TraitMemory()
    /// Where it submits and logs in from.
    var networks = TraitMemory()
    var senderDomains = TraitMemory()
    /// Where it logs in from, where a database tells.
    var countries = TraitMemory()
    /// Messages by hour of day (UTC), halved all together when one is full.
    var hours = [UInt8](repeating: 0, count: 24)
    /// The most messages and recipients of one hour, fading by a tenth each active day.
    var peakMessages = 0.0
    var peakRecipients = 0.0
    var peakDay: Int64 = 0
    /// Messages that declared themselves bulk.
    var bulk: UInt32 = 0

    /// Most values remembered of each trait.
    enum Capacity {
        static let few = 6
        static let some = 12
        static let networks = 24
        static let networksOfCustomer = 96
    }

    init(at seconds: Int64) {
        firstSeen = seconds
        recipients = RecipientMemory(at: seconds)
        froms = RecipientMemory(at: seconds, words: 8)
        links = RecipientMemory(at: seconds, words: 8, mayGrow: false)
        ids = RecipientMemory(at: seconds, words: 8, mayGrow: false)
    }

    /// How far the habits can be relied upon, 0…1: half after five messages.
    var confidence: Double { Double(learned) / (Double(learned) + 5) }

    /// How unusual the hour of day is, 0…1: the share of past mail in this and the neighbouring hours against an even one.
    func oddity(ofHour hour: Int) -> Double {
        let all = hours.reduce(0) { $0 + Int($1) }
        guard all >= 20 else { return 0 }
        let near = [hour + 23, hour, hour + 1].reduce(0) { $0 + Int(hours[$1 % 24]) }
        return max(0, 1 - 8 * Double(near) / Double(all))
    }

    /// Learns one message that was not suspect.
    mutating func learn(_ event: SubmissionEvent, networks capacity: Int = Capacity.networks) {
        let seconds = event.time.seconds
        learned = min(learned + 1, .max - 1)
        for recipient in event.recipients { recipients.insert(recipient, at: seconds) }
        for link in event.links { links.insert(link, at: seconds) }
        if event.thread.id != 0 { ids.insert(event.thread.id, at: seconds) }
        programs.note(event.client.program, at: seconds, capacity: Capacity.few)
        if let zone = event.client.zone { zones.note(Self.value(zone), at: seconds, capacity: Capacity.few) }
        formats.note(UInt64(event.client.format.rawValue), at: seconds, capacity: Capacity.few)
        froms.insert(event.client.from, at: seconds)
        names.note(event.client.fromName, at: seconds, capacity: Capacity.some)
        helos.note(event.helo, at: seconds, capacity: Capacity.some)
        networks.note(StableHash.network(event.identity.server), at: seconds, capacity: capacity)
        senderDomains.note(event.senderDomain, at: seconds, capacity: Capacity.some)
        let hour = Int(((seconds / 3600) % 24 + 24) % 24)
        if hours[hour] == .max { for index in hours.indices { hours[index] /= 2 } }
        hours[hour] += 1
        if event.bulk != .none { bulk = min(bulk + 1, .max - 1) }
    }

    /// Notes how much an hour of clean mail held.
    mutating func notePeak(messages: Double, recipients: Double, at seconds: Int64) {
        let day = seconds / 86_400
        if day > peakDay {
            peakMessages *= 0.9
            peakRecipients *= 0.9
            peakDay = day
        }
        peakMessages = max(peakMessages, messages)
        peakRecipients = max(peakRecipients, recipients)
    }

    static func value(_ zone: Int16) -> UInt64 { UInt64(bitPattern: Int64(zone)) }
}
