import Foundation
import LogFormats

extension ZoneOffsets {
    /// The offsets of a zone over the years around `latest` (seconds since 1970).
    init(_ zone: TimeZone, around latest: Int64) {
        let end = Date(timeIntervalSince1970: Double(latest) + 366 * 86_400)
        var at = Date(timeIntervalSince1970: Double(latest) - 6 * 366 * 86_400)
        var transitions: [(localStart: Int64, offset: Int32)] = [
            (Int64.min, Int32(zone.secondsFromGMT(for: at)))
        ]
        while transitions.count < 64, let next = zone.nextDaylightSavingTimeTransition(after: at), next < end {
            let offset = Int32(zone.secondsFromGMT(for: next.addingTimeInterval(1)))
            transitions.append((Int64(next.timeIntervalSince1970) + Int64(offset), offset))
            at = next.addingTimeInterval(1)
        }
        self.init(transitions: transitions)
    }
}
