/// The offsets of one time zone over the span that logs cover: what "local time" in a log meant.
///
/// Given from outside, since the pure layers know no time zones.
package struct ZoneOffsets: Sendable, Equatable {
    /// From when (seconds since 1970 in local time) which offset east of UTC holds, in seconds; in order.
    package var transitions: [(localStart: Int64, offset: Int32)]

    package init(transitions: [(localStart: Int64, offset: Int32)]) { self.transitions = transitions }

    /// The same offset always.
    package static func fixed(_ seconds: Int32) -> ZoneOffsets {
        ZoneOffsets(transitions: [(localStart: Int64.min, offset: seconds)])
    }

    package static let utc = ZoneOffsets.fixed(0)

    /// The offset at a local time. In the hour that comes twice in autumn: the later one.
    package func offset(atLocal seconds: Int64) -> Int32 {
        var found = transitions.first?.offset ?? 0
        for transition in transitions where transition.localStart <= seconds { found = transition.offset }
        return found
    }

    package static func == (a: ZoneOffsets, b: ZoneOffsets) -> Bool {
        a.transitions.count == b.transitions.count && zip(a.transitions, b.transitions).allSatisfy { $0 == $1 }
    }
}
