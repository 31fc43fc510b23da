import MailTypes

/// How far lessons from one customer's mail may move the model that all share: so much at once, and so much a week.
struct SharedBudget: Hashable, Sendable {
    static let capacity = 12.0
    private static let week = 7 * 86_400.0

    private var left = capacity
    private var updated = Timestamp.distantPast

    /// Takes what is wanted, as far as there is. A clock that steps back gives nothing.
    mutating func take(_ wanted: Double, at time: Timestamp) -> Double {
        if updated > .distantPast {
            let elapsed = min(max(0, (time - updated).inSeconds), Self.week)
            left = min(Self.capacity, left + Self.capacity * elapsed / Self.week)
        }
        updated = max(updated, time)
        let taken = min(max(0, wanted), left)
        left -= taken
        return taken
    }
}
