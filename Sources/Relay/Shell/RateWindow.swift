import MailTypes

/// Recipients per second over the last minute, in sixty slots of a second.
struct RateWindow {
    private var slots = [(second: Int64, delivered: Int, failed: Int)](repeating: (0, 0, 0), count: 60)

    mutating func count(delivered: Int, failed: Int, _ now: Timestamp) {
        let second = now.seconds
        let slot = Int(((second % 60) + 60) % 60)
        if slots[slot].second != second { slots[slot] = (second, 0, 0) }
        slots[slot].delivered += delivered
        slots[slot].failed += failed
    }

    func perSecond(_ now: Timestamp) -> (delivered: Double, failed: Double) {
        let recent = slots.filter { now.seconds - $0.second < 60 && $0.second <= now.seconds }
        return (
            Double(recent.reduce(0) { $0 + $1.delivered }) / 60, Double(recent.reduce(0) { $0 + $1.failed }) / 60
        )
    }
}
