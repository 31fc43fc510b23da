package import Enforcement
import Foundation
import GRDB
package import MailTypes
import NIOConcurrencyHelpers

/// What got out in an incident, kept with its case.
extension ControlDatabase {
    /// A young case's damage is counted again after this; later after an eighth of the case's age.
    static let damageInterval = Duration.seconds(60)

    /// What got out, with the own addresses that were listed since; `nil` while nobody has counted it.
    ///
    /// - Parameter audience: a customer sees as much as the policy says (`cases.damage-for-customers`).
    package func damage(of id: CaseID, for audience: NoticePlan.Audience = .operator) throws(ControlError)
        -> CaseDamage?
    {
        let found = try read { db -> CaseDamage? in
            guard
                let content = try Data.fetchOne(
                    db, sql: "SELECT content FROM incident_damage WHERE incident = ?", arguments: [id.rawValue])
            else { return nil }
            var damage = try DamageRows.damage(content, of: id)
            damage.listings = try Self.listings(db, "WHERE incident = ? ORDER BY id LIMIT 100", [id.rawValue])
            return damage
        }
        guard audience == .customer else { return found }
        return found?.shown(policy.withLockedValue { $0 }?.damageDetail ?? .domains)
    }

    /// Keeps what was counted, in the place of what was counted before.
    package func keepDamage(_ damage: CaseDamage, of id: CaseID) throws(ControlError) {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO incident_damage (incident, at, content) VALUES (?, ?, ?)
                    ON CONFLICT (incident) DO UPDATE SET at = excluded.at, content = excluded.content
                    """,
                arguments: [id.rawValue, damage.counted.microseconds, try DamageRows.content(damage)])
        }
    }

    /// Cases whose damage is to be counted (again): those that came to a stop and have not ended, and once more when they have.
    /// Receivers answer late, so it is counted less and less often the older a case is.
    package func casesWithUncountedDamage(at time: Timestamp, limit: Int) throws(ControlError) -> [IncidentCase] {
        try read { db in
            try CaseRows.fetchAll(
                db,
                """
                WHERE id IN (
                    SELECT id FROM incident LEFT JOIN incident_damage AS known ON known.incident = id
                    WHERE is_final = 0 AND state <> 'open' AND (known.at IS NULL OR known.at > ?1
                        OR ?1 - known.at >= max(?2, (?1 - first) / 8))
                    UNION
                    SELECT id FROM incident JOIN incident_damage AS known ON known.incident = id
                    WHERE is_final = 1 AND ended >= known.at)
                ORDER BY id LIMIT ?3
                """,
                [
                    time.microseconds, Self.damageInterval.wholeMicroseconds, max(0, min(limit, Self.pageLimit)),
                ])
        }
    }
}

/// Between `CaseDamage` and its bytes.
private enum DamageRows {
    private struct Stored: Codable {
        struct Message: Codable {
            var id: Int64
            var source: String
            var time: Timestamp
            var counts: [Int]
            var isSuspect: Bool
        }

        struct Receiver: Codable {
            var domain: String
            var counts: [Int]
        }

        var counted: Timestamp
        var first: Timestamp?
        var last: Timestamp?
        var messages: Int
        var suspect: Int
        var counts: [Int]
        var isCut: Bool
        var list: [Message]
        var receivers: [Receiver]
    }

    static func content(_ damage: CaseDamage) throws -> Data {
        try JSONEncoder().encode(
            Stored(
                counted: damage.counted, first: damage.first, last: damage.last, messages: damage.messages,
                suspect: damage.suspect,
                counts: [damage.delivered, damage.refused, damage.unknown, damage.complaints], isCut: damage.isCut,
                list: damage.list.prefix(CaseDamage.listed).map {
                    Stored.Message(
                        id: $0.id.rawValue, source: $0.source.description, time: $0.time,
                        counts: [$0.delivered, $0.refused, $0.unknown, $0.complaints], isSuspect: $0.isSuspect)
                },
                receivers: damage.receivers.prefix(CaseDamage.named).map {
                    Stored.Receiver(
                        domain: $0.domain.description,
                        counts: [$0.delivered, $0.refused, $0.unknown, $0.complaints])
                }))
    }

    static func damage(_ content: Data, of id: CaseID) throws -> CaseDamage {
        guard let stored = try? JSONDecoder().decode(Stored.self, from: content), stored.counts.count == 4 else {
            throw ControlError(.unusable, "the damage of \(id) in the control database cannot be read")
        }
        var damage = CaseDamage(counted: stored.counted)
        (damage.first, damage.last) = (stored.first, stored.last)
        (damage.messages, damage.suspect, damage.isCut) = (stored.messages, stored.suspect, stored.isCut)
        (damage.delivered, damage.refused) = (stored.counts[0], stored.counts[1])
        (damage.unknown, damage.complaints) = (stored.counts[2], stored.counts[3])
        damage.list = stored.list.compactMap { line in
            guard let source = SourceID(line.source), line.counts.count == 4 else { return nil }
            var message = CaseDamage.Message(
                id: SubmissionID(rawValue: line.id), source: source, time: line.time, isSuspect: line.isSuspect)
            (message.delivered, message.refused) = (line.counts[0], line.counts[1])
            (message.unknown, message.complaints) = (line.counts[2], line.counts[3])
            return message
        }
        damage.receivers = stored.receivers.compactMap { line in
            guard let domain = DomainName(line.domain), line.counts.count == 4 else { return nil }
            var receiver = CaseDamage.Receiver(domain)
            (receiver.delivered, receiver.refused) = (line.counts[0], line.counts[1])
            (receiver.unknown, receiver.complaints) = (line.counts[2], line.counts[3])
            return receiver
        }
        return damage
    }
}
