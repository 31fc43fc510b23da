import Detection
import MailTypes

/// What a policy would have done, for people: in text, JSON or HTML.
package struct ReplayReport: Sendable, Encodable {
    package struct Stop: Sendable, Encodable, Hashable {
        /// `account:acme/joe`, as everywhere.
        package var source: String
        package var sender: String
        package var time: String
        /// Between the first suspicion and the stop.
        package var seconds: Double
        /// The sender's messages that went out in that time.
        package var delivered: Int
        package var reasons: [String]
    }

    package struct Touched: Sendable, Encodable, Hashable {
        package var source: String
        package var first: String
        package var messages: Int
        package var reasons: [String]
    }

    package struct Day: Sendable, Encodable, Hashable {
        /// Days since 1970.
        package var day: Int64
        package var submissions = 0
        package var held = 0
        package var refused = 0
    }

    package var label: String
    package internal(set) var submissions = 0
    package internal(set) var recipients = 0
    package internal(set) var events = 0
    package internal(set) var delivered = 0
    package internal(set) var throttled = 0
    package internal(set) var held = 0
    package internal(set) var refused = 0
    /// Held messages that would have gone out by themselves.
    package internal(set) var released = 0
    package internal(set) var stops: [Stop] = []
    /// Senders of whose mail some was held or refused.
    package internal(set) var touched: [Touched] = []
    package internal(set) var days: [Day] = []

    init(label: String) { self.label = label }

    /// Senders that were held but never stopped: the ones to look at before a policy is enforced.
    package var touchedOnly: [Touched] {
        let stopped = Set(stops.map(\.sender))
        return touched.filter { !stopped.contains($0.source) }
    }

    mutating func note(_ event: DetectionEvent) { events += 1 }

    mutating func count(_ action: Verdict.Action, at time: Timestamp, recipients count: Int) {
        submissions += 1
        recipients += count
        let day = time.seconds / 86_400
        if days.last?.day != day, days.count < 10_000 { days.append(Day(day: day)) }
        let last = days.count - 1
        days[last].submissions += 1
        switch action {
        case .deliver: delivered += 1
        case .throttle: throttled += 1
        case .hold:
            held += 1
            days[last].held += 1
        case .refuse:
            refused += 1
            days[last].refused += 1
        }
    }

    /// - Parameter most: stops and senders that are listed.
    package func text(most: Int = 50) -> String {
        var out = label.isEmpty ? "" : "policy \(label)\n"
        out += "\(submissions) submissions to \(recipients) recipients, \(events) events, \(days.count) days\n"
        out +=
            "delivered \(delivered), throttled \(throttled), held \(held) (\(released) released by themselves), refused \(refused)\n"
        out += "\(stops.count) stops\n"
        for stop in stops.prefix(most) {
            out += "  \(stop.time)  \(stop.source)  after \(Int(stop.seconds)) s, \(stop.delivered) out\n"
            for reason in stop.reasons { out += "      \(reason)\n" }
        }
        let only = touchedOnly
        out += "\(only.count) senders held or refused, but not stopped\n"
        for sender in only.prefix(most) {
            out += "  \(sender.first)  \(sender.source)  \(sender.messages) messages\n"
            for reason in sender.reasons { out += "      \(reason)\n" }
        }
        return out
    }

    /// What one policy stops and the other does not.
    package func difference(to other: ReplayReport) -> String {
        let (mine, theirs) = (Set(stops.map(\.source)), Set(other.stops.map(\.source)))
        var out = "held \(held) against \(other.held), refused \(refused) against \(other.refused), "
        out += "stopped sources \(mine.count) against \(theirs.count)\n"
        for source in mine.subtracting(theirs).sorted() { out += "  only \(label): \(source)\n" }
        for source in theirs.subtracting(mine).sorted() { out += "  only \(other.label): \(source)\n" }
        return out
    }
}
